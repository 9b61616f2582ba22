"""Writes what the docs folder holds in two places: docs/vectors.json, and the recipes inside docs/webhooks.md."""

import re
import sys
from pathlib import Path

from docs.vectors import vectors

FOLDER = Path(__file__).parent
LANGUAGES = {
    "verify.py": ("python", "Python"),
    "verify.mjs": ("javascript", "Node"),
    "verify.php": ("php", "PHP"),
    "verify.rb": ("ruby", "Ruby"),
    "verify.go": ("go", "Go"),
    "Verify.java": ("java", "Java"),
}
RECIPES = re.compile(r"(<!-- recipes -->\n).*?(<!-- /recipes -->)", re.DOTALL)


def outputs() -> dict[Path, str]:
    """What each generated file has to contain."""
    page = FOLDER / "webhooks.md"
    return {FOLDER / "vectors.json": vectors(), page: with_recipes(page.read_text())}


def with_recipes(page: str) -> str:
    """The page with the recipe files, verbatim, between its markers."""
    return RECIPES.sub(lambda markers: markers[1] + _recipes() + markers[2], page)


def _recipes() -> str:
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
