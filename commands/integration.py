"""`wth integration` and `wth mode`.

They enable a dealer's integration and set its mode.
"""

import click

from commands.arguments import MODES, dealer_option
from commands.database import DatabaseCommand, HubGroup
from commands.dealer import find_integrated_dealer
from commands.output import CommandOutput, example
from models.accounts.integration import Integration
from tasks.wake_up import wake_worker

EXAMPLE = example("wth integration disable --dealer anna@uhrenhaus.example")


@click.command(cls=DatabaseCommand, epilog=example("wth mode --dealer anna@uhrenhaus.example live"))
@dealer_option()
@click.argument("mode", type=click.Choice(MODES))
def mode(dealer_name: str, mode: str) -> CommandOutput:
    """Turn test mode on (test) or off (live).

    In test mode, live events are not delivered.
    """
    return _switch(dealer_name, is_test_mode=mode == "test")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def integration() -> None:
    """Enable or disable an integration."""


@integration.command(epilog=example("wth integration enable --dealer anna@uhrenhaus.example"))
@dealer_option()
def enable(dealer_name: str) -> CommandOutput:
    """Enable an integration: accept its API keys and send its queued deliveries."""
    return _switch(dealer_name, is_enabled=True)


@integration.command(epilog=EXAMPLE)
@dealer_option()
def disable(dealer_name: str) -> CommandOutput:
    """Disable an integration: reject its API keys and hold its deliveries."""
    return _switch(dealer_name, is_enabled=False)


def _switch(dealer_name: str, *, is_enabled: bool | None = None, is_test_mode: bool | None = None) -> CommandOutput:
    dealer = find_integrated_dealer(dealer_name)
    row = Integration.of(dealer)
    row.switch(is_enabled=is_enabled, is_test_mode=is_test_mode)
    wake_worker(dealer.id)
    document = {"dealer_id": dealer.id, "is_enabled": row.is_enabled, "is_test_mode": row.is_test_mode}
    mode_name = "in test mode" if row.is_test_mode else "live"
    return CommandOutput(document, f"The integration of {dealer.id} is {mode_name if row.is_enabled else 'disabled'}.")
