"""`kaval intake`: files and folders as received, into the station, resumable at any moment."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kaval.cli.profiles import profiles_of
from kaval.cli.progress import Steps
from kaval.cli.station import opened
from kaval.engine.kernel.errors import ConfigurationError, ReaderError
from kaval.gateways.postgres import default_home

if TYPE_CHECKING:
    from kaval.station.models import Officer
    from kaval.station.operations.intake import Arrival, Taken

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_:.-]{0,39}")
_SHOWN = 20


def intake(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders as received; a ZIP is looked into.")],
    *,
    source: Annotated[
        str,
        typer.Option(help="Who handed them over: ncrb_cybertip, p2p_export, officer_register, public_tip …"),
    ],
    by: Annotated[str, typer.Option(help="The number of the officer who takes them in.")],
    channel: Annotated[str, typer.Option(help="How they came: portal, e-mail, disk …")] = "",
    at: Annotated[
        str,
        typer.Option(
            help="When they were handed over, with offset (2026-03-01T09:00:00+05:30); default: now."
        ),
    ] = "",
    once: Annotated[
        bool, typer.Option("--once", help="Do nothing when this very delivery was taken in before.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
) -> None:
    """Seals, reads and takes on everything that was handed over; nothing twice.

    Stopped at any moment, the same command goes on where it was. Given again after it ended, it is a second
    delivery: receipts are added and no reports. What no reader knows is kept and shown on the page of warnings.

    Examples: kaval intake /media/ncrb --source ncrb_cybertip --by KL-0007 · kaval intake leads.csv tips.zip
    --source p2p_export --by KL-0007 --at 2026-03-01T09:00:00+05:30
    """
    if not _SOURCE.fullmatch(source):
        raise typer.BadParameter("a source is up to 40 of a-z 0-9 _ : . -", param_hint="--source")
    moment = _moment(at)
    with Steps() as steps:
        steps.say("looking at what was handed over")
        total, skipped = _count(paths)
        with opened(say=steps.say):
            from kaval.station.collector import unhurried_collector
            from kaval.station.operations import intake as acts
            from kaval.station.operations.following import follow_arrival
            from kaval.station.queries.reading_profiles import confirmed_profiles

            officer = officer_of(by)
            with unhurried_collector():
                taken = acts.take_in(
                    by=officer,
                    at=moment,
                    source=source,
                    channel=channel,
                    arrivals=arrivals_in(paths),
                    key="\n".join(sorted(str(path.resolve()) for path in paths)),
                    once=once,
                    profiles=(*confirmed_profiles(), *profiles_of(default_home())),
                    progress=lambda what, done, _: steps.progress(what, done, total),
                )
            with steps.step("link and order"):
                follow_arrival(by=officer, at=moment, key=str(taken.delivery))
            problems = _problems(taken)
    _say(taken, problems, skipped, as_json=as_json)


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{text!r} is no ISO date and time", param_hint="--at") from problem
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} has no offset from UTC: add +05:30 or Z", param_hint="--at")
    return moment.astimezone(UTC)


def officer_of(number: str) -> Officer:
    """The officer of a number.

    Raises:
        ConfigurationError: there is none; the text names some who may take in.
    """
    from kaval.station.models import Officer

    found = Officer.objects.filter(number=number).first()
    if found is None:
        clerks = Officer.objects.filter(roles__contains=["intake_clerk"]).order_by("number")[:5]
        known = ", ".join(clerk.number for clerk in clerks) or "nobody yet: run `kaval unit install`"
        raise ConfigurationError(f"no officer has the number {number!r}; intake clerks are: {known}")
    return found


def _files(paths: list[Path]) -> Iterator[tuple[str, str, bool]]:
    """Name, path, and whether it is taken in, in an order that is the same every time; folders one by one."""
    for given in paths:
        if given.is_dir():
            yield from _inside(str(given), given.resolve().name)
        elif given.exists():
            yield given.name, str(given), given.is_file()
        else:
            raise ReaderError("no such file or folder", file=str(given), mend="check the path")


def _inside(folder: str, shown: str) -> Iterator[tuple[str, str, bool]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{shown}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _inside(entry.path, name)
        else:
            yield name, entry.path, entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")


def _count(paths: list[Path]) -> tuple[int, int]:
    counted = Counter(wanted for _, _, wanted in _files(paths))
    return counted[True], counted[False]


def arrivals_in(paths: list[Path]) -> Iterator[Arrival]:
    """The files given, and those in the folders given, as arrivals.

    Raises:
        ReaderError: a path does not exist.
    """
    from kaval.station.operations.intake import Arrival

    several = len({path.resolve().name for path in paths}) < len(paths)
    for name, path, wanted in _files(paths):
        if wanted:
            # Two folders of one name: only whole paths tell their files apart.
            yield Arrival(os.path.realpath(path) if several else name, Path(path))


def _problems(taken: Taken) -> list[str]:
    """What could not be read, in words, and nothing of what was in it."""
    from kaval.station.models import Reading

    unread = (
        Reading.objects.filter(sealed__receipts__delivery_id=taken.delivery).exclude(problem="").distinct()
    )
    return list(unread.order_by("problem").values_list("problem", flat=True)[:1000])


def _say(taken: Taken, problems: list[str], skipped: int, *, as_json: bool) -> None:
    counted = asdict(taken.counted)
    if as_json:
        summary = {"delivery": str(taken.delivery), "done_before": taken.again, "resumed": taken.resumed}
        typer.echo(json.dumps({**summary, **counted, "skipped": skipped, "unread": len(problems)}))
        return
    if taken.again:
        typer.echo("this delivery was taken in before: nothing was done")
        return
    typer.echo(
        f"{counted['files']} files sealed, {counted['records']} records read: {counted['reports']} new reports, "
        f"{counted['again']} that came before; {counted['leads']} leads taken on, {counted['refused']} refused"
    )
    if skipped:
        typer.echo(f"{skipped} links, hidden or special files were left where they are")
    if counted["enclosures"]:
        typer.echo(f"{counted['enclosures']} enclosed files digested, none opened")
    for problem in problems[:_SHOWN]:
        print(f"kaval: quarantined: {problem}", file=sys.stderr)
    if len(problems) > _SHOWN:
        print(f"kaval: and {len(problems) - _SHOWN} more on the page of warnings", file=sys.stderr)
    if counted["warnings"]:
        typer.echo(
            f"{counted['warnings']} warnings wait for somebody to see them: page Warnings of the console"
        )
