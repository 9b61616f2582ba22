"""Client of WatchTraderHub's Custom Integration.

`Client` sends requests, `webhooks.construct_event` verifies deliveries, `signing` signs them in tests, `errors` has an
exception for each error code and `models` has the types of requests, responses and events.
"""

from watchtraderhub import _models as models
from watchtraderhub import errors, signing, webhooks
from watchtraderhub._version import VERSION
from watchtraderhub.client import Client
from watchtraderhub.errors import ApiConnectionError, StatusError, WatchTraderHubError
from watchtraderhub.pages import Page, Pages
from watchtraderhub.raw_response import RawResponse
from watchtraderhub.webhooks import PayloadError, SignatureError

__version__ = VERSION
__all__ = [
    "ApiConnectionError",
    "Client",
    "Page",
    "Pages",
    "PayloadError",
    "RawResponse",
    "SignatureError",
    "StatusError",
    "WatchTraderHubError",
    "__version__",
    "errors",
    "models",
    "signing",
    "webhooks",
]
