"""`kaval examine`: devices looked through by machines alone, with rate and time left for whoever waits."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Self

import typer

from kaval.engine.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from kaval.lab import Progress

_LINE_S = 10.0
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="A Ray cluster to share the work with (host:port, or local); its nodes read the sources by these paths.",
    ),
]


def examine(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Disk images (the first part of a split one) or folders, opened read-only."),
    ],
    out: Annotated[
        Path, typer.Option(help="The folder to write the findings into; given again, the run goes on.")
    ],
    *,
    hashset: Annotated[
        list[Path] | None,
        typer.Option(
            "--hashset", help="A list file or a shelf built from lists; may be given several times."
        ),
    ] = None,
    sealed: Annotated[
        list[str] | None,
        typer.Option(
            "--sealed", help="SOURCE=SHA256 an image was sealed with; one that differs is not examined."
        ),
    ] = None,
    terms: Annotated[
        list[Path] | None,
        typer.Option(
            "--terms", help="A reviewed term list (CSV) to count hits of; may be given several times."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Confined processes at work at a time; without it one for each processor."),
    ] = None,
    ray: RayOption = None,
) -> None:
    """Finds known files on devices, exactly and nearly, and what else they remember; shows nothing to anybody.

    Writes findings.jsonl, artefacts.jsonl, warnings.jsonl, summary.json and what follows from them. The same sources
    and lists give the same files, whatever the workers; stopped at any moment, the same command goes on where it was.
    Ends with 3 when a source could not be examined to its end.

    Examples: kaval examine phone.img --hashset known.vics.json --out findings · kaval examine disk.E01 card.img
    --hashset shelf --out findings --workers 8 · kaval examine seized/ --out findings --ray 192.0.2.7:6379
    """
    from kaval import lab
    from kaval.lab.conclude import conclude
    from kaval.lab.result import CONCLUDED

    with _Bar() as bar:
        summary = lab.examine(
            sources,
            hashsets=hashset or [],
            out=out,
            at=datetime.now(UTC),
            expected_sha256=_sealed(sealed or []),
            progress=bar.tell,
            terms=terms or [],
            workers=workers or _processors(),
            ray=ray,
        )
        if not (summary.reused and all((out / name).exists() for name in CONCLUDED)):
            conclude(out)
    typer.echo((out / "summary.json").read_text())
    if not summary.complete:
        print(
            "kaval: not every source was examined to its end: see refused and warnings.jsonl", file=sys.stderr
        )
        raise typer.Exit(3)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sealed(given: list[str]) -> dict[str, str]:
    pairs = [one.rpartition("=") for one in given]
    if wrong := [one for one, (name, _, digest) in zip(given, pairs, strict=True) if not (name and digest)]:
        raise ConfigurationError(f"--sealed {wrong[0]}: write SOURCE=SHA256")
    return {name: digest for name, _, digest in pairs}


class _Bar:
    """A bar on a terminal; elsewhere a line now and then, so that a log stays readable."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("  {task.description}"),
            BarColumn(bar_width=28),
            DownloadColumn(binary_units=True),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        console = Console(file=sys.stderr, highlight=False)
        self._shown = console.is_terminal
        self._bar = Bar(*columns, console=console, transient=True, disable=not self._shown)
        self._task = self._bar.add_task("opening", total=None)
        self._said_s = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def tell(self, progress: Progress) -> None:
        """How far the run is."""
        what = f"{progress.stage} {progress.source}"[:40]
        if self._shown:
            self._bar.update(
                self._task, description=what, completed=progress.done_bytes, total=progress.total_bytes
            )
        elif time.monotonic() - self._said_s >= _LINE_S:
            self._said_s = time.monotonic()
            of = f" of {progress.total_bytes / 1e6:,.0f}" if progress.total_bytes is not None else ""
            left = f", {progress.left_s:,.0f} s left" if progress.left_s is not None else ""
            print(
                f"{what}: {progress.done_files:,} files, {progress.done_bytes / 1e6:,.0f}{of} MB, "
                f"{progress.bytes_per_s / 1e6:,.0f} MB/s{left}",
                file=sys.stderr,
            )
