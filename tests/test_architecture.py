"""Architecture rules: imports point down, libraries stay in their packages, files stay short."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 300
GENERATED = ("spec/types.py",)

RANKS = {
    "errors": 0,
    "config": 0,
    "migrations": 0,
    "spec": 1,
    "telemetry": 1,
    **dict.fromkeys(("webhooks", "inventory", "postman"), 2),
    "models": 3,
    "handlers": 4,
    "dashboard": 4,
    "tasks": 4,
    "contract": 4,
    "app": 5,
    "cli": 5,
    "commands": 5,
    "demo": 5,
    "docs": 5,
    "monitoring": 5,
    "tasks.worker": 5,
}
ROOTS = 5  # they build and wire, and may start one another
MODEL_LEVELS = (  # from the bottom; ARCHITECTURE.md shows them from the top
    "call_queue postgres_server process_turn write_turn",
    "clock outages postgres sqlite",
    "batches compared_text database fair_pool money network_address representation_cache vault",
    "base checkpoint commit_group listing_representation sample_ids statement supported_database thread_pool",
    "database_check dealer quick_read schema secret_key write",
    "accounts cursor idempotency listing_count scoped",
    "delivery keyset",
    "customer listing retention",
    "bulk integration_summary listing_batch listing_export order_item request_log",
    "listing_import order",
    "backfill erasure sandbox search trigger",
    "jobs onboarding transfer",
)
MODEL_RANKS = {f"models.{name}": rank for rank, names in enumerate(MODEL_LEVELS, -2) for name in names.split()}
LIBRARY_PACKAGES = {
    **{library: {"models", "migrations"} for library in ("peewee", "playhouse")},
    "psycopg": {"models"},
    **{library: {"webhooks"} for library in ("requests", "urllib3")},
    **{library: {"tasks"} for library in ("huey", "smtplib")},
    "connexion": {"contract", "dashboard", "app"},
    "starlette": {"contract", "dashboard", "docs", "monitoring", "app"},
    "uvicorn": {"commands", "contract"},
    "watchtraderhub": {"models"},
    "watchtraderhub_cli": {"commands", "cli"},
    **{library: {"monitoring"} for library in ("prometheus_client", "opentelemetry")},
}
SINGLE_IMPLEMENTATIONS = {
    "fromisoformat": "models.clock",
    "strptime": "models.clock",
    "JSON pointer": "spec.document",
    "control characters": "spec.characters",
}
SOURCES = sorted(
    path
    for name in RANKS
    if "." not in name
    for path in [ROOT / f"{name}.py", *(ROOT / name).rglob("*.py")]
    if path.is_file()
)


@cache
def parse(path: Path) -> ast.Module:
    """The syntax tree of a file. All rules read the same one, so none may change it."""
    return ast.parse(path.read_text())


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def unit_of(module: str) -> str:
    """The unit that has a rank: a package, a single module, or `tasks.worker`."""
    return module if module in RANKS else module.split(".")[0]


def model_unit_of(module: str) -> str:
    """The package or module directly inside `models`, such as `models.delivery`."""
    return ".".join(module.split(".")[:2])


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, module) of every import; `from a import b` may name a module `a.b`, so that is what it gives."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def upward(module: str, tree: ast.AST) -> Iterator[str]:
    """Imports of ours that do not stand lower."""
    own = unit_of(module)
    for line, imported in imports(tree):
        other = unit_of(imported)
        is_within = other == own or RANKS[own] == ROOTS == RANKS.get(other)
        if other in RANKS and not is_within and RANKS[other] >= RANKS[own]:
            yield f"{line}: {own} imports {other}"


def upward_in_models(module: str, tree: ast.AST) -> Iterator[str]:
    """Imports between the packages and modules of `models` that do not go to a lower rank."""
    own = model_unit_of(module)
    for line, imported in imports(tree):
        other = model_unit_of(imported)
        if own in MODEL_RANKS and other in MODEL_RANKS and other != own and MODEL_RANKS[other] >= MODEL_RANKS[own]:
            yield f"{line}: {own} imports {other}"


def misplaced_libraries(module: str, tree: ast.AST) -> Iterator[str]:
    for line, imported in imports(tree):
        library = imported.split(".")[0]
        if module.split(".")[0] not in LIBRARY_PACKAGES.get(library, {module.split(".")[0]}):
            yield f"{line}: {library} in {module}"


def hidden_imports(_: str, tree: ast.AST) -> Iterator[str]:
    """Imports that are not at the top of their file."""
    top = {node.lineno for node in getattr(tree, "body", []) if isinstance(node, ast.Import | ast.ImportFrom)}
    for line, imported in imports(tree):
        if line not in top:
            yield f"{line}: {imported} is imported inside something"


def environment(module: str, tree: ast.AST) -> Iterator[str]:
    """Reads of the environment outside of config."""
    names = {"environ", "getenv", "environb", "putenv"}
    if unit_of(module) == "config":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield f"{node.lineno}: the environment is for config to read"
        if isinstance(node, ast.ImportFrom) and names & {alias.name for alias in node.names}:
            yield f"{node.lineno}: the environment is for config to read"


def runtime_settings(module: str, tree: ast.AST) -> Iterator[str]:
    """Assignments to settings: they are read once, and no process sees two values of one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global) and unit_of(module) == "config":
            yield f"{node.lineno}: a setting changes at runtime"
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "config":
            yield f"{node.lineno}: config.{node.attr} changes at runtime"


