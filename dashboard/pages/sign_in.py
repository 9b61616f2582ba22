"""Signing in and out, and setting a new password through a link."""

from starlette.responses import Response

from dashboard import cookie
from dashboard.forms.form import Field, Form
from dashboard.redirects import own_path
from dashboard.request import Visit
from models.accounts.session import Session
from models.accounts.user import User

SIGN_IN = (
    Field("email", "E-mail", "email", is_required=True, width="full", autocomplete="username"),
    Field("password", "Password", "secret", is_required=True, width="full", autocomplete="current-password"),
)
NEW_PASSWORD = (
    Field("password", "New password", "secret", is_required=True, width="full", autocomplete="new-password",
          hint="At least 10 characters; a few words are good."),
)  # fmt: skip


def show(visit: Visit) -> Response:
    if visit.session is not None:
        return visit.redirect("/")
    return _sign_in_page(visit, Form(SIGN_IN))


def enter(visit: Visit) -> Response:
    form = Form.filled(SIGN_IN, visit.sent)
    if not form.is_good:
        return _sign_in_page(visit, form, 422)
    with form.taking_refusals():
        address = visit.request.client.host if visit.request.client else ""
        token = Session.sign_in(email=form.values["email"], password=form.values["password"], address=address)
        return arrive(visit, token, own_path(visit.given("next")))
    form.texts.pop("password")
    return _sign_in_page(visit, form, 422)


def leave(visit: Visit) -> Response:
    if visit.session is not None:
        visit.session.close()
    return arrive(visit, cookie.fresh_token(), "/sign-in")


def show_reset(visit: Visit) -> Response:
    User.by_reset_token(visit.request.path_params["token"])
    return visit.render("reset.html", form=Form(NEW_PASSWORD))


def reset(visit: Visit) -> Response:
    user = User.by_reset_token(visit.request.path_params["token"])
    form = Form.filled(NEW_PASSWORD, visit.sent)
    with form.taking_refusals():
        if form.is_good:
            user.change_password(form.values["password"])
            Session.close_all(user)
            return arrive(visit, Session.open(user), "/")
    return visit.render("reset.html", status=422, form=form)


def arrive(visit: Visit, token: str, path: str) -> Response:
    """With another token in the cookie: what was known of this browser before counts no more."""
    visit.token, visit.sets_cookie, visit.session = token, True, None
    return visit.redirect(path)


def _sign_in_page(visit: Visit, form: Form, status: int = 200) -> Response:
    asked = visit.given("next")
    return visit.render("sign_in.html", status=status, form=form, next_path=own_path(asked))
