"""Command line `wth`: calls a hub with an API key, and needs no server code.

It is a package beside `watchtraderhub`, so that neither imports what only the other needs.
"""
