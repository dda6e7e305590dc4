"""Runs the command line as `python -m allegata`."""

from allegata.cli import main

main()
