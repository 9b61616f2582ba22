"""Runs spec/openapi.yaml on connexion: the middleware in front of the handlers."""

import warnings

# connexion imports starlette's test client, which warns about its HTTP library; the hub uses neither
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
