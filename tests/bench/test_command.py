"""`python -m bench`: its names and options."""

import pytest

from bench.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["latencies"], "unknown benchmark: latencies. Choose from operations, deliveries"),
        (["--quick", "fairness"], "--quick is for operations and deliveries."),
    ],
)
def test_invalid_arguments_are_explained(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2
    assert message in capsys.readouterr().err
