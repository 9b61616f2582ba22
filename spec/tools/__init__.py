"""Build tools for the OpenAPI document: breaking-change checker and type generator."""
