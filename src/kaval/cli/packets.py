"""`kaval packet`: the sealed packets of an operation: named, sealed, released, opened, called back, traced."""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kaval.cli.progress import Steps
from kaval.cli.station import opened
from kaval.cli.taking_in import officer_of
from kaval.engine.kernel.errors import ConfigurationError
from kaval.gateways.packet_file import packet_in
from kaval.gateways.packet_seal import header_of, open_packet

if TYPE_CHECKING:
    from kaval.station.models import Officer, Operation
    from kaval.station.operations.packets import Sealed

app = typer.Typer(
    no_args_is_help=True,
    help="Packets of an operation: sealed to each team, released by two people, shut for good by a recall "
    "(docs/packets.md).",
)

_Code = Annotated[str, typer.Option("--operation", help="The operation's code: `TRAINING 23.1`.")]
_By = Annotated[str, typer.Option(help="The number of the officer who does it.")]


@app.command()
def enrol(operation: _Code, by: _By) -> None:
    """Names an officer as one of the two who release; asks for that person's release passphrase, or reads it.

    Example: kaval packet enrol --operation "TRAINING 23.1" --by HQ-003
    """
    words = _asked("Release passphrase: ", twice=True)
    with opened():
        from kaval.station.operations import packets

        place = packets.enrol_releaser(
            by=officer_of(by), at=_now(), key=_key(), operation=_operation(operation), passphrase=words
        )
    typer.echo(f"{by} releases as number {place} of two")


@app.command()
def seal(
    operation: _Code,
    by: _By,
    *,
    slips: Annotated[
        Path | None, typer.Option(help="The file for the codes of new teams; must not exist. Else on screen.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for the sealed files, one for each team.")
    ] = None,
) -> None:
    """Seals a packet for every team whose packet is missing or no longer true. Codes are given once.

    Example: kaval packet seal --operation "TRAINING 23.1" --by HQ-001 --slips slips.txt --out sealed/
    """
    if slips is not None and (slips.exists() or not slips.parent.is_dir()):
        raise ConfigurationError(f"{slips} exists, or its folder does not; name a new file")
    with opened(), Steps() as steps:
        from kaval.station.operations import packets

        with steps.step("seal"):
            made = packets.seal_packets(
                by=officer_of(by),
                at=_now(),
                key=_key(),
                operation=_operation(operation),
                told=lambda done, total: steps.progress("packets", done, total),
            )
        if out is not None:
            _write_files(made, out, by=officer_of(by))
    _hand_over(made, slips)
    typer.echo(f"{len(made.packets)} packets sealed, {made.left} left as they were", err=True)


@app.command()
def release(
    operation: _Code,
    by: _By,
    reason: Annotated[str, typer.Option(help="Why now; needed earlier than two hours before entry.")] = "",
) -> None:
    """Releases the packets, as one of the two; asks for the passphrase, or reads it from standard input.

    Example: kaval packet release --operation "TRAINING 23.1" --by HQ-003
    """
    words = _asked("Your release passphrase: ")
    with opened():
        from kaval.station.operations import packets
        from kaval.station.queries.packets import both_released

        held = _operation(operation)
        made = packets.release_packets(
            by=officer_of(by), at=_now(), key=_key(), operation=held, passphrase=words, reason=reason
        )
        both = both_released(held, made.round)
    typer.echo("both have released: the teams can open" if both else "released by one; a second person must")


@app.command(name="open")
def open_(
    file: Annotated[Path, typer.Argument(help="A sealed packet.")],
    *,
    code: Annotated[str, typer.Option(help="The team's code; asked for when it is not given.")] = "",
    release: Annotated[str, typer.Option(help="The release key; needs no station.")] = "",
    by: Annotated[str, typer.Option(help="A member of the team, who asks this station for the key.")] = "",
    pdf: Annotated[
        Path | None, typer.Option(help="Where to write the pages; else the text is shown.")
    ] = None,
) -> None:
    """Opens a packet with the team's code and the release key, given or asked of the station.

    Examples: kaval packet open KP-7QMK-2X9D.html --by KTM-0012 · kaval packet open KP-7QMK-2X9D.html --release
    86M1-Z5WE-YRRK-DVKJ-6SCB-KTSZ --pdf packet.pdf
    """
    if not file.is_file():
        raise ConfigurationError(f"there is no file {file}")
    if bool(release) == bool(by):
        raise typer.BadParameter("give --release, or --by to ask the station", param_hint="--release / --by")
    packet = packet_in(file.read_bytes())
    held = release or _key_from_station(packet, by)
    pages, content = open_packet(packet, release=held, code=code or _asked("Team code: "))
    if pdf is None:
        typer.echo("\n".join(_lines(pages)))
    else:
        _write_private(pdf, content)
        typer.echo(f"{pdf}: {len(content)} bytes", err=True)


