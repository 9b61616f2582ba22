"""The signature debugger: a header, a body and a secret in, what is wrong out. Nothing of it is kept."""

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.clock import now
from webhooks.signing import Verification, verify

FIELDS = (
    Field("header", "WTH-Signature header", width="full", is_required=True, hint="t=…,v1=…"),
    Field(
        "body", "Raw body", "raw", width="full", is_required=True, hint="The bytes as they came, before any parsing."
    ),
    Field("secret", "Webhook secret", "secret", width="full", is_required=True, hint="whsec_… It is not stored."),
)
ADVICE = {
    Verification.MALFORMED: "Copy the whole value of the WTH-Signature header, without its name.",
    Verification.NO_MATCH: "Most often the body was parsed and serialized again before it was checked, or this is the "
    "secret of another endpoint, or one that has been rotated. Sign the raw bytes.",
    Verification.TOO_OLD: "Receivers refuse signatures older than five minutes. An old delivery must look so.",
    Verification.TOO_NEW: "The clock of this hub or the one that wrote the header is wrong.",
    Verification.VALID: "If your receiver still refuses it, compare the body and secret that it uses with these.",
}
BLANKS = (
    "The blank space around the body that you pasted was not signed: a receiver that has it in its bytes refuses them."
)


def show(request: PageRequest) -> Response:
    return _page(request, Form(FIELDS))


def check_signature(request: PageRequest) -> Response:
    form = Form.parse(FIELDS, request.form_data)
    if not form.is_valid:
        return _page(request, form, status=422)
    secret, readings = form.values["secret"].strip(), _readings(form.texts["body"])
    verdicts = {
        body: verify(header=form.values["header"], body=body.encode(), secrets=[secret], now=now() // 1000)
        for body in readings
    }
    fitting = next((body for body, one in verdicts.items() if one is not Verification.NO_MATCH), None)
    if fitting is None:
        return _page(request, form, verdict=Verification.NO_MATCH)
    note = "" if fitting in readings[:2] else BLANKS
    return _page(request, form, verdict=verdicts[fitting], note=note)


def _readings(body: str) -> list[str]:
    """A form turns every line end into \\r\\n and people paste one too many: what the bytes may have been."""
    plain = body.replace("\r\n", "\n")
    return [plain, body, plain.rstrip("\n"), plain.strip()]


def _page(
    request: PageRequest, form: Form, *, status: int = 200, verdict: Verification | None = None, note: str = ""
) -> Response:
    advice = ADVICE[verdict] if verdict else ""
    return request.render(
        "pages/signature_debugger.html", status=status, form=form, verdict=verdict, advice=advice, note=note
    )
