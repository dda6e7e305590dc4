"""The pages for people: each kind of thing, lists, comparisons, overviews, search."""
