"""Results of a run of all benchmarks, kept as one JSON file per day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from bench.measurement import Figure

FOLDER = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Results:
    """The figures of one run on one machine.

    `date` is that of the run, `commit` the version of the hub, `unavailable` the reason for each contender that did not
    run, `reports` the text of each benchmark.
    """

    date: str
    commit: str
    machine: Mapping[str, str]
    rounds: int
    figures: Sequence[Figure]
    unavailable: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, str] = field(default_factory=dict)

    def find(self, operation: str, contender: str, unit: str) -> float | None:
        """Return the median of a figure, None if it was not measured."""
        found = (f for f in self.figures if (f.operation, f.contender, f.unit) == (operation, contender, unit))
        return next((figure.value for figure in found), None)

    def save(self, folder: Path = FOLDER) -> Path:
        """Write the file of the run's date. A second run on a day replaces the first."""
        path = folder / f"{self.date}.json"
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False, default=list) + "\n")
        return path

    @classmethod
    def load(cls, path: Path) -> Self:
        fields: dict[str, Any] = json.loads(path.read_text())
        figures = [Figure(**{**figure, "rounds": tuple(figure["rounds"])}) for figure in fields.pop("figures")]
        return cls(**fields, figures=figures)

    @classmethod
    def newest(cls, folder: Path = FOLDER) -> Self | None:
        """Load the file with the latest date, None if there is none."""
        paths = sorted(folder.glob("*.json"))
        return cls.load(paths[-1]) if paths else None
