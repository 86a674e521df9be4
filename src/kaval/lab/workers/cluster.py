"""The same parts made on the nodes of a Ray cluster: a unit is a task, and a task of a node that dies is run elsewhere.

Each Ray process keeps one confined worker of its own for the parsing, so that a hostile file ends that one and not the
node's. The sources must be readable on every node by the same paths; what changes there after the digest was compared
is noticed only on the machine that leads the run.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.workers.board import Place
from kaval.lab.workers.crew import Crew, Settings
from kaval.lab.workers.listing import Unit
from kaval.lab.workers.unit import Part
from kaval.lab.writing import WholeFile

_RETRIES = 8
"""So many nodes may die under one unit."""
_AHEAD = 2  # tasks for each processor: enough that none waits, few enough that little is lost with a node


class Cluster:
    """Parts handed to a cluster and taken back; they end with the block, whatever is still under way there."""

    def __init__(self, address: str, settings: Settings) -> None:
        """Join the cluster; `local` starts one on this machine. Raises ConfigurationError when that fails."""
        self._address, self._settings = address, settings
        self._waiting: deque[Part] = deque()
        self._under_way: dict[Any, Part] = {}

    def __enter__(self) -> Self:
        self._ray = _ray()
        self._joined = not self._ray.is_initialized()
        if self._joined:
            given = {"include_dashboard": False} if self._address == "local" else {"address": self._address}
            try:
                self._ray.init(**given, log_to_driver=False, logging_level="ERROR")
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise ConfigurationError(f"no Ray cluster at {self._address}: {error}") from error
        self._remote = self._ray.remote(max_retries=_RETRIES, num_cpus=1)(make_part)
        self._shared = self._ray.put(self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for under_way in self._under_way:
            self._ray.cancel(under_way, force=True)
        if self._joined:
            self._ray.shutdown()

    def add(self, part: Part) -> None:
        """A part to be made."""
        self._waiting.append(part)
        self.look()

    def look(self, *, wait_s: float = 0.0) -> None:
        """Hand out what there is room for, and take back what is done, without waiting longer than told."""
        room = _AHEAD * max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        while self._waiting and len(self._under_way) < room:
            part = self._waiting.popleft()
            with part.listing.open("rb") as listing:
                listing.seek(part.unit.offset)
                lines = listing.read(part.unit.length)
            self._under_way[self._remote.remote(self._shared, part.source, lines)] = part
        if self._under_way:
            done, _ = self._ray.wait(list(self._under_way), num_returns=len(self._under_way), timeout=wait_s)
            for one in done:
                self._take(self._under_way.pop(one), one)

    def finish(self) -> None:
        """Wait for every part."""
        while self._waiting or self._under_way:
            self.look(wait_s=0.25)

    def _take(self, part: Part, made: Any) -> None:
        errors = self._ray.exceptions
        try:
            content: bytes = self._ray.get(made)
        except errors.ObjectLostError:  # its node died between making the part and handing it over
            self._waiting.append(part)
            return
        except errors.RayError as error:
            raise ConfigurationError(
                f"the cluster cannot make a unit: {str(error).strip()[-300:]}"
            ) from error
        with WholeFile(part.path) as file:
            file.write(content)
        part.seen(Place(files=part.unit.files, read=part.unit.bytes))


def make_part(settings: Settings, source: int, lines: bytes) -> bytes:
    """The content of the part of a unit, made on this node by a confined worker of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="kaval-unit-") as own,
        Crew(replace(settings, folder=Path(own)), number=1) as crew,
    ):
        listing, path = Path(own, "listing"), Path(own, "unit.part")
        listing.write_bytes(lines)
        unit = Unit(0, len(lines), files=0, bytes=0)
        crew.add(Part(unit, source, listing, path, seen=lambda _: None).task())
        crew.run()
        return path.read_bytes()


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing of a case leaves for anybody's statistics
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise ConfigurationError("a cluster needs Ray: run  pip install 'kaval[cluster]'") from error
    return ray
