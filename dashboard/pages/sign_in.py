"""Sign-in pages: sign in, sign out, and set a new password through a reset link."""

from starlette.responses import Response

import config
from dashboard import cookie
from dashboard.forms.form import Field, Form
from dashboard.kept_form import KeptForm
from dashboard.redirects import safe_path
from dashboard.request import PageRequest
from errors import NotFound
from models.accounts.known_browser import create_browser_token
from models.accounts.password_reset import request_reset
from models.accounts.session import Session
from models.accounts.user import User

SIGN_IN = (
    Field("email", "Email", "email", is_required=True, width="full", autocomplete="username"),
    Field("password", "Password", "password", is_required=True, width="full", autocomplete="current-password"),
)
EXPIRED = "You were signed out, or this page was out of date. Sign in to continue."
FORGOTTEN = (Field("email", "Email", "email", is_required=True, width="full", autocomplete="username"),)
NEW_PASSWORD = (
    Field("password", "New password", "password", is_required=True, width="full", autocomplete="new-password",
          hint="At least 10 characters. A few words work well."),
)  # fmt: skip


def show(request: PageRequest) -> Response:
    if request.session is not None:
        return request.redirect("/")
    return render_sign_in(request, Form(SIGN_IN))


def sign_in(request: PageRequest) -> Response:
    form = Form.parse(SIGN_IN, request.form_data)
    if not form.is_valid:
        return render_sign_in(request, form, 422, kept=request.value("kept"))
    with form.collect_refusals():
        email = form.values["email"]
        user, token = Session.sign_in(
            email=email,
            password=form.values["password"],
            address=request.client_address,
            browser_token=cookie.read_browser(request.http_request.cookies, email),
        )
        kept = KeptForm.parse(request.value("kept"))
        return open_session(request, user, token, safe_path(request.value("next")), kept=kept)
    form.texts.pop("password")
    return render_sign_in(request, form, 422, kept=request.value("kept"))


def show_forgotten(request: PageRequest) -> Response:
    _require_mail()
    return request.render("pages/password_forgotten.html", form=Form(FORGOTTEN), is_sent=False)


def send_reset_link(request: PageRequest) -> Response:
    """Respond in the same way whether or not the account exists."""
    _require_mail()
    form = Form.parse(FORGOTTEN, request.form_data)
    if form.is_valid:
        request_reset(form.values["email"], request.client_address)
    status = 200 if form.is_valid else 422
    return request.render("pages/password_forgotten.html", status=status, form=form, is_sent=form.is_valid)


def _require_mail() -> None:
    if not config.has_mail():
        raise NotFound("page")


def sign_out(request: PageRequest) -> Response:
    if request.session is not None:
        request.session.close()
    return replace_token(request, cookie.new_token(), "/sign-in")


def show_reset(request: PageRequest) -> Response:
    User.find_by_reset_token(request.path_value("token"))
    return request.render("pages/password_reset.html", form=Form(NEW_PASSWORD))


def reset_password(request: PageRequest) -> Response:
    user = User.find_by_reset_token(request.path_value("token"))
    form = Form.parse(NEW_PASSWORD, request.form_data)
    with form.collect_refusals():
        if form.is_valid:
            return open_session(request, user, Session.change_password(user, form.values["password"]), "/")
    return request.render("pages/password_reset.html", status=422, form=form)


def replace_token(request: PageRequest, token: str, path: str) -> Response:
    """Redirect with a new token in the cookie.

    A token from before signing in or out is no longer valid.
    """
    request.token, request.sets_cookie, request.session = token, True, None
    return request.redirect(path)


def open_session(
    request: PageRequest, user: User, token: str, path: str, notice: str | None = None, kept: KeptForm | None = None
) -> Response:
    """Redirect a user who has just given the password, or show a form that is kept.

    The browser gets the token of a new session, and is known from now on.
    """
    request.token, request.sets_cookie, request.session = token, True, Session.find_by_token(token)
    response = request.render("pages/kept_form.html", kept=kept) if kept else request.redirect(path, notice)
    cookie.write_browser(response, user.email, create_browser_token(user))
    return response


def render_sign_in(
    request: PageRequest, form: Form, status: int = 200, *, message: str = "", kept: str = ""
) -> Response:
    """Show the sign-in page. `kept` is the text of a form to submit after it."""
    return request.render(
        "pages/sign_in.html",
        status=status,
        form=form,
        next_path=safe_path(request.value("next")),
        message=message or (EXPIRED if request.http_request.query_params.get("expired") else ""),
        kept=kept,
        has_mail=config.has_mail(),
    )