def second_implementations(module: str, tree: ast.AST) -> Iterator[str]:
    """Code that parses times, resolves JSON pointers or lists control characters again."""
    for node in ast.walk(tree):
        mark = _mark(node)
        if mark in SINGLE_IMPLEMENTATIONS and module != SINGLE_IMPLEMENTATIONS[mark]:
            yield f"{node.lineno}: {mark} belongs in {SINGLE_IMPLEMENTATIONS[mark]}"  # type: ignore[attr-defined] # a marked node has a line


def database_folding(_: str, tree: ast.AST) -> Iterator[str]:
    """Comparisons that fold case in the database, whose result depends on its locale."""
    names = {"LOWER", "UPPER", "contains", "ilike", "iregexp"}
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Attribute) and node.attr in names
        is_sql = isinstance(node, ast.Constant) and re.search(r"\b(LOWER|UPPER)\(|\bI?LIKE ([?%']|$)", str(node.value))
        if is_call or is_sql:
            yield f"{node.lineno}: use a compared column"  # type: ignore[attr-defined] # both have a line


def _mark(node: ast.AST) -> str:
    """Name the sign of an implementation: a parser's name, an unescaped pointer, a class of control characters."""
    if isinstance(node, ast.Attribute) and node.attr in SINGLE_IMPLEMENTATIONS:
        return node.attr
    if isinstance(node, ast.Call) and ast.unparse(node).endswith(".replace('~1', '/')"):
        return "JSON pointer"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"\\x1f|\x1f", node.value):
        return "control characters"
    return ""


CHECKS = (
    upward, upward_in_models, misplaced_libraries, hidden_imports, environment, runtime_settings,
    second_implementations, database_folding,
)  # fmt: skip
RULES = {rule.__name__: rule for rule in CHECKS}


@pytest.mark.parametrize("rule", RULES)
def test_no_file_breaks_the_rule(rule: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{what}" for path in SOURCES for what in RULES[rule](module_of(path), parse(path))
    ]
    assert found == []


def test_no_file_is_longer_than_300_lines() -> None:
    files = [*SOURCES, *(ROOT / "tests").rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE and name not in GENERATED} == {}


def class_names(tree: ast.AST) -> Iterator[str]:
    """Names of the classes in a module. Frameworks give `Meta` its meaning, so any class may hold one."""
    return (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name != "Meta")


