"""Build tools for the document: breaking-change checker and type generator."""
