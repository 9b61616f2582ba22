"""Workflows run actions of fixed content: tags can be moved, commits cannot."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = [
    *(ROOT / ".github").rglob("*.y*ml"),
    *(ROOT / "docs").rglob("*.y*ml"),
    *(ROOT / "docs").rglob("*.md"),
]
USES = re.compile(r"^\s*(?:- )?uses:\s*(?P<action>\S.*)$", re.MULTILINE)
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def find_unpinned(text: str) -> list[str]:
    """Actions without a commit hash and, as a comment, its version. Local ones need neither."""
    actions = [match["action"].strip() for match in USES.finditer(text)]
    return [action for action in actions if not action.startswith("./") and not PINNED.fullmatch(action)]


def test_every_action_is_pinned_to_a_commit() -> None:
    texts = {path: path.read_text() for path in FILES}
    assert sum(len(USES.findall(text)) for text in texts.values()) >= 4
    assert {path: found for path, text in texts.items() if (found := find_unpinned(text))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "      - uses: actions/checkout@v4",
        "        uses: actions/checkout@main",
        "      - uses: actions/checkout@11bd719 # v4.2.2",
        "      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
        "      - uses: docker://alpine:3",
    ],
)
def test_action_that_can_change_is_found(line: str) -> None:
    assert len(find_unpinned(line)) == 1
