"""Runs the command line as `python -m allegata`."""

from allegata.cli.main import main

main()
