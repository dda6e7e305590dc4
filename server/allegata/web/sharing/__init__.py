"""What claims and comparisons are shared by: words and a picture for a link, a page that others can embed."""
