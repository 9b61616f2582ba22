"""The webhook folder: every event of the document played to a receiver, signed as the hub signs."""

from postman import scripts
from postman.request import raw_body
from postman.spec_reader import Json, Operation, uid

ABOUT = """

Each request plays one event to `{{receiverUrl}}`, signed with `{{webhookSecret}}` exactly as a delivery is. Put in \
your receiver's address and your endpoint's secret; `WTH-Signature` and the Standard Webhooks headers are made by the \
folder's pre-request script. Your API key is not sent."""

FROM_SCRIPT = {
    "WTH-Signature": "{{wthSignature}}",
    "webhook-timestamp": "{{sentAt}}",
    "webhook-signature": "{{webhookSignature}}",
}


def played(operation: Operation) -> Json:
    """One event as a request."""
    event = operation.bodies()[0].value
    known = {**FROM_SCRIPT, "WTH-Event-Id": event["id"], "WTH-Event-Type": operation.path, "webhook-id": event["id"]}
    headers = [
        {"key": "Content-Type", "value": "application/json"},
        {"key": "User-Agent", "value": "WatchTraderHub-Webhooks/1.0"},
    ]
    for parameter in operation.parameters("header"):
        name = parameter["name"]
        value = str(known.get(name, parameter["example"]))
        headers.append({"key": name, "value": value, "description": parameter["description"]})
    request = {
        "method": "POST",
        "header": headers,
        "url": {"raw": "{{receiverUrl}}", "host": ["{{receiverUrl}}"]},
        "auth": {"type": "noauth"},
        "body": raw_body(event),
        "description": operation.raw["description"],
    }
    return {"id": uid("event", operation.path), "name": operation.path, "request": request, "response": []}


FOLDER_SCRIPTS = (("prerequest", scripts.SIGN), ("test", scripts.IS_TAKEN))
