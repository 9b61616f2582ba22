"""Signature debugger page.

It names the cause why a signature does not verify, as `POST /test/verify` does. It stores nothing.
"""

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.delivery.signature_check import check_pasted_signature

TEMPLATE = "pages/signature_debugger.html"
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
    return request.render(TEMPLATE, form=Form(FIELDS), diagnosis=None)


def check(request: PageRequest) -> Response:
    form = Form.parse(FIELDS, request.form_data)
    if not form.is_valid:
        return request.render(TEMPLATE, status=422, form=form, diagnosis=None)
    secret = (form.values["secret"] or "").strip() or None
    header, text = form.values["header"], form.texts["body"]
    diagnosis = check_pasted_signature(request.actor, header=header, text=text, secret=secret)
    return request.render(TEMPLATE, form=form, diagnosis=diagnosis)
