"""The ledger as a file: exporting it from the station, verifying it anywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.station import opened
from kaval.engine.rules.custody import verify_lines

app = typer.Typer(
    no_args_is_help=True, help="The append-only ledger: export it, verify it without the station."
)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A ledger file made by `kaval ledger export`.")],
) -> None:
    """Verifies every byte of a ledger file; needs neither station nor network.

    Example: kaval ledger verify ledger.jsonl
    """
    with file.open("rb") as lines:
        head = verify_lines(lines)
    typer.echo(f"{file}: {head.size} entries verify; root {head.root}")


@app.command()
def export(file: Annotated[Path, typer.Argument(help="Where to write the ledger.")]) -> None:
    """Writes the station's whole ledger to a file that anyone can verify.

    Example: kaval ledger export ledger.jsonl
    """
    with opened():
        size = write(file)
    typer.echo(f"{file}: {size} entries")


def write(file: Path) -> int:
    """Writes the ledger atomically; gives the number of entries. The station must be open."""
    from kaval.station.queries.ledger import ledger_lines

    fresh = file.with_name(f".{file.name}.new")
    count = -1
    with fresh.open("wb") as out:
        for line in ledger_lines():
            out.write(line)
            count += 1
        out.flush()
        os.fsync(out.fileno())
    fresh.rename(file)
    return count
