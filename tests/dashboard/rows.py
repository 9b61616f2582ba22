"""One row of the owner's for every route with an id."""

from models.accounts.audit import AuditEntry
from models.accounts.user import NO_PASSWORD, User
from models.customer import Customer
from models.dealer import Actor
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from models.delivery.ping import send_ping
from models.jobs.job import IMPORT, RETRIES, BackgroundJob
from models.order import Order
from tests.cast import Cast

FILE = b"brand,model,price\nNomos,Tangente,1650\n"


def create_rows(cast: Cast) -> dict[str, str]:
    """Ids by the part of the path that stands before `/{id}`."""
    actor = cast.owner.actor()
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    order = Order.place(
        actor, {"items": [{"listing_id": cast.owner.listing().id}], "customer": {"email": "b@x.example"}}
    )
    send_ping(actor, None)
    drafts = {
        kind: BackgroundJob.create_draft(
            cast.owner.dealer, kind, is_test=True, content=FILE, options={"since": 0, "until": 1}
        )
        for kind in (IMPORT, RETRIES)
    }
    return {
        "/inventory/import": drafts[IMPORT].id,
        "/channels/custom/retries": drafts[RETRIES].id,
        "/inventory": cast.owner.listing().id,
        "/orders": order.id,
        "/clients": Customer.of(actor).get().id,
        "/channels/custom/endpoints": endpoint.id,
        "/channels/custom/log": Delivery.of(cast.owner.dealer).get().id,
        "/users": invite(cast).id,
        "/notices": Notice.post(Endpoint.find(cast.owner.dealer, endpoint.id), "endpoint_failing", "It fails.").id,
    }


def invite(cast: Cast) -> User:
    """A user who has not chosen a password yet."""
    email, no_password = "ben@uhrenhaus.example", f"{NO_PASSWORD}x"
    return User.register_with_hash(cast.owner.dealer, email=email, password_hash=no_password, role="staff")


def record_audit_entry(actor: Actor, email: str, action: str, subject_id: str | None, summary: str) -> None:
    """An entry without the change that it is about."""
    with actor.dealer.locked():
        AuditEntry.record(actor, email, action, subject_id, summary)


def address(path: str, ids: dict[str, str]) -> str:
    """The route's path with an id in it, or with a token that is not valid."""
    if "{id}" not in path:
        return path.replace("{token}", "nonsense")
    return path.replace("{id}", ids[path.partition("/{id}")[0]])
