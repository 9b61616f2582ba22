"""Renders the breaking-change checker as one Python file.

It is for dealers, who have no copy of the hub. The file has the definitions that `spec.tools.breaking.main` reaches, in
this and the modules that it imports. They are taken from the source, so there is no second copy, and what the checker
does not use stays out.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import lru_cache
from graphlib import TopologicalSorter

ENTRY = ("spec.tools.breaking", "main")
HEADER = '''#!/usr/bin/env python3
"""Breaking-change checker of WatchTraderHub, for Python 3.11 or newer without packages.

    python3 check_compatibility.py OLD.json NEW.json

It compares two OpenAPI documents by the rules of {rules}, and lists every breaking change.
Exit status: 0 no breaking changes, 1 breaking changes, 2 a document cannot be read.
"""
'''
FOOTER = """

if __name__ == "__main__":
    sys.exit(main())
"""


class ModuleSource:
    """The definitions and imports of a module by name, with their source."""

    def __init__(self, name: str) -> None:
        self.lines = inspect.getsource(importlib.import_module(name)).splitlines()
        self.definitions: dict[str, ast.stmt] = {}
        self.imports: dict[str, tuple[str, str]] = {}  # module and import statement by local name
        for statement in ast.parse("\n".join(self.lines)).body:
            self.definitions |= dict.fromkeys(_defined_names(statement), statement)
            self.imports |= dict(_imported_names(statement))

    def text_of(self, statement: ast.stmt) -> str:
        """The lines of a definition, with its decorators and the comments above it."""
        decorators = getattr(statement, "decorator_list", [])
        start = min(node.lineno for node in (statement, *decorators)) - 1
        while self.lines[start - 1].startswith("#"):
            start -= 1
        return "\n".join(self.lines[start : statement.end_lineno])


@lru_cache
def _read_module(name: str) -> ModuleSource:
    return ModuleSource(name)


class CheckerFile:
    """Collects what a definition needs, from all modules of the hub."""

    def __init__(self) -> None:
        self.reached: dict[str, set[str]] = {}
        self.dependencies: dict[str, set[str]] = {}
        self.imports: set[str] = set()

    def reach(self, module: str, name: str) -> None:
        """Add a definition and all that it uses."""
        source = _read_module(module)
        if name in source.definitions and name not in self.reached.setdefault(module, set()):
            self.reached[module].add(name)
            for used in _used_names(source.definitions[name]):
                self.reach(module, used)
        elif name in source.imports:
            origin, statement = source.imports[name]
            if origin.startswith("spec."):
                self.dependencies.setdefault(module, set()).add(origin)
                self.reach(origin, name)
            else:
                self.imports.add(statement)

    def render(self) -> str:
        imports = "\n".join(sorted(self.imports, key=lambda line: (line.startswith("from"), line)))
        modules = TopologicalSorter(self.dependencies).static_order()
        parts = [part for module in modules for part in self._parts_of(module)]
        return imports + "\n\n\n" + "\n\n\n".join(parts) + "\n"

    def _parts_of(self, module: str) -> Iterator[str]:
        """The definitions of a module in their order; constants stand together."""
        source, constants = _read_module(module), list[str]()
        reached = {id(source.definitions[name]): source.definitions[name] for name in self.reached[module]}
        for statement in sorted(reached.values(), key=lambda node: node.lineno):
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                yield from ["\n".join(constants)] if constants else []
                constants = []
                yield source.text_of(statement)
            else:
                constants.append(source.text_of(statement))


@lru_cache(1)
def render_checker(public_url: str) -> str:
    """Render the file; `public_url` is the address of the hub in its text."""
    file = CheckerFile()
    file.reach(*ENTRY)
    file.imports.add("import sys")
    return HEADER.format(rules=f"{public_url}/docs/versioning") + "\n" + file.render() + FOOTER


def _defined_names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _imported_names(statement: ast.stmt) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(statement, ast.Import):
        yield from ((alias.name, (alias.name, f"import {alias.name}")) for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom):
        module = str(statement.module)
        yield from ((alias.name, (module, f"from {module} import {alias.name}")) for alias in statement.names)


def _used_names(statement: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
