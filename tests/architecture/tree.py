"""What the architecture tests look at: the project's own files, not what is built or installed."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "kaval"
ENGINE = SOURCE / "engine"
STATION = SOURCE / "station"
NOT_OURS = {
    ".git",
    ".venv",
    "node_modules",
    ".kaval",
    "bundle",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "dist",
    "build",
}


@functools.cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or could be, committed; from git where there is one, else by walking."""
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listing.returncode == 0 and listing.stdout:
        named = (ROOT / name for name in listing.stdout.decode().split("\0") if name)
    else:
        named = (path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts))
    return tuple(sorted(path for path in named if path.is_file()))


def python_files(folder: Path) -> Iterator[Path]:
    """The Python files of the project under `folder`, migrations left out: Django writes those."""
    for path in project_files():
        if path.suffix == ".py" and path.is_relative_to(folder) and "migrations" not in path.parts:
            yield path


def name_of(path: Path) -> str:
    """The path as a person would name it: from the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
