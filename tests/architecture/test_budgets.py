"""The budgets of the house hold: lines of files and functions, positional parameters, broad excepts."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.tree import (
    ENGINE,
    ROOT,
    SOURCE,
    functions,
    name_of,
    parsed,
    project_files,
    python_files,
)

ENGINE_FILE_LINES, FILE_LINES, FUNCTION_LINES, POSITIONAL, BROAD_EXCEPTS = 400, 500, 60, 3, 5
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "data", "info", "common", "misc"}
COUNTED_SUFFIXES = {".py", ".ts", ".mjs", ".css", ".html", ".typ", ".sql"}


def _lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")


def test_no_file_is_too_long() -> None:
    long = [
        f"{name_of(path)}: {_lines(path)} lines"
        for path in project_files()
        if (path.suffix in COUNTED_SUFFIXES or path.name in {"dev", "run"})
        and "migrations" not in path.parts
        and _lines(path) > (ENGINE_FILE_LINES if path.is_relative_to(ENGINE) else FILE_LINES)
    ]

    assert not long, "\n".join(["", *long])


def test_no_function_is_too_long() -> None:
    long = []
    for path in python_files(ROOT):
        for function in functions(parsed(path)):
            length = (
                (function.end_lineno or function.lineno) - function.lineno + 1 - _docstring_lines(function)
            )
            if length > FUNCTION_LINES:
                long.append(f"{name_of(path)}:{function.lineno}: {function.name} has {length} lines")

    assert not long, "\n".join(["", *long])


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    is_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0


def test_no_function_takes_more_than_three_positional_parameters() -> None:
    many = []
    for path in python_files(SOURCE):
        for function in functions(parsed(path)):
            names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
            count = len(names) - (names[:1] in (["self"], ["cls"]))
            if count > POSITIONAL:
                many.append(f"{name_of(path)}:{function.lineno}: {function.name} takes {count} by position")

    assert not many, "\n".join(["", *many])


def test_every_function_of_ours_is_annotated() -> None:
    bare = []
    for path in python_files(ROOT):
        for function in functions(parsed(path)):
            arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            unsaid = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
            if function.returns is None or unsaid:
                bare.append(f"{name_of(path)}:{function.lineno}: {function.name}")

    assert not bare, "\n".join(["", *bare])


def test_the_engine_never_catches_everything_and_the_rest_rarely() -> None:
    broad = [
        f"{name_of(path)}:{handler.lineno}"
        for path in python_files(SOURCE)
        for handler in ast.walk(parsed(path))
        if isinstance(handler, ast.ExceptHandler) and _is_broad(handler)
    ]

    assert [place for place in broad if place.startswith("src/kaval/engine/")] == []
    assert len(broad) <= BROAD_EXCEPTS, broad


def _is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in caught)


def test_no_module_is_named_for_nothing() -> None:
    vague = [
        name_of(path)
        for path in python_files(ROOT)
        if BANNED_NAMES & {path.stem, *path.relative_to(ROOT).parent.parts}
    ]

    assert not vague, "\n".join(["", *vague])
