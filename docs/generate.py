"""Writes the reference pages of docs/ from the code itself, so that they cannot drift.

`python docs/generate.py` writes; `--check` writes nothing and fails naming each stale page and its first
differing line. Pages: cli.md from the command line's own description, formats.md, documents.md and reports.md
from the docstring of each plug-in, settings.md from every KAVAL_ variable and the line that explains it.
Everything but cli.md is read with `ast`, so a page can be made where the code cannot run.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "kaval"
HEADER = "<!-- Written by ./dev docs from {source}. Edit that, not this. -->\n\n"
SETTING = re.compile(r"^\s*(KAVAL_[A-Z0-9_]+)\s{2,}(\S.*)$")
SETTING_NAME = re.compile(r"^KAVAL_[A-Z0-9_]+$")


@dataclass(frozen=True, slots=True)
class Page:
    """One generated page: its name under docs/, where it comes from, and its text."""

    name: str
    source: str
    body: str

    @property
    def text(self) -> str:
        """The whole file, header and one closing newline included."""
        return HEADER.format(source=self.source) + self.body.rstrip() + "\n"


def cli_page() -> Page:
    """Every command of `kaval`, from the parser itself, so that options and defaults are the real ones."""
    app = getattr(importlib.import_module("kaval.cli"), "app", None) if _has_modules("cli") else None
    if app is None:
        return Page("cli.md", "src/kaval/cli", "# The command line\n\nNo command exists yet.\n")
    from typer.main import get_command

    lines = ["# The command line", "", "`kaval COMMAND --help` says the same.", ""]
    lines += [
        line for path, command in _commands(get_command(app), ("kaval",)) for line in _command(path, command)
    ]
    return Page("cli.md", "src/kaval/cli", "\n".join(lines))


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    if command.invoke_without_command and len(path) > 1:  # a verb of its own besides those below it
        yield path, command
    for name in sorted(inner):
        if not inner[name].hidden:
            yield from _commands(inner[name], (*path, name))


def _command(path: tuple[str, ...], command: Any) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [
        p for p in command.params if p.param_type_name == "option" and p.name != "help" and not p.hidden
    ]
    usage = " ".join([*path, *(_argument(p) for p in arguments), *(["[OPTIONS]"] if options else [])])
    yield from (f"## {' '.join(path)}", "", f"`{usage}`", "", _plain(command.help or "(undocumented)"), "")
    if arguments or options:
        yield from ("| parameter | meaning | default |", "| --- | --- | --- |")
        for parameter in [*arguments, *options]:
            yield f"| {_spelling(parameter)} | {_cell(parameter.help or '')} | {_default(parameter)} |"
        yield ""


def _argument(parameter: Any) -> str:
    name = f"{(parameter.metavar or parameter.name).upper()}{'...' if parameter.nargs == -1 else ''}"
    return name if parameter.required else f"[{name.strip('[]')}]"


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_argument(parameter)}`"
    return ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    default = parameter.default
    # A path or a callable differs from machine to machine; a page must not.
    plain = isinstance(default, str | int | float | Path) and not isinstance(default, bool) and default != ""
    return f"`{default}`" if plain and not str(default).startswith("/") else ""


def plugin_page(name: str, *, folder: str, title: str, lead: str) -> Page:
    """One section per plug-in module under src/kaval/`folder`, holding its docstring as written."""
    lines = [f"# {title}", "", lead, ""]
    found = 0
    for path in sorted((SOURCE / folder).rglob("*.py")):
        if path.name.startswith("_"):
            continue
        found += 1
        place = path.relative_to(SOURCE / folder).with_suffix("").as_posix()
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "(undocumented)"
        lines += [
            f"## {place}",
            "",
            *_as_markdown(text),
            "",
            f"Source: `{path.relative_to(ROOT).as_posix()}`",
            "",
        ]
    if not found:
        lines.append("None yet.")
    return Page(name, f"src/kaval/{folder}", "\n".join(lines))


def _as_markdown(docstring: str) -> list[str]:
    first, _, rest = docstring.partition("\n")
    return [first, *(["", "```text", *rest.strip("\n").splitlines(), "```"] if rest.strip() else [])]


def settings_page() -> Page:
    """Every KAVAL_ variable the code reads, with the line `KAVAL_X  meaning` from a docstring or comment."""
    meanings: dict[str, str] = {}
    readers: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        source = path.read_text("utf-8")
        for line in source.splitlines():
            if found := SETTING.match(line.lstrip("# ")):
                meanings.setdefault(found[1], found[2].strip())
        for name in _setting_names(ast.parse(source)):
            readers.setdefault(name, set()).add(path.relative_to(ROOT).as_posix())
    lines = ["# Settings", "", "All come from the environment; none is needed for a first run.", ""]
    lines += ["| variable | meaning | read by |", "| --- | --- | --- |"]
    for name in sorted(readers.keys() | meanings.keys()):
        files = ", ".join(f"`{where}`" for where in sorted(readers.get(name, ())))
        lines.append(f"| `{name}` | {_cell(meanings.get(name, '(undocumented)'))} | {files} |")
    return Page("settings.md", "the docstrings of src/kaval", "\n".join(lines))


def _setting_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING_NAME.match(node.value):
            yield node.value


def _has_modules(package: str) -> bool:
    return (SOURCE / package / "__init__.py").exists() or (SOURCE / f"{package}.py").exists()


def _plain(text: str) -> str:
    # \f ends what a command line shows of a docstring.
    return text.split("\f")[0].strip()


def _cell(text: str) -> str:
    return " ".join(_plain(text).split()).replace("|", "\\|")


def pages() -> list[Page]:
    """All generated pages, in order of name."""
    formats = (
        "A reader turns received bytes into records and warnings; never changes the bytes. Found by folder."
    )
    documents = "A document turns facts into text in which every statement names its source. Found by folder."
    reports = "A report turns stored rows into a table with its definitions. Found by folder."
    return [
        cli_page(),
        plugin_page("documents.md", folder="engine/documents", title="Documents", lead=documents),
        plugin_page("formats.md", folder="engine/formats", title="Formats", lead=formats),
        plugin_page("reports.md", folder="engine/reports", title="Reports", lead=reports),
        settings_page(),
    ]


def stale(wanted: list[Page], *, folder: Path) -> list[str]:
    """One line for each page under `folder` that differs from what the code says now."""
    complaints = []
    for page in wanted:
        path = folder / page.name
        have = path.read_text("utf-8") if path.exists() else ""
        if have == page.text:
            continue
        pairs = enumerate(zip(have.splitlines(), page.text.splitlines(), strict=False), start=1)
        line = next(
            (n for n, (old, new) in pairs if old != new), min(have.count("\n"), page.text.count("\n")) + 1
        )
        complaints.append(f"docs/{page.name}:{line}: stale; run ./dev docs")
    return complaints


def main(arguments: list[str]) -> int:
    """Writes the pages, or with `--check` reports the stale ones; returns the exit status."""
    parser = argparse.ArgumentParser(prog="./dev docs", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    check = parser.parse_args(arguments).check
    folder, made = ROOT / "docs", pages()
    complaints = stale(made, folder=folder)
    if check:
        print("\n".join(complaints) if complaints else f"{len(made)} generated pages are in step")
        return 1 if complaints else 0
    for page in made:
        (folder / page.name).write_text(page.text, encoding="utf-8")
        print(f"docs/{page.name}")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    sys.exit(main(sys.argv[1:]))
