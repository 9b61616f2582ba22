"""Reports words that the field does not use, each with its replacement: `python -m tests.language [FILE ...]`.

The words, the files and the exceptions are `[tool.language]` in pyproject.toml.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["language"]

# A word starts and ends at anything but a letter, and where camelCase changes case.
START = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
END = r"(?:(?![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
GAP = r"(?:[\s_#]+|(?-i:(?<=[a-z])(?=[A-Z])))"  # `#`, because a phrase may continue in the next line of a comment


class Finding(NamedTuple):
    line: int
    term: str
    replacement: str


class Vocabulary:
    """Banned terms with their replacements, and the allowed phrases in which they do not count."""

    def __init__(self, banned: Mapping[str, str], allowed: Sequence[str] = ()) -> None:
        self._replacements = list(banned.values())
        terms = "|".join(f"({term})" for term in banned)
        self._banned = re.compile(_spaced(f"(?-i:{START})(?:{terms})(?-i:{END})"), re.IGNORECASE)
        self._allowed = re.compile(_spaced("|".join(map(_literal, allowed)) or r"(?!)"), re.IGNORECASE)

    def findings(self, text: str) -> Iterator[Finding]:
        text = self._allowed.sub(_blank, text)
        for match in self._banned.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            assert match.lastindex is not None, "every term is a group"
            yield Finding(line, " ".join(match.group().split()), self._replacements[match.lastindex - 1])


def _literal(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", " ")


def _spaced(pattern: str) -> str:
    return pattern.replace(" ", GAP)


def _blank(match: re.Match[str]) -> str:
    """Hide a phrase, but keep its line breaks, which number the lines."""
    return re.sub(r"[^\n]", "-", match.group())


def checked_files() -> Iterator[Path]:
    """The tracked files whose language is checked."""
    command = ["git", "ls-files", "-z", "--", *SETTINGS["files"]]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not any(fnmatch(name, pattern) for pattern in SETTINGS["skip"]):
            yield ROOT / name


def main(names: Sequence[str]) -> int:
    """Print the findings in these files, or in all checked files; return the exit status."""
    vocabulary = Vocabulary(SETTINGS["banned"], SETTINGS["allowed"])
    count = 0
    for path in [Path(name) for name in names] or checked_files():
        shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        for line, term, replacement in vocabulary.findings(path.read_text()):
            print(f"{shown}:{line}: {term} -> use {replacement}")
            count += 1
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
