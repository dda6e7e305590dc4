"""Turns what people prepare elsewhere into corpus files: one module a format."""
