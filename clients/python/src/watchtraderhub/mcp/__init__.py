"""MCP server: listings and orders of a hub as tools for a language model (Model Context Protocol).

`python -m watchtraderhub.mcp` serves it on standard input and output. It needs the extra `mcp` of this package and
Python 3.10.
"""
