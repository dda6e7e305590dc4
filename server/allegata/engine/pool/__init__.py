"""Runs queries in worker processes that can be killed."""