def duplicate_classes(sources: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Class names that are defined more than once, with the files that define them."""
    places = defaultdict(list)
    for file, source in sources:
        for name in class_names(ast.parse(source)):
            places[name].append(file)
    return {name: files for name, files in places.items() if len(files) > 1}


def test_a_class_name_is_defined_once_in_the_whole_tree() -> None:
    files = [(str(path.relative_to(ROOT)), path.read_text()) for path in SOURCES]
    assert duplicate_classes((name, source) for name, source in files if name not in GENERATED) == {}


def test_duplicate_class_names_are_found() -> None:
    order, page = "class Order:\n    class Meta: ...", "class Page:\n    class Meta: ...\n    class Order: ..."
    assert duplicate_classes([("a.py", order), ("b.py", page)]) == {"Order": ["a.py", "b.py"]}
    assert duplicate_classes([("a.py", order), ("c.py", "class Cursor: ...")]) == {}


def test_every_package_of_the_repository_has_a_rank() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/*.py")} | {path.name for path in ROOT.glob("*.py")}
    assert {name.removesuffix(".py") for name in tops if name[0] != "."} - {"tests", "bench"} <= set(RANKS)
    assert len(SOURCES) > 60


def test_every_module_inside_models_has_a_rank() -> None:
    units = {model_unit_of(module_of(path)) for path in SOURCES if path.is_relative_to(ROOT / "models")}
    assert units - {"models"} == set(MODEL_RANKS)


BROKEN = [
    ("upward", "models.order", "from handlers.orders import create_order"),
    ("upward", "handlers.orders", "import contract.errors"),
    ("upward", "handlers.orders", "from tasks import wake_up"),
    ("upward", "tasks.wake_up", "from tasks import worker"),
    ("upward", "spec.document", "import models"),
    ("upward", "webhooks.send", "from inventory.sheet import Sheet"),
    ("upward", "config", "import errors"),
    ("upward", "models.order", "def f():\n    import app"),
    ("upward_in_models", "models.delivery.event", "from models.listing import Listing"),
    ("upward_in_models", "models.accounts.user", "from models.delivery.notice import Notice"),
    ("upward_in_models", "models.listing", "from models import customer"),
    ("misplaced_libraries", "handlers.orders", "import peewee"),
    ("misplaced_libraries", "models.order", "from requests.adapters import HTTPAdapter"),
    ("misplaced_libraries", "models.order", "from starlette.types import Send"),
    ("hidden_imports", "models.order", "def f():\n    import json"),
    ("hidden_imports", "models.order", "if True:\n    from json import loads"),
    ("environment", "models.order", "import os\nos.environ['A']"),
    ("environment", "models.order", "from os import getenv"),
    ("runtime_settings", "config.readers", "def f():\n    global PORT\n    PORT = 1"),
    ("runtime_settings", "commands.serve", "import config\nconfig.PORT = 1"),
    ("database_folding", "models.order", "peewee.fn.LOWER(Order.note) == text"),
    ("database_folding", "models.order", "Order.note.contains(text)"),
    ("database_folding", "models.order", "QUERY = 'SELECT 1 WHERE note LIKE ?'"),
    ("second_implementations", "commands.arguments", "datetime.fromisoformat(text)"),
    ("second_implementations", "postman.schemas", "token.replace('~1', '/').replace('~0', '~')"),
    ("second_implementations", "inventory.sheet", r"re.compile(r'[\x00-\x1f]')"),
]
SOUND = [
    ("upward", "models.order", "from models.base import db\nfrom errors import Refusal\nimport spec.types"),
    ("upward_in_models", "models.delivery.event", "from models.delivery.delivery import Delivery\nimport models.base"),
    ("upward", "cli", "from commands.serve import serve"),
    ("upward", "tasks.worker", "from tasks.queues import first\nimport models.delivery.claims"),
    ("misplaced_libraries", "models.base", "import peewee\nfrom playhouse.pool import PooledPostgresqlDatabase"),
    ("hidden_imports", "models.order", "import json\nfrom json import loads"),
    ("runtime_settings", "commands.serve", "import config\nport = config.PORT"),
    ("environment", "config.readers", "import os\nos.environ['A']"),
    ("second_implementations", "models.clock", "datetime.fromisoformat(text)"),
    ("second_implementations", "contract.document", "token.replace('/', '~1')"),
]


@pytest.mark.parametrize(("rule", "module", "source"), BROKEN)
def test_rule_finds_what_breaks_it(rule: str, module: str, source: str) -> None:
    assert list(RULES[rule](module, ast.parse(source)))


@pytest.mark.parametrize(("rule", "module", "source"), SOUND)
def test_rule_lets_pass_what_is_sound(rule: str, module: str, source: str) -> None:
    assert list(RULES[rule](module, ast.parse(source))) == []
