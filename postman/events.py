"""Builds the webhook folder: requests that send signed events to a receiver."""

from postman import scripts
from postman.request import raw_body
from postman.spec_reader import Json, Operation, stable_id

DESCRIPTION = """

Each request sends one event to `{{receiverUrl}}`, signed with `{{webhookSecret}}` exactly like a delivery. Set both \
variables to your receiver's URL and your endpoint's secret. The folder's pre-request script computes `WTH-Signature` \
and the Standard Webhooks headers. Your API key is not sent."""

SCRIPT_HEADERS = {
    "WTH-Signature": "{{wthSignature}}",
    "webhook-timestamp": "{{sentAt}}",
    "webhook-signature": "{{webhookSignature}}",
}


def build_webhook_request(operation: Operation) -> Json:
    """A request that sends the example event of a webhook."""
    event = operation.body_examples()[0].value
    values = {
        **SCRIPT_HEADERS,
        "WTH-Event-Id": event["id"],
        "WTH-Event-Type": operation.path,
        "webhook-id": event["id"],
    }
    headers = [
        {"key": "Content-Type", "value": "application/json"},
        {"key": "User-Agent", "value": "WatchTraderHub-Webhooks/1.0"},
    ]
    for parameter in operation.parameters("header"):
        if not parameter["required"]:
            continue  # a hub that records no traces sends no `traceparent`
        name = parameter["name"]
        value = str(values.get(name, parameter["example"]))
        headers.append({"key": name, "value": value, "description": parameter["description"]})
    request = {
        "method": "POST",
        "header": headers,
        "url": {"raw": "{{receiverUrl}}", "host": ["{{receiverUrl}}"]},
        "auth": {"type": "noauth"},
        "body": raw_body(event),
        "description": operation.raw["description"],
    }
    return {"id": stable_id("event", operation.path), "name": operation.path, "request": request, "response": []}


FOLDER_SCRIPTS = (("prerequest", scripts.SIGN_EVENT), ("test", scripts.CHECK_RECEIVER))
