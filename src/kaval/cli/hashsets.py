"""`kaval hashset`: lists of known files become a shelf, once; what it holds, whether it is whole, what it says."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kaval.cli.progress import Steps
from kaval.engine.kernel.errors import ReaderError

if TYPE_CHECKING:
    from kaval.lab.hashset import Shelf

app = typer.Typer(
    no_args_is_help=True,
    help="Hash sets: lists of known files, built once into a shelf that every examination opens in an instant.",
)
ShelfArgument = Annotated[Path, typer.Argument(help="The folder of a shelf.")]
_LENGTHS = {32: "md5", 40: "sha1", 64: "sha256"}
_DIGEST = re.compile(r"[0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{8}(?:[0-9A-Fa-f]{24})?)?", re.ASCII)
_AT_ONCE = 10_000


@app.command()
def build(
    lists: Annotated[list[Path], typer.Argument(help="Lists: VICS, NCMEC, ICSE, NSRL, EnCase, hashdeep, …")],
    *,
    out: Annotated[Path, typer.Option(help="The shelf's folder; it must not be there yet.")],
    received_from: Annotated[str, typer.Option(help="Who handed the lists over.")] = "",
    received_at: Annotated[str, typer.Option(help="When, as the receipt says.")] = "",
    lawful_use: Annotated[str, typer.Option(help="For what and under what authority they may be used.")] = "",
    full: Annotated[bool, typer.Option("--json", help="Print everything the shelf says of itself.")] = False,
) -> None:
    """Builds a shelf from lists; it appears whole or not at all, and a broken build is begun again.

    A file LIST.about.json beside a list says the same of that list alone: name, received_from, received_at, lawful_use.

    Example: kaval hashset build known.vics.json NSRLFile.txt --out shelf-2026-03 --lawful-use "order 12/2026"
    """
    from kaval.lab.hashset import About, build

    about = About(received_from=received_from, received_at=received_at, lawful_use=lawful_use)
    with Steps() as steps:
        told = ""

        def progress(stage: str, done: int) -> None:
            nonlocal told
            if stage != told:
                steps.say(stage)
                told = stage

        made = build(lists, out=out, at=datetime.now(UTC), about=about, progress=progress)
    _tell(made.content, full=full)


@app.command()
def info(
    shelf: ShelfArgument,
    *,
    full: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
) -> None:
    """Says which lists a shelf was built from, from whom, for what use, and how many entries it holds.

    Example: kaval hashset info shelf-2026-03
    """
    from kaval.lab.hashset import Shelf

    _tell(Shelf.open(shelf).head, full=full)


@app.command()
def verify(shelf: ShelfArgument) -> None:
    """Reads a shelf to its last byte and compares with the digests it was built with; ends with 1 when it differs.

    Example: kaval hashset verify shelf-2026-03
    """
    from kaval.lab.hashset import Shelf

    opened = Shelf.open(shelf)
    faults = opened.faults()
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{len(opened.head['files'])} files as they were built, {opened.head['rows']} rows")


@app.command()
def lookup(
    shelf: ShelfArgument,
    digests: Annotated[
        list[str] | None, typer.Argument(help="MD5, SHA-1 or SHA-256 in hex, or - to read one a line.")
    ] = None,
) -> None:
    """Says what the lists hold of digests: one JSON object a digest, with every match, its scheme and its place.

    Nothing leaves this machine. Example: kaval hashset lookup shelf-2026-03 900150983cd24fb0d6963f7d28e17f72
    """
    from kaval.lab.hashset import Shelf

    opened = Shelf.open(shelf)
    given = (line for text in digests or ["-"] for line in (_lines() if text == "-" else (text,)))
    while batch := list(islice(given, _AT_ONCE)):
        for text, said in zip(batch, _said(opened, batch), strict=True):
            typer.echo(json.dumps({"digest": text, "matches": said}, ensure_ascii=False))


def _lines() -> Iterator[str]:
    yield from (line.strip() for line in sys.stdin if line.strip())


def _said(shelf: Shelf, texts: list[str]) -> list[list[dict[str, Any]]]:
    import numpy as np

    for text in texts:
        if not _DIGEST.fullmatch(text):
            raise ReaderError(f"{text[:80]!r} is no MD5, SHA-1 or SHA-256", mend="Give digests in hex")
    said: list[list[dict[str, Any]]] = [[] for _ in texts]
    for length, name in _LENGTHS.items():
        numbers = [number for number, text in enumerate(texts) if len(text) == length]
        if not numbers:
            continue
        blob = bytes.fromhex("".join(texts[number] for number in numbers))
        found = shelf.lookup_many(**{name: np.frombuffer(blob, np.uint8).reshape(len(numbers), -1)})
        for query, row in zip(found.query.tolist(), found.row.tolist(), strict=True):
            kind = shelf.kind(row)
            said[numbers[query]].append(
                {
                    **asdict(shelf.match(row, algorithm=name)),
                    "place": shelf.verdict(row).locator,
                    "contested": kind.contested,
                    "series": kind.series,
                    "victim_identified": kind.victim_identified,
                    "offender_identified": kind.offender_identified,
                    "distributed": kind.distributed,
                }
            )
    return said


def _tell(head: dict[str, Any], *, full: bool) -> None:
    if full:
        typer.echo(json.dumps(head, ensure_ascii=False, indent=1))
        return
    for one in head["lists"]:
        typer.echo(f"{one['set']}  {one['format']}  {one['rows']} rows  version {one['version']}")
        typer.echo(f"  from: {one['received_from'] or 'not stated'}  {one['received_at']}".rstrip())
        typer.echo(f"  lawful use: {one['lawful_use'] or 'not stated'}")
        for code, count in one["warnings"].items():
            typer.echo(f"  {count} x {code}")
    counts = ", ".join(f"{count} {name}" for name, count in {**head["digests"], "pdq": head["pdq"]}.items())
    typer.echo(
        f"{head['rows']} rows ({counts}), {head['taken_back']} taken back; shelf version {head['version']}"
    )
