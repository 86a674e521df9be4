"""One measurement of the intake and of its floor: `python -m bench._intake_run COUNT FOLDER`."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from lxml import etree

from bench import _reports
from kaval.cli.station import opened
from kaval.gateways.postgres import Cluster

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
TABLES = (
    "station_sealedfile",
    "station_receipt",
    "station_reading",
    "station_report",
    "station_reportreceipt",
    "station_lead",
    "station_observation",
    "station_reportedfile",
    "station_identifier",
    "station_leadidentifier",
    "station_act",
    "station_ledgerentry",
)


def main(count: int, folder: Path) -> dict[str, Any]:
    """Seconds of both, peak memory of the importing process in MiB, and what was written."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    _say(f"writing {count} reports")
    reports = folder / "reports"
    size = sum(path.stat().st_size for path in _reports.write(reports, count))
    _say(f"{size / count / 1024:.1f} KiB each")
    with opened() as cluster:
        assert cluster is not None
        _install(folder)
        with psycopg.connect(cluster.url("kaval_super"), autocommit=True) as owner:
            _close_connections()
            owner.execute(f'CREATE DATABASE floor TEMPLATE "{owner.info.dbname}" OWNER kaval_owner')
            owner.execute("CHECKPOINT")
        (ours, ours_cpu), taken, peak = _ours(reports)
        _say(f"ours: {count / ours:.0f} reports/s, peak {peak:.0f} MiB")
        rows = _dump(cluster, folder / "rows")
        floor, floor_cpu = _floor(cluster, reports, folder / "rows")
        _say(
            f"floor: {count / floor:.0f} reports/s; share {floor / ours:.3f}, of CPU {floor_cpu / ours_cpu:.3f}"
        )
    return {
        "reports": count,
        "ours_s": ours,
        "floor_s": floor,
        "ours_cpu_s": ours_cpu,
        "floor_cpu_s": floor_cpu,
        "peak_mib": round(peak, 1),
        "rows": sum(rows.values()),
        "new": rows["station_report"],
        "leads": taken.counted.leads,
        "identifiers": rows["station_identifier"],
    }


def _install(folder: Path) -> None:
    """A training unit with an intake clerk."""
    from kaval.cli.play import chain
    from kaval.cli.play.world import World
    from kaval.simulation import write_world

    write_world(operation="small", seed=7, out=folder / "world", missing_tools="skip")
    chain.install(chain.Play(World(folder / "world"), lambda *_: None))


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


class _Clock:
    """Seconds by the clock, and of the processor in this process and its server process."""

    def __init__(self, backend: int) -> None:
        self._backend = backend
        self._begun = (time.perf_counter(), self._cpu())

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._backend}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def spent(self) -> tuple[float, float]:
        """By the clock, and of the processor."""
        return time.perf_counter() - self._begun[0], self._cpu() - self._begun[1]


def _ours(reports: Path) -> tuple[tuple[float, float], Any, float]:
    from kaval.cli.taking_in import arrivals_in
    from kaval.station.collector import unhurried_collector
    from kaval.station.models import Officer
    from kaval.station.operations import intake

    clerk = Officer.objects.filter(roles__contains=["intake_clerk"]).order_by("number")[0]
    from django.db import connection

    connection.ensure_connection()
    clock = _Clock(connection.connection.info.backend_pid)
    with unhurried_collector():  # as `kaval intake` does
        taken = intake.take_in(
            by=clerk, at=AT, source="bench", arrivals=arrivals_in([reports]), key=str(reports)
        )
    return clock.spent(), taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _dump(cluster: Cluster, folder: Path) -> dict[str, int]:
    """The rows as COPY text, one file for each table and transaction; gives how many there are of each table."""
    folder.mkdir()
    counted: dict[str, int] = {}
    with psycopg.connect(cluster.url("kaval_super")) as connection:
        order = [
            row[0]
            for row in connection.execute(
                "SELECT xmin::text FROM station_act WHERE name = 'take_in' ORDER BY recorded_at"
            )
        ]
        with connection.cursor() as cursor, cursor.copy(b"COPY station_delivery TO STDOUT") as copy:
            (folder / "delivery").write_bytes(b"".join(map(bytes, copy)))
        step = {transaction: number for number, transaction in enumerate(order)}
        for table in TABLES:
            # A report that grew later was first written with its lead.
            whose = (
                "(SELECT l.xmin FROM station_lead l WHERE l.report_id = t.id)"
                if table == "station_report"
                else "t.xmin"
            )
            found: dict[int, list[bytes]] = defaultdict(list)
            query = f"COPY (SELECT {whose}::text, t.* FROM {table} t) TO STDOUT"
            with connection.cursor() as cursor, cursor.copy(query.encode()) as copy:
                rest = b""
                for block in copy:
                    lines = (rest + bytes(block)).split(b"\n")
                    rest = lines.pop()
                    for line in lines:
                        transaction, _, row = line.partition(b"\t")
                        number = step.get(transaction.decode())
                        if number is not None:
                            found[number].append(row)
            counted[table] = sum(map(len, found.values()))
            for number, lines in found.items():
                (folder / f"{number:05d}.{table}").write_bytes(b"\n".join(lines) + b"\n")
    (folder / "steps").write_text(str(len(order)))
    return counted


def _floor(cluster: Cluster, reports: Path, rows: Path) -> tuple[float, float]:
    """Parses every file and copies every row, nothing else."""
    paths = sorted(path for path in reports.rglob("*.xml"))
    steps = int((rows / "steps").read_text())
    share = -(-len(paths) // steps)
    url = cluster.url("kaval_super", database="floor")
    ready = [
        [(table, (rows / f"{n:05d}.{table}")) for table in TABLES if (rows / f"{n:05d}.{table}").exists()]
        for n in range(steps)
    ]
    with psycopg.connect(url) as connection:
        with connection.cursor() as cursor, cursor.copy(b"COPY station_delivery FROM STDIN") as copy:
            copy.write((rows / "delivery").read_bytes())
        connection.execute("CHECKPOINT")
        connection.commit()
        clock = _Clock(connection.info.backend_pid)
        for number in range(steps):
            for path in paths[number * share : (number + 1) * share]:
                etree.fromstring(path.read_bytes())
            with connection.cursor() as cursor:
                for table, file in ready[number]:
                    with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                        copy.write(file.read_bytes())
            connection.commit()
        return clock.spent()


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), Path(sys.argv[2]))))
