"""Generates docs/vectors.json and the verification recipes in docs/webhooks.md."""

import re
import sys
from pathlib import Path

from docs.vectors import render_vectors

FOLDER = Path(__file__).parent
# Highlighting language and tab label by recipe file, in the order of the tabs.
LANGUAGES = {
    "verify.py": ("python", "Python"),
    "verify.mjs": ("javascript", "Node"),
    "verify.php": ("php", "PHP"),
    "verify.rb": ("ruby", "Ruby"),
    "verify.go": ("go", "Go"),
    "Verify.java": ("java", "Java"),
}
RECIPES_BLOCK = re.compile(r"(<!-- recipes -->\n).*?(<!-- /recipes -->)", re.DOTALL)


def outputs() -> dict[Path, str]:
    """The expected content of each generated file."""
    page = FOLDER / "webhooks.md"
    return {FOLDER / "vectors.json": render_vectors(), page: insert_recipes(page.read_text())}


def insert_recipes(page: str) -> str:
    """Replace the text between the page's markers with one tab per recipe file."""
    return RECIPES_BLOCK.sub(lambda markers: markers[1] + _render_tabs() + markers[2], page)


def _render_tabs() -> str:
    blocks = []
    for name, (language, label) in LANGUAGES.items():
        source = (FOLDER / "recipes" / name).read_text()
        blocks.append(f'```{language} tab="{label}" file="recipes/{name}"\n{source}```\n')
    return "\n".join(blocks)


def main() -> None:
    for path, content in outputs().items():
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
            sys.stdout.write(f"{path.name} written\n")


if __name__ == "__main__":
    main()
