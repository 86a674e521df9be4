"""The worker of a station: a process of its own that watches the drop folders."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kaval.cli.station import connect_as, opened
from kaval.engine.kernel.errors import ConfigurationError
from kaval.gateways.postgres import Cluster

WORKER = "kaval_worker"


def work(
    once: Annotated[
        bool, typer.Option("--once", help="Look once at every drop folder, then end; for cron.")
    ] = False,
    home: Annotated[
        Path | None, typer.Option(help="Folder of the station; default: KAVAL_HOME.", file_okay=False)
    ] = None,
) -> None:
    """Watches the drop folders and takes in what is put there, until stopped with SIGTERM or Ctrl-C.

    Run it beside `kaval serve`, as a process of its own (a service with restart on failure); several do no harm.
    A drop folder is a folder `drop/SOURCE` in KAVAL_HOME, such as `drop/ncrb_cybertip`; its file `officer` holds
    the number of the intake clerk who answers for it, or KAVAL_DROP_OFFICER does for all. A file is taken in when
    it lies unchanged from one look to the next, or at once when a file `NAME.ready` stands beside it.

    Examples: kaval work · kaval work --once
    """
    with opened(say=lambda text: typer.echo(text, err=True), home=home) as cluster:
        _become_worker(cluster)
        if not once:
            from kaval.station.jobs import worker

            worker.run()
        elif not _look_once():
            raise typer.Exit(2)


def _become_worker(cluster: Cluster | None) -> None:
    """From here on the database knows this process as the worker, who may fetch jobs and do no more than that."""
    if cluster is None:
        connect_as(os.environ["KAVAL_DATABASE_URL"], WORKER)
    else:
        connect_as(cluster.url(WORKER), "")


def _look_once() -> bool:
    from django.db import OperationalError

    from kaval.station.jobs import drop_folder

    folders = drop_folder.folders()
    if not folders:
        typer.echo(f"no drop folder: make {drop_folder.root()}/SOURCE, for example ncrb_cybertip", err=True)
    well = True
    for folder in folders:
        try:
            found = drop_folder.look(folder, at=datetime.now(UTC))
        except OperationalError as trouble:
            raise ConfigurationError(
                "the database went away; what was begun goes on at the next look"
            ) from trouble
        counted = [taken.counted for taken in found.deliveries]
        typer.echo(
            f"{folder.source}: {len(counted)} deliveries, {sum(one.files for one in counted)} files, "
            f"{sum(one.reports for one in counted)} reports new; {found.waiting} still settling"
            f"{'; another worker is looking' if found.busy else ''}"
        )
        for problem in found.problems:
            well = False
            typer.echo(f"{folder.source}: {problem}", err=True)
    return well
