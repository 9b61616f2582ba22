"""Parsers for has_box and has_papers, which dealers write in one column or two."""

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
# Words that do not change the meaning.
_FILLERS = word_set(
    "a the and or nor und oder et ou e y o i и или watch uhr montre orologio reloj часовник head original "
    "originale originali originales originaux originalen оригинална оригинални inner outer tag tags hangtag "
    "booklet booklets manual links d origine"
)
_WITHOUT = re.compile(r"(?<!\w)w/o(?!\w)", re.I)
_PHRASE_ENDS = re.compile(r"[,;/+|()]|(?<!\w)(?:but|with|mit|avec|con|aber|mais|pero|с|със)(?!\w)", re.I)

_UNCLEAR_MESSAGE = (
    'This does not say clearly what comes with the watch. Enter words such as "Original box, no papers", '
    '"Full set" or "Watch only".'
)


def parse_box_and_papers(text: str) -> dict[str, bool]:
    """Parse a cell such as "Full set" into `has_box`, `has_papers` or both.

    "Original box" leaves papers unknown; "box only" means no papers. A negation holds to the end of its phrase: "no
    box or papers" means neither. Raises ValueError for an unknown word, because a guess could mislead a buyer.
    """
    parts: dict[str, bool] = {}
    for phrase in _PHRASE_ENDS.split(_WITHOUT.sub("without", text)):
        for part, is_present in _parse_phrase(fold(phrase)).items():
            if parts.setdefault(part, is_present) != is_present:
                raise ValueError(_UNCLEAR_MESSAGE)
    if not parts:
        raise ValueError(_UNCLEAR_MESSAGE)
    return parts


def parse_has_box(text: str) -> bool:
    """Parse yes or no, or words such as "no original box"."""
    return _parse_yes_no_or_words(text, "has_box")


def parse_has_papers(text: str) -> bool:
    """Parse yes or no, or words such as "warranty card"."""
    return _parse_yes_no_or_words(text, "has_papers")


def _parse_phrase(phrase: str) -> dict[str, bool]:
    if phrase in _FULL_SETS:
        return {"has_box": True, "has_papers": True}
    parts: dict[str, bool] = {}
    is_present, is_negation_pending = True, False
    words = phrase.split()
    for word in words:
        if word in _NEGATIONS:
            is_present, is_negation_pending = False, True
        elif part := _find_part(word):
            parts[part], is_negation_pending = is_present, False
        elif word not in _FILLERS | _ONLY:
            raise ValueError(_UNCLEAR_MESSAGE)
    if is_negation_pending:
        raise ValueError(_UNCLEAR_MESSAGE)
    return {"has_box": False, "has_papers": False} | parts if _ONLY.intersection(words) else parts


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
            raise ValueError("This is neither yes nor no. Enter one of them.") from None
