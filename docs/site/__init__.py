"""The documentation site, rendered from docs/*.md and the OpenAPI document.

Each page exists as HTML and as Markdown, and is in the search index.
"""