@app.command()
def recall(
    operation: _Code,
    by: _By,
    reason: Annotated[str, typer.Option(help="Why they are called back.")],
) -> None:
    """Destroys the keys of the round: its packets open no more, anywhere.

    Example: kaval packet recall --operation "TRAINING 23.1" --by HQ-001 --reason "the list was seen outside"
    """
    with opened():
        from kaval.station.operations import packets

        done = packets.recall_packets(
            by=officer_of(by), at=_now(), key=_key(), operation=_operation(operation), reason=reason
        )
    typer.echo(
        f"round {done.round} is over; its keys are destroyed" if done else "there was nothing to call back"
    )


@app.command()
def trace(
    file: Annotated[Path, typer.Argument(help="A text or PDF that was found, whole or in part.")],
    operation: _Code,
    by: _By,
) -> None:
    """Names the packet and the copy a text or a PDF came from; ends with 1 when none can be named.

    Example: kaval packet trace found.pdf --operation "TRAINING 23.1" --by HQ-001
    """
    if not file.is_file():
        raise ConfigurationError(f"there is no file {file}")
    with opened():
        from kaval.station.operations.packet_access import record_leak

        drill = record_leak(
            by=officer_of(by),
            at=_now(),
            key=_key(),
            operation=_operation(operation),
            content=file.read_bytes(),
        )
        number = drill.packet.number if drill.packet else ""
    if not number:
        typer.echo("it names no packet")
        raise typer.Exit(1)
    typer.echo(
        f"{number}, {f'copy {drill.copy_number}' if drill.copy_number else 'the sealed packet itself'}"
    )


def _key_from_station(packet: Mapping[str, str], by: str) -> str:
    with opened():
        from kaval.station.models import Packet
        from kaval.station.operations import packet_access

        row = Packet.objects.filter(number=header_of(packet)["number"]).first()
        if row is None:
            raise ConfigurationError("this station has sealed no such packet")
        return packet_access.open_packet(by=officer_of(by), at=_now(), key=_key(), packet=row).release


def _write_files(made: Sealed, out: Path, *, by: Officer) -> None:
    from kaval.station.operations.packet_access import take_packet

    out.mkdir(parents=True, exist_ok=True)
    for packet in made.packets:
        content = take_packet(by=by, at=_now(), key=_key(), packet=packet)
        (out / f"{packet.number}.html").write_bytes(content)


def _hand_over(made: Sealed, slips: Path | None) -> None:
    lines = "".join(f"{slip.team}\t{slip.code}\n" for slip in made.slips)
    if slips is None:
        typer.echo(lines, nl=False)
    elif lines:
        _write_private(slips, lines.encode())


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)


def _lines(value: Any) -> Iterator[str]:
    """The words of a packet in their order."""
    if isinstance(value, dict):
        if "lang" in value and "text" in value:
            yield str(value["text"])
            return
        order: Iterable[Any] = (
            value[key] for key in ("title", "label", "text", "gaps", "sections", "parts", "fields", "value", "columns",
                                   "rows", "cells") if key in value
        )  # fmt: skip
        for one in order:
            yield from _lines(one)
    elif isinstance(value, list):
        for one in value:
            yield from _lines(one)


def _operation(code: str) -> Operation:
    from kaval.station.models import Operation

    found = Operation.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Operation.objects.order_by("-first_entry_at").values_list("code", flat=True)[:5])
        raise ConfigurationError(f"no operation {code!r}; there are: {known or 'none yet'}")
    return found


def _asked(prompt: str, *, twice: bool = False) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given = getpass.getpass(prompt)
    if twice and given != getpass.getpass("Once more: "):
        raise ConfigurationError("the two differ; nothing was changed")
    return given


def _now() -> datetime:
    return datetime.now(UTC)


def _key() -> str:
    return secrets.token_hex(16)
