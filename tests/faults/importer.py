"""An importer to be killed: `python -m tests.faults.importer HOME FOLDER`, told what to do line by line.

`run SECONDS` forks an import of the folder and kills it with SIGKILL after so many seconds (0: lets it end); `digest`
prints the digest of all rows after checking every seal; `empty` brings the station back to before the first import.
The parent never has a connection: what the child has dies with it.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from kaval.cli.station import opened
from kaval.gateways.postgres import Cluster

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)


def main(folder: Path, world: Path) -> None:
    """Serves commands from standard input until it ends."""
    with opened() as cluster:
        assert cluster is not None
        from django.db import connections

        _install(world)
        connections.close_all()
        with _owner(cluster) as owner:
            owner.execute("CREATE DATABASE before TEMPLATE kaval OWNER kaval_owner")
        _answer("ready")
        for line in sys.stdin:
            command, _, argument = line.strip().partition(" ")
            if command == "run":
                _answer(_forked(lambda: _import(folder), kill_after_s=float(argument)))
            elif command == "digest":
                _answer(_forked(_digest, kill_after_s=0))
            elif command == "empty":
                _empty(cluster)
                _answer("done")


def _install(world: Path) -> None:
    from kaval.cli.play import chain
    from kaval.cli.play.world import World

    chain.install(chain.Play(World(world), lambda *_: None))


def _import(folder: Path) -> str:
    from kaval.cli.taking_in import arrivals_in
    from kaval.station.models import Officer
    from kaval.station.operations import intake

    # Small steps: a kill falls between and inside many of them.
    intake.FILES_PER_STEP, intake.RECORDS_PER_STEP, intake.SMALL_BYTES = 15, 40, 40_000
    clerk = Officer.objects.filter(roles__contains=["intake_clerk"]).order_by("number")[0]
    intake.take_in(
        by=clerk, at=AT, source="fault_test", arrivals=arrivals_in([folder]), key=str(folder), once=True
    )
    return "done"


def _digest() -> str:
    from kaval.station import sealed
    from kaval.station.models import Lead, Receipt, Report, SealedFile
    from kaval.station.queries.whole import rows_digest

    for row in SealedFile.objects.all():
        sealed.check(row)
    counts = f"{Receipt.objects.count()} {Report.objects.count()} {Lead.objects.count()}"
    return f"{rows_digest()} {counts}"


def _forked(work: Callable[[], str], *, kill_after_s: float) -> str:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        try:
            os.write(into, work().encode())
            os._exit(0)
        finally:
            trouble = traceback.format_exc(limit=-1).splitlines()
            os.write(into, f"failed: {trouble[-1]}".encode())
            os._exit(1)
    os.close(into)
    if kill_after_s:
        until = time.monotonic() + kill_after_s
        while time.monotonic() < until:
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                break
            time.sleep(0.002)
        else:
            os.kill(child, signal.SIGKILL)
    with os.fdopen(out) as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    return "killed" if os.WIFSIGNALED(status) else text


def _empty(cluster: Cluster) -> None:
    with _owner(cluster) as owner:
        owner.execute("DROP DATABASE kaval WITH (FORCE)")
        owner.execute("CREATE DATABASE kaval TEMPLATE before OWNER kaval_owner")
    shutil.rmtree(cluster.home / "sealed", ignore_errors=True)


def _owner(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(cluster.url("kaval_super", database="postgres"), autocommit=True)


def _answer(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
