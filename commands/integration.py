"""`wth integration` and `wth mode`: the switches of a dealer's integration."""

import click

from commands.arguments import MODES, dealer_option
from commands.dealer import find_integrated_dealer
from commands.output import CommandOutput, HubCommand, HubGroup, example
from models.accounts.integration import Integration
from tasks.wake_up import wake_worker

EXAMPLE = example("wth integration disable --dealer anna@uhrenhaus.example")


@click.command(cls=HubCommand, epilog=example("wth mode --dealer anna@uhrenhaus.example live"))
@dealer_option()
@click.argument("mode", type=click.Choice(MODES))
def mode(dealer_name: str, mode: str) -> CommandOutput:
    """Turn test mode on (test) or off (live). In test mode no live event leaves the hub."""
    return _switch(dealer_name, is_test_mode=mode == "test")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def integration() -> None:
    """The integration as a whole."""


@integration.command(epilog=example("wth integration enable --dealer anna@uhrenhaus.example"))
@dealer_option()
def enable(dealer_name: str) -> CommandOutput:
    """Let keys and deliveries work again; what waited is sent."""
    return _switch(dealer_name, is_enabled=True)


@integration.command(epilog=EXAMPLE)
@dealer_option()
def disable(dealer_name: str) -> CommandOutput:
    """Refuse both keys and hold deliveries back."""
    return _switch(dealer_name, is_enabled=False)


def _switch(dealer_name: str, *, is_enabled: bool | None = None, is_test_mode: bool | None = None) -> CommandOutput:
    dealer = find_integrated_dealer(dealer_name)
    switched = Integration.of(dealer)
    switched.switch(is_enabled=is_enabled, is_test_mode=is_test_mode)
    wake_worker(dealer.id)
    state = {"dealer_id": dealer.id, "is_enabled": switched.is_enabled, "is_test_mode": switched.is_test_mode}
    badge = "in test mode" if switched.is_test_mode else "live"
    return CommandOutput(state, f"The integration of {dealer.id} is {badge if switched.is_enabled else 'disabled'}.")
