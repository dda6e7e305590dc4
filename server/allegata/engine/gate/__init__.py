"""Decides which query may run, before anything parses it."""
