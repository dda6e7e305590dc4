"""Asks the listed endpoints that a query names by SERVICE."""
