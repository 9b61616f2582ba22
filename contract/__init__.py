"""Makes spec/openapi.yaml executable: the layers that a request passes before a handler."""

import warnings

# connexion imports starlette's test client, which warns about its own HTTP library; the hub uses neither
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
