"""Variables of the collection: those of the user, and those of the scripts."""

from dataclasses import dataclass

from postman.spec_reader import Json, operations, stable_id

LOCAL = "http://localhost:8080"


@dataclass(frozen=True)
class UserVariable:
    """A variable that the user sets, with its initial value, which a secret has not."""

    name: str
    value: str
    description: str
    is_secret: bool = False


SETTINGS = (
    UserVariable(
        "apiKey", "", "Your test key. Keep it in the current value, which Postman does not share.", is_secret=True
    ),
    UserVariable("receiverUrl", f"{LOCAL.replace('8080', '8081')}/hooks", "URL of your webhook receiver."),
    UserVariable(
        "webhookSecret",
        "",
        "Secret of your webhook endpoint. Without it the webhook events are not sent.",
        is_secret=True,
    ),
)
STORED = {
    "orderExternalId": "Set by Create an order: the external id of the order.",
    "orderKey": "Set by Create an order: its Idempotency-Key.",
    "etag": "Set by Get a listing.",
    "resourceId": "Set by List events: the object of an event.",
    "webhookUrl": "Set by Check the key and the webhook endpoint: the URL of an enabled endpoint.",
}


def build_variables(document: Json) -> list[Json]:
    """Variables of the collection, which work without an environment."""
    values = [("baseUrl", base_url(document), "Base URL of the API.")]
    values += [(setting.name, setting.value, setting.description) for setting in SETTINGS]
    values += [(name, "", description) for name, description in STORED.items()]
    ids = {p["name"]: p for operation in operations(document) for p in operation.parameters("path")}
    values += [(name, str(p["example"]), "Set by earlier requests.") for name, p in ids.items()]
    return [
        {"id": stable_id("variable", key), "key": key, "value": value, "type": "string", "description": description}
        for key, value, description in values
    ]


def base_url(document: Json) -> str:
    """URL of the API; a hub without a public URL is on localhost."""
    url = str(document["servers"][0]["url"])
    return LOCAL + url if url.startswith("/") else url
