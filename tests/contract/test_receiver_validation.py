"""The receiver of the tests validates every body that it receives."""

import pytest
import requests

from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver


def send(receiver: Receiver, event: dict[str, object]) -> None:
    requests.post(receiver.url, json=event, headers={"WTH-Event-Type": "listing.published"}, timeout=10)


def test_valid_body_passes(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    with Receiver() as receiver:
        send(receiver, api.list_all("/events")[0])


@pytest.mark.parametrize("wrong", [{"sequence": "1"}, {"data": {}}, {"event": "listing.sold"}, {"livemode": None}])
def test_invalid_body_fails_the_test(api: Client, cast: Cast, wrong: dict[str, object]) -> None:
    cast.owner.listing()
    with pytest.raises(AssertionError), Receiver() as receiver:
        send(receiver, api.list_all("/events")[0] | wrong)
