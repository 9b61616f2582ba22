"""The documentation site: docs/*.md and the contract document, as pages, as Markdown and as a search index."""
