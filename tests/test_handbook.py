"""The contributors' handbook: its references exist, its SQL and its migration run."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from watchtraderhub_cli.lazy import load_command

import config
from cli import wth
from dashboard.pages import listings
from inventory.fields import FIELDS
from models.database import db
from models.dealer import Origin
from models.delivery.delivery import STATES
from spec.document import read_document
from tests.test_architecture import MODEL_RANKS, RANKS

ROOT = config.ROOT
PAGES = [
    "ARCHITECTURE.md", "CONTRIBUTING.md", "tests/README.md",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/development/*.md")),
]  # fmt: skip
DECISIONS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/adr/*.md"))
RECIPES = (
    "a listing field", "an event", "an operation", "an error code", "a page with a table", "a form", "a setting",
    "a metric", "a command", "a client command", "a migration", "a periodic job", "a queue backend", "an API version",
)  # fmt: skip
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK_END = re.compile(r"\n\n+|\n(?=(?:\d+\.|-|\|) )")
PATH = re.compile(r"[\w.-]*/[\w.<>/-]*|[\w.-]+\.(?:py|md|toml|yaml)")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Syntax, tools, values and placeholders: what a reader types or sees, but no name of this repository.
OTHER_WORDS = {
    "# noqa", "# type: ignore", "@example", "Using --randomly-seed=5", "-p no:randomly", "-q", "--json",
    "deliveries: retry after a lost lease", "release: 1.2.0", "1.2.0", "2026-05-07", "async def", "up(migrator, db)",
    "down", "UPDATE", "BEGIN IMMEDIATE", "CREATE INDEX", "ALTER TABLE … ADD COLUMN", "TEXT", "INTEGER", "BIGINT",
    "BOOLEAN", "DOUBLE PRECISION", "Meta", "breakpoint()", "debugpy", "ValueError", ".example", "is_", "has_", "_at",
    "_ms", "_seconds", "is_test=False", "security: []", "main", "may_be_shown=False", "debug", "info", "document",
    "X-Request-Id", "config.NAME", "area: imperative summary", "actor", "caller", "table_name", "version",
}  # fmt: skip


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def code_blocks(language: str) -> list[tuple[str, str]]:
    """(page, code) of the fenced blocks in a language."""
    return [(page, code) for page in PAGES for kind, code in FENCE.findall(text_of(page)) if kind == language]


# What exists


def find_paths(token: str) -> list[Path]:
    """The files that a path names; `<noun>` stands for any name."""
    pattern = re.sub(r"<[^>]+>", "*", token.strip("/"))
    return list(ROOT.glob(pattern)) if pattern else []


@cache
def definitions(path: Path) -> frozenset[str]:
    """The functions, classes, variables and `Class.member`s of a module."""
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        names |= defined_by(node)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{member}" for child in node.body for member in defined_by(child)}
    return frozenset(names)


def defined_by(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return set()


@cache
def python_files() -> tuple[Path, ...]:
    packages = {path.parent for path in ROOT.glob("[a-z]*/*.py")} | {ROOT / "tests", ROOT / "migrations"}
    packages |= {path.parent for path in ROOT.glob("clients/python/src/*/__init__.py")}
    return (*ROOT.glob("*.py"), *(file for package in sorted(packages) for file in package.rglob("*.py")))


@cache
def all_definitions() -> frozenset[str]:
    return frozenset().union(*map(definitions, python_files()))


@cache
def all_fixtures() -> frozenset[str]:
    return frozenset().union(*(definitions(path) for path in python_files() if path.name == "conftest.py"))


@cache
def spec_words() -> frozenset[str]:
    """Schemas, properties, error codes, event types and keywords of the OpenAPI document."""
    words: set[str] = {"discriminator.mapping", "info.version"}

    def collect(node: Any) -> None:
        if isinstance(node, str):
            words.add(node)
        elif isinstance(node, dict | list):
            for child in [*node, *node.values()] if isinstance(node, dict) else node:
                collect(child)

    collect(read_document())
    return frozenset(words)


def is_command(line: str) -> bool:
    """A make target, a `wth` command, or Python in .venv with files that exist."""
    words = [word for word in line.split() if not re.match(r"[A-Z_]+=", word)]
    if words[0] == "make":
        return all(re.search(rf"^{word}:", text_of("Makefile"), re.MULTILINE) for word in words[1:])
    if words[0] == "wth":
        return is_wth_command(words[1:])
    return words[0].startswith(".venv/bin/") and all(find_paths(path) for path in PATH.findall(" ".join(words[1:])))


def is_wth_command(words: list[str]) -> bool:
    command: click.Command = wth
    for word in words:
        if isinstance(command, click.Group):
            found = command.commands.get(word)
            if found is None:
                return word == "…"
            command = load_command(found)
    return True


def is_name(name: str, files: list[Path]) -> bool:
    """A definition in one of the files; classes, members and fixtures may be in any."""
    known = frozenset().union(*map(definitions, files)) | all_fixtures() if files else all_definitions()
    module, _, attribute = name.rpartition(".")
    if file := next(iter(find_paths(module.replace(".", "/") + ".py")), None):
        return attribute in definitions(file)
    return name in known or (name[0].isupper() and name in all_definitions())


@cache
def values() -> set[str]:
    """Settings, loggers, error codes, columns, states and origins."""
    settings = {setting.name for setting in config.SETTINGS}
    log = re.compile(r'(?:getLogger|write_batch)\("(wth\.\w+)"')
    loggers = {name for path in python_files() for name in log.findall(path.read_text())}
    columns = {column.name for table in db.get_tables() for column in db.get_columns(table)}
    codes = {code for path in python_files() for code in re.findall(r'Refusal\(\s*"(\w+)"', path.read_text())}
    tests = set(re.findall(r"WTH_TEST_[A-Z]+", "".join(path.read_text() for path in ROOT.glob("tests/**/conftest.py"))))
    return settings | tests | loggers | codes | columns | {*STATES, *get_args(Origin)}


def exists(token: str, files: list[Path]) -> bool:
    token = " ".join(token.split())
    bare = token.partition("(")[0].partition("=")[0]
    return (
        token in OTHER_WORDS | spec_words()
        or token.removeprefix("GET ") in read_document()["paths"]
        or bool(re.match(r"(?:[A-Z_]+=\S+ )*(?:make|wth|\.venv/bin/)", token) and is_command(token))
        or bool(find_paths(token))
        or bool(NAME.fullmatch(bare) and (is_name(bare, files) or bare in values()))
        or bool(re.match(r"@?click\.|@<noun>|raise Refusal\(|NAME = |[a-z]+://|git \w+|sqlite3 ", token))
    )


def missing(block: str) -> list[str]:
    """The references of a paragraph, list item or table row to things that do not exist."""
    tokens = re.findall(r"`([^`]+)`", block)
    files = [file for token in tokens for file in find_paths(token) if file.suffix == ".py"]
    return [token for token in tokens if not exists(token, files)]


# References


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_a_page_names_exists(page: str) -> None:
    assert [token for block in BLOCK_END.split(FENCE.sub("", text_of(page))) for token in missing(block)] == []


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS])
def test_every_link_leads_to_a_file_and_heading(page: str) -> None:
    for link in LINK.findall(text_of(page)):
        file, _, anchor = link.partition("#")
        target = ROOT / page if not file else (ROOT / page).parent / file
        assert target.exists(), link
        headings = [
            re.sub(r"[^\w -]", "", title.lower()) for title in re.findall(r"^#+ (.+)$", target.read_text(), re.M)
        ]
        assert not anchor or anchor in [heading.replace(" ", "-") for heading in headings], link


@pytest.mark.parametrize(("page", "code"), code_blocks("sh"))
def test_every_command_exists(page: str, code: str) -> None:
    lines = [line.partition(" #")[0].strip() for line in code.splitlines()]
    assert [line for line in lines if line and not is_command(line)] == []


def test_every_file_of_the_walkthrough_exists() -> None:
    [code] = [code for _, code in code_blocks("") if "POST /api/v1/orders" in code]
    steps = re.findall(r"^ (\S+\.py) +", code, re.MULTILINE)
    assert len(steps) >= 20
    assert [step for step in steps if not (ROOT / step).is_file()] == []


def test_ranks_on_the_page_are_the_enforced_ones() -> None:
    for ranks, prefix in ((RANKS, ""), (MODEL_RANKS, "models.")):
        [drawn] = [code for _, code in code_blocks("") if re.match(rf"\d  {'app' if not prefix else 'jobs'}", code)]
        rows = re.findall(r"^(-?\d)  ((?:\S+ {1,2})*\S+)", drawn, re.MULTILINE)
        named = {module_name(word, prefix): int(rank) for rank, names in rows for word in names.split()}
        assert named == ranks


def module_name(word: str, prefix: str) -> str:
    return prefix + word.removesuffix(".py").replace("/", ".")


@pytest.mark.parametrize(("page", "code"), code_blocks("sql"))
def test_sql_runs(page: str, code: str) -> None:
    if not config.is_sqlite():
        pytest.skip("The pages show how to read a SQLite file.")
    assert db.execute_sql(code).fetchall() == []


def test_example_of_a_migration_runs_on_this_database() -> None:
    [code] = [code for page, code in code_blocks("python") if page.endswith("migrations.md")]
    module: dict[str, Any] = {}
    exec(code, module)  # noqa: S102 - the page's own example
    with db.atomic() as transaction:
        module["up"](None, db)
        assert "shelf" in {column.name for column in db.get_columns("listing")}
        transaction.rollback()


def test_states_on_the_debugging_page_are_all_states() -> None:
    page = text_of("docs/development/debugging-a-delivery.md")
    table = page.partition("## States")[2].partition("A `pending`")[0]
    assert tuple(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == STATES


# Decisions


@pytest.mark.parametrize("page", [page for page in DECISIONS if "/0" in page])
def test_decision_has_every_part_and_is_in_the_index(page: str) -> None:
    text, index = text_of(page), text_of("docs/adr/README.md")
    title = re.match(r"# (\d+)\. (.+)\n\n- Status: (\w+).*\n- Date: (\d{4}-\d\d-\d\d)", text)
    assert title, "title, status and date"
    number, name, status, date = title.groups()
    assert f"| [{number}]({Path(page).name}) | {name} | {status} | {date} |" in index
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert Path(page).name.startswith(f"{int(number):04}-")


# Recipes


def test_there_is_a_recipe_for_every_kind_of_change() -> None:
    text = text_of("CONTRIBUTING.md")
    sections = dict(re.findall(r"^### Add (.+?)\n\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL))
    assert tuple(sections) == RECIPES
    for name, section in sections.items():
        steps = [int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]
        assert steps == list(range(1, len(steps) + 1)), name
        assert len(steps) >= 3, name


def test_every_public_field_of_a_listing_is_imported_exported_and_edited() -> None:
    set_by_the_hub = {
        "id", "object", "is_test", "published", "status", "created_at", "updated_at", "published_at", "sold_at",
    }  # fmt: skip
    public = set(read_document()["components"]["schemas"]["Listing"]["properties"]) - set_by_the_hub
    assert public - set(FIELDS) == set()
    assert {name.replace("_eur", "_cents") for name in public} - {field.name for field in listings.FIELDS} == set()
