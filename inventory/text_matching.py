"""Matches words regardless of case, accents, punctuation and remarks."""

import re
import unicodedata
from collections.abc import Collection, Mapping

_REMARK = re.compile(r"\([^()]*\)")
WITHOUT_UMLAUTS = str.maketrans({umlaut: unicodedata.normalize("NFD", umlaut)[0] + "e" for umlaut in "äöü"})
_PUNCTUATION = re.compile(r"[\W_]+")
_TAIL = re.compile(r"[(,;:]|\s[-–—]\s")


def fold(text: str) -> str:
    """Lower-case text, drop accents and punctuation, and normalize white space."""
    letters = text.casefold()
    if not letters.isascii():
        decomposed = unicodedata.normalize("NFKD", letters)
        letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _PUNCTUATION.sub(" ", letters).strip()


def spelling_table(**spellings: str) -> dict[str, str]:
    """Build a table from folded spelling to term.

    The keywords are the terms, their values the comma-separated spellings. Programs without umlauts write "ae" for "ä",
    so that spelling is added. Raises ValueError for an empty spelling, and for one that belongs to two terms.
    """
    table: dict[str, str] = {}
    for term, line in spellings.items():
        for spelling in map(fold, [*line.split(","), *line.translate(WITHOUT_UMLAUTS).split(",")]):
            if not spelling or table.setdefault(spelling, term) != term:
                raise ValueError(f"{spelling!r} is a spelling of both {table.get(spelling)} and {term}.")
    return table


def word_set(line: str) -> frozenset[str]:
    """The words of a line, unchanged."""
    return frozenset(line.split())


def find_term(text: str, table: Mapping[str, str], fillers: Collection[str] = ()) -> str | None:
    """Find the term that a text spells in a `spelling_table`, or None.

    Looks up the whole text, then the text without remarks in brackets, then the text up to its first comma, semicolon,
    colon or dash; each also without the words in `fillers`.
    """
    for candidate in (text, _REMARK.sub(" ", text), _TAIL.split(text, maxsplit=1)[0]):
        folded = fold(candidate)
        without_fillers = " ".join(word for word in folded.split() if word not in fillers)
        if term := table.get(folded) or table.get(without_fillers):
            return term
    return None
