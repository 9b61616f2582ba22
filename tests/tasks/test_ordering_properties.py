"""Ordering as a property: whatever happens, the events of a resource arrive in order unless one is overtaken."""

import time
from collections import defaultdict
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from errors import Refusal
from models import clock
from models.delivery import claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tests.cast import create_person
from tests.receiver import Delivered, Receiver, StubResponse
from tests.tasks.traffic import deliveries, edit
from tests.worker import work_off

RESPONSES: list[StubResponse] = [200, 200, 200, 500, (503, {"Retry-After": "400"}), 302]


class Traffic(RuleBasedStateMachine):
    """One endpoint, three watches, a receiver with varying responses, workers that die, manual retries."""

    receiver: Receiver

    @initialize()
    def open(self) -> None:
        self.time = time.time()
        clock.wall_clock = lambda: self.time
        self.person = create_person("Random Watches")
        self.watches = self.person.listings(3)
        self.endpoint, _ = self.person.endpoint(self.receiver.url)
        self.receiver.deliveries.clear()
        self.responses: list[StubResponse] = []
        self.receiver.respond = self._respond
        self.price = 0

    def _respond(self, _: Delivered) -> StubResponse:
        return self.responses.pop(0) if self.responses else 200

    @rule(which=st.integers(0, 2), times=st.integers(1, 3))
    def change(self, which: int, times: int) -> None:
        for _ in range(times):
            self.price += 1
            edit(self.person, self.watches[which], self.price)

    @rule(
        seconds=st.sampled_from([1, 6, 61, 331, 1900, 7300]), responses=st.lists(st.sampled_from(RESPONSES), max_size=6)
    )
    def send(self, seconds: int, responses: list[StubResponse]) -> None:
        self.time += seconds
        self.responses = list(responses)
        work_off()

    @rule()
    def kill_a_worker(self) -> None:
        self.time += 1
        claims.claim_for_endpoints([self.endpoint.id])

    @precondition(lambda self: bool(deliveries(self.endpoint)))
    @rule(pick=st.integers(0, 99))
    def retry_manually(self, pick: int) -> None:
        rows = deliveries(self.endpoint)
        with suppress(Refusal):  # an attempt is in progress, or the delivery is queued
            rows[pick % len(rows)].retry()

    @rule(is_disabled=st.booleans())
    def disable_or_enable(self, is_disabled: bool) -> None:
        endpoint = Endpoint.find(self.person.dealer, self.endpoint.id)
        endpoint.disable("Disabled by the dealer.") if is_disabled else endpoint.enable()

    @invariant()
    def one_delivery_per_watch_is_in_flight(self) -> None:
        in_flight = defaultdict(list)
        for row in deliveries(self.endpoint):
            if row.state in ("pending", "sending") and not row.is_passed:
                in_flight[row.resource_id].append(row.sequence)
        assert all(len(sequences) == 1 for sequences in in_flight.values()), dict(in_flight)

    @invariant()
    def first_deliveries_of_a_watch_arrive_in_order(self) -> None:
        overtaken = {row.event_id for row in deliveries(self.endpoint) if row.is_passed}
        latest: dict[str, int] = {}
        seen: set[str] = set()
        for request in self.receiver.deliveries:
            event = request.event
            if event["id"] in overtaken | seen:
                continue
            seen.add(event["id"])
            assert event["sequence"] > latest.get(event["data"]["id"], 0)
            latest[event["data"]["id"]] = event["sequence"]

    def teardown(self) -> None:
        """In the end every delivery has succeeded or failed, queued ones included."""
        if not hasattr(self, "endpoint"):
            return
        Endpoint.find(self.person.dealer, self.endpoint.id).enable()
        self.responses = []
        for _ in range(2):
            self.time += 90_000
            work_off()
        assert {row.state for row in deliveries(self.endpoint)} <= {"succeeded", "failed"}


def test_order_per_watch_holds_through_failures_crashes_and_manual_retries(receiver: Receiver) -> None:
    Traffic.receiver = receiver
    options: Any = settings(
        max_examples=50,
        stateful_step_count=15,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Traffic, settings=options)
    assert Delivery.select().count() > 50
