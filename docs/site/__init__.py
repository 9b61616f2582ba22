"""The documentation site: docs/*.md and the OpenAPI document as HTML, as Markdown and as a search index."""
