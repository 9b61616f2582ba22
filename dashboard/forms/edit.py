"""Edits of a row that somebody else may have changed since the form was shown.

Forms carry a short hash of each text that they showed. A field that the user has not touched keeps the row's present
value. A field that both have changed is a conflict, and the user chooses.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

Texts = Mapping[str, str]
FormData = Mapping[str, Sequence[str]]

SHOWN: Final = "shown"  # form field with the hashes
KEPT: Final = "keep_current"  # form field with the names of fields that get the row's present value
CHANGED_WHILE_SAVING: Final = "Somebody saved another change at the same moment. Check the fields and save again."


@dataclass(frozen=True)
class Edit:
    """The texts to save by field name.

    `conflicts` has the row's present text of each field that both have changed.
    """

    texts: dict[str, str]
    conflicts: dict[str, str] = field(default_factory=dict)


def merge(submitted: Texts, current: Texts, form_data: FormData) -> Edit:
    """Merge submitted texts into those that the row has now.

    `form_data` has the hashes. A form without them saves every field as submitted. Line breaks of a browser count as
    those of the row.
    """
    shown, kept = _parse(form_data), set(form_data.get(KEPT, ()))
    texts, conflicts = {}, {}
    for name, present in current.items():
        text = submitted.get(name, "")
        is_touched = name not in kept and _hash(text) != shown.get(name)
        if is_touched and shown.get(name, _hash(present)) != _hash(present) != _hash(text):
            conflicts[name] = present
        texts[name] = text if is_touched else present
    return Edit(texts, conflicts)


def format_shown(texts: Texts) -> str:
    """Return the value of the form field `shown` for a form that shows these texts."""
    return " ".join(f"{name}:{_hash(text)}" for name, text in texts.items())


def _parse(form_data: FormData) -> dict[str, str]:
    pairs = (entry.rpartition(":") for entry in (form_data.get(SHOWN) or [""])[0].split(" "))
    return {name: hashed for name, _, hashed in pairs if name}


def _hash(text: str) -> str:
    return hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()[:16]
