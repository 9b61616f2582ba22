"""Signature debugger page.

It checks a signature and explains what is wrong. It stores nothing.
"""

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.clock import now
from webhooks.signing import Verification, verify

FIELDS = (
    Field("header", "WTH-Signature header", width="full", is_required=True, hint="t=…,v1=…"),
    Field("body", "Raw body", "raw", width="full", is_required=True, hint="The bytes as received, before parsing."),
    Field("secret", "Webhook secret", "password", width="full", is_required=True, hint="whsec_… We don't store it."),
)
ADVICE = {
    Verification.MALFORMED: "Copy the whole value of the WTH-Signature header, without its name.",
    Verification.NO_MATCH: "Check that you verify the raw bytes: a body that was parsed and serialized again is "
    "different. Check that the secret is the whole whsec_… string of this endpoint and has not been rotated.",
    Verification.TOO_OLD: "Receivers reject signatures older than five minutes. This is normal for an old delivery.",
    Verification.TOO_NEW: "Check the clocks of this hub and of the machine that created the header.",
    Verification.VALID: "If your receiver still rejects it, compare the body and the secret that it uses with these.",
}
UNSIGNED_SPACE = (
    "The white space around the pasted body was not signed. A receiver that includes it rejects the signature."
)


def show(request: PageRequest) -> Response:
    return _render(request, Form(FIELDS))


def check(request: PageRequest) -> Response:
    form = Form.parse(FIELDS, request.form_data)
    if not form.is_valid:
        return _render(request, form, status=422)
    secret, header = form.values["secret"].strip(), form.values["header"]
    bodies = _list_possible_bodies(form.texts["body"])
    results = {body: verify(header=header, body=body.encode(), secrets=[secret], now=now() // 1000) for body in bodies}
    signed = next((body for body, result in results.items() if result is not Verification.NO_MATCH), None)
    if signed is None:
        return _render(request, form, verdict=Verification.NO_MATCH)
    note = "" if signed in bodies[:2] else UNSIGNED_SPACE
    return _render(request, form, verdict=results[signed], note=note)


def _list_possible_bodies(body: str) -> list[str]:
    """List the bodies that the pasted text may stand for.

    A form turns line ends into \\r\\n, and people paste extra white space.
    """
    plain = body.replace("\r\n", "\n")
    return [plain, body, plain.rstrip("\n"), plain.strip()]


def _render(
    request: PageRequest, form: Form, *, status: int = 200, verdict: Verification | None = None, note: str = ""
) -> Response:
    advice = ADVICE[verdict] if verdict else ""
    return request.render(
        "pages/signature_debugger.html", status=status, form=form, verdict=verdict, advice=advice, note=note
    )
