"""Texts of documents: the plain text of PDF, DOCX, HTML and EPUB, and where its pages and paragraphs begin and end."""
