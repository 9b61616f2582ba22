"""Signature debugger page.

It names the cause why a signature does not verify, as `POST /test/verify` does. It stores nothing.
"""

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.delivery.signature_check import check_signature
from watchtraderhub.diagnosis import Diagnosis

FIELDS = (
    Field(
        "header",
        "WTH-Signature header",
        schema_field=("SignatureCheckInput", "signature"),
        width="full",
        is_required=True,
        hint="t=…,v1=…",
    ),
    Field("body", "Raw body", "raw", width="full", hint="The bytes as received, before parsing."),
    Field(
        "secret",
        "Webhook secret",
        "password",
        ("SignatureCheckInput", "secret"),
        width="full",
        hint="Leave it empty to check with the secrets of your endpoints. We don't store it.",
    ),
)


def show(request: PageRequest) -> Response:
    return _render(request, Form(FIELDS))


def check(request: PageRequest) -> Response:
    form = Form.parse(FIELDS, request.form_data)
    if not form.is_valid:
        return _render(request, form, status=422)
    return _render(request, form, diagnosis=_diagnose(request, form))


def _diagnose(request: PageRequest, form: Form) -> Diagnosis:
    """Check the body with the line ends that were pasted.

    A form turns all line ends into CRLF, so both kinds may be the original ones.
    """
    header, secret = form.values["header"], (form.values["secret"] or "").strip() or None
    pasted = form.texts["body"]
    bodies = [pasted.replace("\r\n", "\n").encode(), pasted.encode()]
    results = [check_signature(request.actor, header=header, body=body, secret=secret) for body in bodies]
    return next((result for result in results if result.is_genuine), results[0])


def _render(request: PageRequest, form: Form, *, status: int = 200, diagnosis: Diagnosis | None = None) -> Response:
    return request.render("pages/signature_debugger.html", status=status, form=form, diagnosis=diagnosis)
