"""Only operations write: a heuristic walk that finds what looks like a write to the database.

It cannot know types, so it goes by names: the write methods of managers, querysets and instances,
`.update(field=...)`, and SQL text that changes rows. A false alarm belongs on a line of ALLOWED with its
reason, not in a wider rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

WRITE_METHODS = {
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in (
        "save",
        "create",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
        "delete",
    )
}
SQL_WRITE = re.compile(
    r"^\s*(insert\s+into|update\s+\S+\s+set|delete\s+from|truncate|merge\s+into|copy\s+\S+.*\sfrom)\b",
    re.IGNORECASE,
)

# place: what may stand there and why. Folders end in a slash.
ALLOWED = {
    "src/kaval/station/operations/": "where writes live",
    "src/kaval/station/migrations/": "the schema itself, with its triggers",
    "src/kaval/station/audit.py": "the one audit writer; its row commits with the act",
}


def writes(source: str, *, place: str) -> list[str]:
    """One line `place:line: what` for each thing in `source` that looks like a write."""
    return [f"{place}:{line}: {what}" for line, what in sorted(_found(ast.parse(source)))]


def is_allowed(place: str) -> bool:
    """Whether writes may stand in this file at all."""
    return any(place.startswith(entry) if entry.endswith("/") else place == entry for entry in ALLOWED)


def _found(tree: ast.Module) -> Iterator[tuple[int, str]]:
    # A docstring may speak about SQL.
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if _is_write(node, owner=node.func.value, method=node.func.attr):
                yield node.lineno, f".{node.func.attr}() outside operations"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = SQL_WRITE.match(node.value)
            if match and id(node) not in prose:
                yield node.lineno, f"SQL that writes: {' '.join(match[1].split()).upper()}"


def _is_write(node: ast.Call, *, owner: ast.expr, method: str) -> bool:
    # `super().save()` is a model extending itself; only an operation may have called it.
    if method in WRITE_METHODS:
        return ast.unparse(owner) != "super()"
    # Hashes and dicts have an update too, but take their news as an argument, not as field=value.
    return method in {"update", "aupdate"} and bool(node.keywords) and not node.args
