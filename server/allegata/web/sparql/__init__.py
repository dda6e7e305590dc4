"""The SPARQL endpoint and the query page."""
