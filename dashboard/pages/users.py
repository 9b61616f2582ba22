"""User pages: who signs in for the dealer, invitations, and removal."""

from starlette.responses import Response

import config
from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.accounts import invitation
from models.accounts.user import ROLES, User

ROLE_CHOICES = tuple((role, role.capitalize()) for role in reversed(ROLES))
INVITE = (
    Field("email", "Email", "email", is_required=True, width="full"),
    Field("role", "Role", "choice", is_required=True, choices=ROLE_CHOICES, width="full",
          hint="Owners also manage users, API keys, webhooks and the mode."),
)  # fmt: skip


def index(request: PageRequest) -> Response:
    return _render(request, Form(INVITE))


def invite(request: PageRequest) -> Response:
    form = Form.parse(INVITE, request.form_data)
    if form.is_valid:
        email, role = form.values["email"], form.values["role"]
        with form.collect_refusals(), request.audited_change("user.invited", None, f"{email}, {role}") as change:
            user = invitation.invite(request.dealer, request.user, email=email, role=role)
            change.subject_id, change.path = user.id, "/users"
    if not form.is_valid:
        return _render(request, form, 422)
    return _respond_with_link(request, user)


def send_link(request: PageRequest) -> Response:
    """Send an invitation again, or show a new link on a hub that sends no mail."""
    user = invitation.find_user(request.dealer, request.row_id)
    with request.audited_change("user.invited", user.id, f"{user.email}, {user.role}"):
        invitation.send_link(user, request.user)
    return _respond_with_link(request, user)


def remove(request: PageRequest) -> Response:
    email = invitation.find_user(request.dealer, request.row_id).email
    with request.audited_change("user.removed", request.row_id, email):
        invitation.remove(request.dealer, request.user, request.row_id)
    return request.redirect("/users", f"Removed {email}. All their browsers are signed out.")


def _respond_with_link(request: PageRequest, user: User) -> Response:
    if config.has_mail():
        return request.redirect("/users", f"Invitation to {user.email} sent. The link expires after seven days.")
    return request.render(
        "pages/secret_revealed.html",
        title="Your invitation",
        label="Link",
        revealed=invitation.create_link(user),
        next_url="/users",
        kind="link",
        email=user.email,
    )


def _render(request: PageRequest, form: Form, status: int = 200) -> Response:
    return request.render(
        "pages/users.html", status=status, form=form, users=list(User.of(request.dealer)), has_mail=config.has_mail()
    )
