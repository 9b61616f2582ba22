"""Signature test vectors for webhook verifiers in any language.

`python -m docs.generate` writes docs/vectors.json. The signatures are computed here from their definition and not by
`webhooks.signing`, because the vectors test that module too.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD_SECRET = "whsec_" + base64.b64encode(bytes(range(32, 64))).decode()
SENT_AT = 1_778_229_693
TOLERANCE_SECONDS = 300

BODY = (
    '{"id":"evt_ZbG5CVSgQliTGvY9iY3YCfAP","object":"event","event":"listing.published","sequence":41,'
    '"api_version":"2026-05-07","created_at":"2026-05-08T08:41:33.114Z","livemode":true,"origin":"dashboard",'
    '"request_id":null,"data":{"id":"inv_EbgMAq7Fo1T1bxdESgLq0cao","object":"listing","brand":"Rolex",'
    '"model":"Submariner","asking_price_eur":14500}}'
)
NON_ASCII_BODY = '{"event":"customer.matched","data":{"last_name":"Müller-Łukasz","city":"Київ","notes":"時計 ⌚"}}'


def render_vectors() -> str:
    """Render docs/vectors.json."""
    document = {
        "about": (
            "WTH-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>]; each v1 is the lowercase hex HMAC-SHA256 of "
            "'<t>.<body>', keyed with the whole secret. Bodies are UTF-8. Given header, body, secret and now (Unix "
            "seconds), a verifier must return the value of `valid`."
        ),
        "tolerance_seconds": TOLERANCE_SECONDS,
        "vectors": [*_accepted(), *_rejected(), *_malformed()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _accepted() -> list[dict[str, Any]]:
    new, old = sign(SECRET), sign(OLD_SECRET)
    both = f"t={SENT_AT},v1={new},v1={old}"
    return [
        _vector("valid", "VALID", header=f"t={SENT_AT},v1={new}"),
        _vector("two secrets, checked with the new one", "VALID", header=both),
        _vector("two secrets, checked with the old one", "VALID", header=both, secret=OLD_SECRET),
        _vector("non-ASCII body", "VALID", header=f"t={SENT_AT},v1={sign(body=NON_ASCII_BODY)}", body=NON_ASCII_BODY),
        _vector("empty body", "VALID", header=f"t={SENT_AT},v1={sign(body='')}", body=""),
        _vector("300 s old", "VALID", header=f"t={SENT_AT},v1={new}", now=SENT_AT + TOLERANCE_SECONDS),
        _vector("300 s in the future", "VALID", header=f"t={SENT_AT},v1={new}", now=SENT_AT - TOLERANCE_SECONDS),
        _vector("unknown scheme beside v1", "VALID", header=f"t={SENT_AT},v0={old},v1={new}"),
        _vector("time after the signature", "VALID", header=f"v1={new},t={SENT_AT}"),
    ]


def _rejected() -> list[dict[str, Any]]:
    header = f"t={SENT_AT},v1={sign()}"
    spaced = BODY.replace('","', '", "')
    return [
        _vector("changed body", "NO_MATCH", header=header, body=BODY.replace("14500", "14501")),
        _vector("body parsed and written again", "NO_MATCH", header=header, body=spaced),
        _vector("line end added to the body", "NO_MATCH", header=header, body=BODY + "\n"),
        _vector("wrong secret", "NO_MATCH", header=header, secret=OLD_SECRET),
        _vector("secret without its prefix", "NO_MATCH", header=header, secret=SECRET.removeprefix("whsec_")),
        _vector("changed time", "NO_MATCH", header=header.replace(str(SENT_AT), str(SENT_AT + 1))),
        _vector("upper-case hex", "NO_MATCH", header=f"t={SENT_AT},v1={sign().upper()}"),
        _vector("shortened signature", "NO_MATCH", header=header[:-1]),
        _vector("empty signature", "NO_MATCH", header=f"t={SENT_AT},v1="),
        _vector("non-ASCII signature", "NO_MATCH", header=f"t={SENT_AT},v1=ключ"),
        _vector("301 s old", "TOO_OLD", header=header, now=SENT_AT + TOLERANCE_SECONDS + 1),
        _vector("301 s in the future", "TOO_NEW", header=header, now=SENT_AT - TOLERANCE_SECONDS - 1),
    ]


def _malformed() -> list[dict[str, Any]]:
    v1 = sign()
    headers = {
        "empty header": "",
        "no time": f"v1={v1}",
        "no v1": f"t={SENT_AT}",
        "only an unknown scheme": f"t={SENT_AT},v0={v1}",
        "signature alone": v1,
        "time is not a number": f"t=yesterday,v1={v1}",
        "negative time": f"t=-{SENT_AT},v1={v1}",
        "time with a sign": f"t=+{SENT_AT},v1={v1}",
        "time beyond all numbers": f"t={'9' * 40},v1={v1}",
        "two times": f"t={SENT_AT},t={SENT_AT},v1={v1}",
        "space after the comma": f"t={SENT_AT}, v1={v1}",
    }
    return [_vector(name, "MALFORMED", header=header) for name, header in headers.items()]


def sign(secret: str = SECRET, body: str = BODY) -> str:
    """The hex HMAC-SHA256 of `<t>.<body>`."""
    return hmac.new(secret.encode(), f"{SENT_AT}.{body}".encode(), hashlib.sha256).hexdigest()


def _vector(
    name: str, verdict: str, *, header: str, body: str = BODY, secret: str = SECRET, now: int = SENT_AT + 2
) -> dict[str, Any]:
    """`verdict` is the name of the expected `webhooks.signing.Verification`."""
    inputs = {"header": header, "body": body, "secret": secret, "now": now}
    return {"name": name, **inputs, "valid": verdict == "VALID", "verdict": verdict}
