"""The languages of the pages: strings, links that stay in a language, names of things."""
