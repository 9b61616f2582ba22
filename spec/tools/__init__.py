"""Build tools for the contract document: breaking-change checker and type generator."""
