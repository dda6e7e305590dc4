"""The public Python interface, as `import allegata` offers it: open a release and ask it, check a corpus and build it.

release   an open release: queries, the dataset, tables, checks, citations, exports
results   what a query or a table gives: rows, triples, Arrow, data frames
corpus    a corpus in a folder, and the way to a release

Names are loaded when they are first used, so that `import allegata` costs next to nothing; `docs/python.md` describes them.
"""
