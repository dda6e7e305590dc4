"""Keeping a corpus in git: merging files of records, looking whether it keeps what it must not, and files for publishing."""
