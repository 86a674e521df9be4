"""`kaval network`: lists of ranges and routing tables from files, each with its day; nothing is ever fetched."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.station import opened
from kaval.cli.taking_in import officer_of
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.errors import ConfigurationError, ReaderError
from kaval.engine.kernel.instant import IST

app = typer.Typer(
    no_args_is_help=True,
    help="Lists of VPN, hosting, proxy, relay and own ranges, and routing tables: what an address was on a day.",
)


@app.command()
def add(
    files: Annotated[
        list[Path], typer.Argument(help="Range lists, exit lists, published ranges, routing tables.")
    ],
    *,
    name: Annotated[str, typer.Option(help="What the list is called, where the file does not say.")],
    source: Annotated[str, typer.Option(help="Who gave the unit the file.")],
    by: Annotated[str, typer.Option(help="The analyst or supervisor who answers for the list.")],
    received_by: Annotated[str, typer.Option(help="The intake clerk who takes the file in.")],
    kind: Annotated[
        str,
        typer.Option(
            help="vpn, hosting, proxy, relay, cdn, satellite, roaming, own; where the file is silent."
        ),
    ] = "",
    dated: Annotated[
        str, typer.Option(help="The day of the list, yyyy-mm-dd, where the file is silent.")
    ] = "",
    although: Annotated[
        str, typer.Option(help="Why a file with unreadable lines is used all the same.")
    ] = "",
) -> None:
    """Seals lists and takes them into use from the next attribution on.

    Example: kaval network add relays-2026-02-01.txt --kind relay --dated 2026-02-01 --name exits --source "cyber cell"
    --by KL-0012 --received-by KL-0007
    """
    day = _day(dated)
    contents = [(file, _content(file)) for file in files]
    moment = datetime.now(UTC)
    with opened(say=typer.echo):
        from kaval.station.operations import intake, network

        for file, content in contents:
            key = f"network {name} {kind} {dated} {digest_bytes(content).sha256}"
            receipt = intake.receive_file(
                by=officer_of(received_by),
                at=moment,
                key=key,
                name=file.name,
                content=content,
                source="network_list",
            )
            rows = network.import_network_file(
                by=officer_of(by), at=moment, key=key, receipt=receipt, name=name, source=source, kind=kind,
                dated=day, although=although,
            )  # fmt: skip
            for row in rows:
                typer.echo(f"{row.kind} {row.name} of {row.dated.isoformat()}: {row.entries} ranges in use")


@app.command("list")
def show() -> None:
    """Lists what is in use, newest first within its kind, and says which kinds are out of date.

    Example: kaval network list
    """
    with opened():
        from kaval.station.queries.network import network_lists

        rows = network_lists(datetime.now(IST).date())
        for row in rows:
            late = "  out of date: later events stay unknown (A-07)" if row.stale else ""
            typer.echo(
                f"{row.kind:<10} {row.dated.isoformat()} {row.entries:>8} {row.name} ({row.source}){late}"
            )
        if not rows:
            typer.echo("no list is in use: every address stays unknown to A-07; see kaval network add --help")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigurationError(f"--dated {text}: no day yyyy-mm-dd") from None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise ReaderError(
            f"cannot be opened ({problem.strerror})", file=str(file), mend="check the path"
        ) from problem
