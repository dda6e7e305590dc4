"""Allegata publishes attributed claims as linked data: a folder of Turtle becomes a checked, immutable, served release."""

from importlib.metadata import version

__version__ = version("allegata")
