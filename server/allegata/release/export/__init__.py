"""Writes a release in the forms of other publishers: nanopublications, RDF 1.2, RO-Crate, Zenodo."""
