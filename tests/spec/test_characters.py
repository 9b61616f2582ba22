"""Control characters: one rule for stored text, and one for shown text."""

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from spec.characters import (
    CONTROL_CHARACTERS,
    LINE_BREAKS,
    UNPRINTABLE,
    find_control_character,
    has_line_breaks,
    replace_control_characters,
    replace_unprintable,
    to_single_line,
)
from spec.document import read_document

UNICODE = "".join(map(chr, range(sys.maxunicode + 1)))
C0_AND_DEL = [*range(0x20), 0x7F]
WHITE_SPACE = [ord(character) for character in "\t\n\r"]
BIDI_MARKS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]


def codes(character_class: str) -> set[int]:
    return {ord(character) for character in re.findall(f"[{character_class}]", UNICODE)}


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["pattern"]] if isinstance(node.get("pattern"), str) else []
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from patterns(child)


def test_stored_text_has_neither_c0_nor_del_but_may_have_line_breaks() -> None:
    assert codes(CONTROL_CHARACTERS) == set(C0_AND_DEL) - set(WHITE_SPACE)
    assert codes(LINE_BREAKS) == set(WHITE_SPACE)


def test_shown_text_also_has_no_c1_surrogates_or_marks_that_reverse_text() -> None:
    surplus = codes(UNPRINTABLE) - codes(CONTROL_CHARACTERS)
    assert surplus == {*range(0x80, 0xA0), *range(0xD800, 0xE000), *BIDI_MARKS}


def test_patterns_of_the_document_reject_the_same_control_characters() -> None:
    forbidding = [pattern for pattern in patterns(read_document()) if pattern.startswith(r"^[^\x00")]
    rejected = {
        pattern: {code for code in range(0x250) if not re.fullmatch(pattern, chr(code))} for pattern in forbidding
    }
    assert len(forbidding) > 20
    assert {frozenset(found) for found in rejected.values()} == {
        frozenset(codes(CONTROL_CHARACTERS)),
        frozenset(codes(CONTROL_CHARACTERS) | codes(LINE_BREAKS)),
    }


@pytest.mark.parametrize("code", sorted(codes(CONTROL_CHARACTERS)))
def test_control_character_is_found_and_replaced(code: int) -> None:
    text = f"a{chr(code)}b"
    assert find_control_character(text) == chr(code)
    assert replace_control_characters(text) == replace_unprintable(text) == "a\ufffdb"
    assert to_single_line(text) == "a b"


@pytest.mark.parametrize(
    "text", ["", "Grönefeld 1941", "時計 ⌚", "👩\u200d🔧", "‏שעון", "a\u2028b\u2029c", "\u0085\u0092"]
)
def test_text_without_control_characters_can_be_stored(text: str) -> None:
    assert find_control_character(text) is None
    assert replace_control_characters(text) == text


def test_line_breaks_are_no_control_characters() -> None:
    text = "a\tb\r\nc"
    assert find_control_character(text) is None
    assert replace_control_characters(text) == replace_unprintable(text) == text
    assert replace_control_characters(text, keep="\t") == "a\tb\ufffd\ufffdc"
    assert to_single_line(text) == "a b c"


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\rb"])
def test_line_break_is_found(text: str) -> None:
    assert has_line_breaks(text)
    assert not has_line_breaks("a b\u2028c")


@pytest.mark.parametrize("character", ["\x9b", "\u0085", "\ud800", "\u202e", "\u2066"])
def test_unprintable_character_is_replaced_where_text_is_shown(character: str) -> None:
    assert replace_unprintable(f"a{character}b") == "a\ufffdb"
    assert to_single_line(f"a{character}{character}b") == "a b"
