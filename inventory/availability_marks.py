"""Finds marks such as "RESERVED!" and "Sold to Max" in cells of any column.

Dealers write them into notes and titles, beside the columns for status and quantity.
"""

import re
from functools import lru_cache

from inventory.availability import PHRASE_ENDS, Availability
from inventory.availability_words import SOLD_WORDS, UNMISTAKABLE_WORDS
from inventory.text_matching import fold, spelling_table

_TERMS = spelling_table(SOLD=SOLD_WORDS, WITHHELD=UNMISTAKABLE_WORDS)
# A cell counts if it is one of these as people write it. No folding: the check is made for every cell of a file.
_CELLS = {
    spelling.strip().casefold(): Availability[term]
    for words, term in ((SOLD_WORDS, "SOLD"), (UNMISTAKABLE_WORDS, "WITHHELD"))
    for spelling in words.split(",")
}
_MAX_NOTE = 80
_STARTS = frozenset(spelling[:4] for spelling in _CELLS)
# "Sold to Max", "reserved until Friday", "sold 3.5.", "on hold - paid", but not "sold with its box".
_NOTE = re.compile(
    rf"(?P<mark>{'|'.join(sorted(map(re.escape, _CELLS), key=len, reverse=True))})"
    r"(?:\s*[-–—:(!/]|\s+(?:for|to|until|till|an|für|bis|pour|à|jusqu|per|a|al|fino|para|hasta|за|до|для|voor)\b"
    r"|\s+(?:(?:on|am|le|il|el|на|op)\s+)?[0-9])"
)
_STEMS = tuple({spelling[:5] for spelling in _TERMS})


def find_unmistakable(cell: str) -> Availability | None:
    """Return the availability of a short cell such as "RESERVED!" or "Sold to Max"."""
    if len(cell) > _MAX_NOTE:
        return None
    text = cell.strip(" \t.!*").casefold()
    if text[:4] not in _STARTS:
        return None
    note = None if text in _CELLS else _NOTE.match(text)
    return _CELLS[note["mark"]] if note else _CELLS.get(text)


@lru_cache(4096)
def find_mark_in_name(name: str) -> Availability | None:
    """Return the availability of a title such as "Submariner (sold)".

    A mark is in brackets, after a dash, or in capitals at the start or end.
    """
    folded = name.casefold()
    if not any(stem in folded for stem in _STEMS):
        return None
    words = name.split()
    capitals = [word.strip("*!.,:;()[]") for word in (words[0], words[-1]) if word.isupper()]
    phrases = [*PHRASE_ENDS.split(name.replace("*", "|")), *capitals] if len(words) > 1 else []
    found = [term for phrase in phrases if (term := _TERMS.get(fold(phrase)))]
    return max((Availability[term] for term in found), default=None)
