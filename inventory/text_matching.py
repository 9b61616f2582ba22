"""How two spellings of the same word are compared, and the tables that are looked up that way."""

import re
import unicodedata
from collections.abc import Collection, Mapping

_REMARK = re.compile(r"\([^()]*\)")
_TAIL = re.compile(r"[(,;:]|\s[-–—]\s")


def fold(text: str) -> str:
    """`text` in lower case, without accents and punctuation, its words parted by one space."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return re.sub(r"[\W_]+", " ", bare).strip()


def spelling_table(**lines: str) -> dict[str, str]:
    """A table from each folded spelling to its term, out of one comma-separated line per term."""
    table: dict[str, str] = {}
    for name, line in lines.items():
        for spelling in map(fold, line.split(",")):
            if not spelling or table.setdefault(spelling, name) != name:
                raise ValueError(f"{spelling!r} spells both {table.get(spelling)} and {name}.")
    return table


def word_set(line: str) -> frozenset[str]:
    """The words of a line, as they stand there."""
    return frozenset(line.split())


def find_term(text: str, table: Mapping[str, str], fillers: Collection[str] = ()) -> str | None:
    """The term that `text` spells: the whole of it, or without its remarks in brackets, or up to its first
    comma, colon or dash; words among `fillers` may be left out."""
    for reading in (text, _REMARK.sub(" ", text), _TAIL.split(text, maxsplit=1)[0]):
        whole = fold(reading)
        kept = " ".join(word for word in whole.split() if word not in fillers)
        if found := table.get(whole) or table.get(kept):
            return found
    return None
