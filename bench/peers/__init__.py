"""Peers: what else one would build the hub with. Each does the same work on a copy of the hub's database."""
