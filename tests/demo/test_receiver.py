"""The line that the demo receiver prints for each webhook."""

from typing import Any

import pytest

from demo.receiver import describe_delivery
from webhooks.signing import Verification

EVENT: dict[str, Any] = {
    "event": "listing.sold",
    "sequence": 12,
    "livemode": False,
    "data": {"id": "inv_1", "title": "Omega Speedmaster"},
}


def test_valid_webhook_is_one_line_with_its_type_sequence_and_subject() -> None:
    line = describe_delivery(EVENT, Verification.VALID)
    assert line.split() == ["Received", "listing.sold", "#12", "test", "signature", "valid", "Omega", "Speedmaster"]


@pytest.mark.parametrize(("data", "subject"), [({"id": "ord_1"}, "ord_1"), ({"message": "Hello"}, "Hello")])
def test_webhook_without_a_title_shows_its_id_or_message(data: dict[str, str], subject: str) -> None:
    assert describe_delivery({**EVENT, "data": data}, Verification.VALID).endswith(subject)


def test_invalid_webhook_is_reported_with_the_reason() -> None:
    line = describe_delivery({}, Verification.TOO_OLD)
    assert line == f"Received an invalid webhook: {Verification.TOO_OLD.value}"
