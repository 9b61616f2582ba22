"""Checks a signature with the secrets and event bodies that the hub knows."""

from collections.abc import Iterator

import orjson
from cryptography.fernet import InvalidToken
from watchtraderhub.diagnosis import Diagnosis, diagnose

from models import vault
from models.clock import now
from models.dealer import Actor
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event


def check_signature(actor: Actor, *, header: str, body: bytes, secret: str | None) -> Diagnosis:
    """Name the cause why a `WTH-Signature` header does not verify.

    Without a `secret`, the current secrets of the endpoints of the actor's mode are used. Nothing is stored.
    """
    known = list(_list_secrets(actor))
    current = [value for kind, value in known if kind == "endpoint"]
    secrets = [secret] if secret else current
    others = [(kind, value) for kind, value in known if value not in secrets]
    return diagnose(
        header=header,
        body=body,
        secrets=secrets,
        now=now() // 1000,
        others=others,
        sent_body=_find_sent_body(actor, body),
    )


def check_pasted_signature(actor: Actor, *, header: str, text: str, secret: str | None) -> Diagnosis:
    """Check a body from a form, which turns all line ends into CRLF.

    So a body with either kind may be the one that was pasted.
    """
    bodies = [text.replace("\r\n", "\n").encode(), text.encode()]
    results = [check_signature(actor, header=header, body=body, secret=secret) for body in bodies]
    return next((result for result in results if result.is_genuine), results[0])


def _list_secrets(actor: Actor) -> Iterator[tuple[str, str]]:
    """Yield the secrets of the dealer's endpoints, each after its kind."""
    for endpoint in Endpoint.of(actor.dealer):
        kind = "endpoint" if endpoint.accepts_mode(is_test=actor.is_test) else "mode"
        stored = ((kind, endpoint.secret), ("previous" if kind == "endpoint" else kind, endpoint.previous_secret))
        for name, encrypted in stored:
            if encrypted is not None and (decrypted := _decrypt(encrypted)):
                yield name, decrypted


def _decrypt(encrypted: str) -> str | None:
    try:
        return vault.decrypt(encrypted)
    except InvalidToken:
        return None


def _find_sent_body(actor: Actor, body: bytes) -> bytes | None:
    """Find the event whose ID the body has, and return the bytes that were sent."""
    try:
        event_id = orjson.loads(body)["id"]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return None
    if not isinstance(event_id, str) or "\0" in event_id:
        return None
    event = Event.listed(actor).where(Event.id == event_id).first()
    return None if event is None else event.body.encode()
