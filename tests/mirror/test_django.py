"""Handlers that use Django's models: their effects are in the transaction of the position."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import close_old_connections, connections, models, transaction
from watchtraderhub import Client
from watchtraderhub.mirror import Mirror
from watchtraderhub.mirror.django import DjangoDatabase

from tests.cast import Cast
from tests.mirror.frameworks import configure_django
from tests.mirror.small_shop import POSTGRES, SmallShop
from tests.tasks.traffic import edit

configure_django()


class DjangoListing(models.Model):  # type: ignore[misc] # Django has no types
    """The table `listing` of the shop."""

    id = models.TextField(primary_key=True)
    price = models.TextField()

    class Meta:
        app_label = "shop"
        db_table = "listing"


@pytest.fixture
def mirror(shop: SmallShop) -> Iterator[Mirror]:
    """A mirror in Django's default database, whose handler saves a model and fails for the price 13."""
    engine = "django.db.backends.postgresql" if POSTGRES else "django.db.backends.sqlite3"
    connections.settings["default"] |= {"ENGINE": engine, **shop.data.django_settings()}
    with Client(shop.key, base_url=shop.site) as client:
        mirror = Mirror(client, DjangoDatabase())
        mirror.on("listing.*")(save_model)
        yield mirror
    connections["default"].close()
    del connections["default"]


def save_model(connection: Any, event: Any) -> None:
    price = event["data"]["asking_price_eur"]
    DjangoListing.objects.update_or_create(id=event["data"]["id"], defaults={"price": price})
    if price == 13:
        DjangoListing.objects.create(id=event["data"]["id"])  # the ID is taken


def test_models_and_position_are_one_commit(mirror: Mirror, shop: SmallShop, cast: Cast) -> None:
    mirror.start()
    watch = cast.owner.listing()
    edit(cast.owner, watch, 700_00)
    mirror.catch_up()
    assert (mirror.position(), shop.prices) == (2, {watch.id: 700})


def test_failing_model_undoes_its_event_alone(mirror: Mirror, shop: SmallShop, cast: Cast) -> None:
    mirror.start()
    watch = cast.owner.listing()
    for cents in (700_00, 13_00, 800_00):
        edit(cast.owner, watch, cents)
    with pytest.raises(Exception, match=r"(?i)unique"):
        mirror.catch_up()
    assert (mirror.position(), shop.prices) == (2, {watch.id: 700})


def test_work_after_the_commit_is_possible(mirror: Mirror, shop: SmallShop, cast: Cast) -> None:
    seen: list[int] = []

    @mirror.on("*")
    def note_later(connection: Any, event: Any) -> None:
        transaction.on_commit(lambda: seen.append(len(shop.prices)))

    mirror.start()
    cast.owner.listing()
    mirror.catch_up()
    assert seen == [1]


def test_transaction_of_the_caller_is_rejected(mirror: Mirror) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        mirror.start()
    close_old_connections()
