"""A station of its own for a test, used as a person uses it: through `kaval` in processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from kaval.gateways.postgres import Cluster

KAVAL = (sys.executable, "-m", "kaval.cli")
# What the test run itself set; a person's shell has none of it.
_NOT_A_PERSONS = ("KAVAL_", "DJANGO_", "PYTEST_", "COVERAGE_")


@dataclass(frozen=True)
class Home:
    """A folder that is KAVAL_HOME for every command run through it."""

    path: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a person whose station lies here."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_A_PERSONS)}
        return {**own, "KAVAL_HOME": str(self.path), "PYTHONWARNINGS": "default", "COLUMNS": "120"}

    @property
    def ledger(self) -> Path:
        """The ledger file that a demo leaves."""
        return self.path / "ledger.jsonl"

    @property
    def world(self) -> Path:
        """The world that a demo writes."""
        return self.path / "world"

    def run(
        self, *arguments: object, code: int = 0, timeout_s: float = 600
    ) -> subprocess.CompletedProcess[str]:
        """Runs `kaval` with the arguments and holds it to its exit code."""
        done = subprocess.run(
            [*KAVAL, *map(str, arguments)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            cwd="/",
        )
        assert done.returncode == code, (
            f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done

    def demo(self, operation: str = "small", *more: object, timeout_s: float = 600) -> dict[str, Any]:
        """Plays an operation to the end; gives the summary that is the last line of standard output."""
        done = self.run("demo", "--operation", operation, "--exit", "--json", *more, timeout_s=timeout_s)
        summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return summary

    def digest(self) -> str:
        """One digest over all rows."""
        return self.run("db", "digest").stdout.strip()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the database itself, past all of Kaval's code."""
        cluster = Cluster(self.path)
        cluster.start()
        try:
            with psycopg.connect(cluster.url("kaval_auditor")) as connection:
                return connection.execute(sql.encode()).fetchall()
        finally:
            cluster.release()

    def remove(self) -> None:
        """Stops the server and removes everything the station left."""
        cluster = Cluster(self.path)
        cluster.stop()
        shutil.rmtree(cluster.sockets, ignore_errors=True)
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def new_home() -> Iterator[Home]:
    """A home with a path short enough for a socket, through which the server's user may pass; removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="kv"))
    path.chmod(0o711)
    home = Home(path)
    try:
        yield home
    finally:
        home.remove()
