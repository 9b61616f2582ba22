"""Builds the Postman environment: variables that differ between dealers.

Secrets have the type `secret`, so Postman hides their values, and no value.
"""

import json
from typing import Any

from postman.spec_reader import stable_id
from postman.variables import SETTINGS, base_url


def render_environment(document: dict[str, Any]) -> str:
    """The environment as JSON text, in the format of Postman's export."""
    values = [("baseUrl", base_url(document), False)]
    values += [(setting.name, setting.value, setting.is_secret) for setting in SETTINGS]
    content = {
        "id": stable_id("environment", document["info"]["title"]),
        "name": document["info"]["title"],
        "values": [
            {"key": key, "value": value, "type": "secret" if is_secret else "default", "enabled": True}
            for key, value, is_secret in values
        ],
        "_postman_variable_scope": "environment",
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
