"""The tables that everything reads: namespaces, formats, columns, link targets. No input or output."""
