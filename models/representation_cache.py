"""Keeps the JSON text of rows that lists show often.

A text is used only for the row's current `updated_at`, which rises with every change of what the API shows. So the
database decides in every request which rows a list has and how new they are, and only their JSON is not built again.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

MAX_TEXTS = 4096  # of about 1 KiB


class RepresentationCache:
    """The newest JSON texts of one kind of row, by ID.

    Safe to use from any thread.
    """

    def __init__(self, max_texts: int = MAX_TEXTS) -> None:
        self.max_texts = max_texts
        self._texts: dict[str, tuple[int, orjson.Fragment]] = {}
        self._lock = threading.Lock()

    def find_all(self, versions: Iterable[tuple[str, int]]) -> list[Any] | None:
        """Return the texts for pairs of ID and `updated_at`, None unless all are known."""
        found = []
        for row_id, updated_at in versions:
            known_at, text = self._texts.get(row_id, (None, None))
            if known_at != updated_at:
                return None
            found.append(text)
        return found

    def add_all(self, rows: Sequence[Mapping[str, Any]], representations: Sequence[Any]) -> list[Any]:
        """Remember the representations of rows, and return their texts."""
        texts = [orjson.Fragment(orjson.dumps(representation)) for representation in representations]
        with self._lock:
            for row, text in zip(rows, texts, strict=True):
                self._texts[row["id"]] = (row["updated_at"], text)
            while len(self._texts) > self.max_texts:
                del self._texts[next(iter(self._texts))]  # the first one that was added
        return texts
