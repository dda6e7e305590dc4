"""Reads a corpus, from files to statements: anchors, links, inference, shapes and rules. Importers make files for it."""
