"""The scope of delivery: what dealers write about box and papers, in one column or in two."""

import re

from inventory.enums import parse_yes_no
from inventory.text_matching import fold, spelling_table, word_set

_FULL_SETS = spelling_table(
    full="full set, fullset, full kit, complete set, complete, komplett, set completo, b&p, пълен комплект"
)
_BOX = word_set("box boxes ovp originalbox originalverpackung boite ecrin scatola estuche caja кутия кутии")
_PAPERS = word_set(
    "papers paper papiere papieren originalpapiere card warranty garantiekarte zertifikat certificate "
    "documents papiers documenti garanzia papeles documentacion документи"
)
_NEGATIONS = word_set("no not without missing ohne kein keine sans senza sin без няма")
_ONLY = word_set("only nur seulement solo само")
# Words that change nothing about what is there.
_FILLERS = word_set(
    "a the and or nor und oder et ou e y o i и или watch uhr montre orologio reloj часовник head original "
    "originale originali originales originaux originalen оригинална оригинални inner outer tag tags hangtag "
    "booklet booklets manual links d origine"
)
_WITHOUT = re.compile(r"(?<!\w)w/o(?!\w)", re.I)
_PHRASE_ENDS = re.compile(r"[,;/+|()]|(?<!\w)(?:but|with|mit|avec|con|aber|mais|pero|с|със)(?!\w)", re.I)

_UNCLEAR_MESSAGE = (
    'This does not say clearly what comes with the watch: write it like "Original box, no papers", '
    '"Full set" or "Watch only".'
)


def parse_box_and_papers(text: str) -> dict[str, bool]:
    """`has_box` and `has_papers`, as far as a cell such as "Full set" or "Box, no papers" tells.

    "Original box" says nothing about papers, "box only" does. A denial holds to the end of its phrase: "no
    box or papers" denies both. A word that is not understood is refused, never guessed."""
    found: dict[str, bool] = {}
    for phrase in _PHRASE_ENDS.split(_WITHOUT.sub("without", text)):
        for part, present in _parse_phrase(fold(phrase)).items():
            if found.setdefault(part, present) != present:
                raise ValueError(_UNCLEAR_MESSAGE)
    if not found:
        raise ValueError(_UNCLEAR_MESSAGE)
    return found


def parse_has_box(text: str) -> bool:
    """Yes or no, or words such as "no original box"."""
    return _parse_yes_no_or_words(text, "has_box")


def parse_has_papers(text: str) -> bool:
    """Yes or no, or words such as "warranty card"."""
    return _parse_yes_no_or_words(text, "has_papers")


def _parse_phrase(phrase: str) -> dict[str, bool]:
    if phrase in _FULL_SETS:
        return {"has_box": True, "has_papers": True}
    found: dict[str, bool] = {}
    is_present, is_denial_open = True, False
    said = phrase.split()
    for word in said:
        if word in _NEGATIONS:
            is_present, is_denial_open = False, True
        elif part := _find_part(word):
            found[part], is_denial_open = is_present, False
        elif word not in _FILLERS | _ONLY:
            raise ValueError(_UNCLEAR_MESSAGE)
    if is_denial_open:
        raise ValueError(_UNCLEAR_MESSAGE)
    return {"has_box": False, "has_papers": False} | found if _ONLY.intersection(said) else found


def _find_part(word: str) -> str | None:
    if word in _BOX:
        return "has_box"
    return "has_papers" if word in _PAPERS else None


def _parse_yes_no_or_words(text: str, part: str) -> bool:
    try:
        return parse_yes_no(text)
    except ValueError:
        if fold(text) in _NEGATIONS:
            return False
        try:
            return parse_box_and_papers(text)[part]
        except (KeyError, ValueError):
            raise ValueError("This is neither yes nor no: write one of them.") from None
