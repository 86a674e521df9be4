"""One run: its sources measured, listed and examined, each by as many workers as there are; and its parts read back."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.lab.chats import read_terms
from kaval.lab.findings import warning
from kaval.lab.pace import Pace
from kaval.lab.plan import Planned, plan_source
from kaval.lab.sources.entry import Trouble
from kaval.lab.workers.board import Place
from kaval.lab.workers.crew import Crew, Settings, Task
from kaval.lab.workers.survey import Survey
from kaval.lab.workers.unit import Part

if TYPE_CHECKING:
    from kaval.lab.workers.cluster import Cluster

Stamp = tuple[int, int] | None


class Run:
    """The work of one examination. `folder` holds what it can go on with after a break."""

    def __init__(
        self,
        sources: Sequence[tuple[Path, str]],
        *,
        folder: Path,
        limits: Mapping[str, Any],
        archives: Mapping[str, Any],
        terms: Sequence[Path],
        workers: int,
        quiet_s: float,
    ) -> None:
        self._sources, self._folder = sources, folder
        self._surveys: list[Survey | None] = []
        self.decides = [limits, archives, [content_digest(asdict(read_terms(path))) for path in terms]]
        """What of the run, beside a source, decides what is found in it."""
        self._settings = Settings(sources, limits, archives, folder=folder, terms=terms, quiet_s=quiet_s)
        self._workers = workers
        self._stamps: list[Stamp] = []
        self.confinement: Mapping[str, Any] | None = None
        """What the workers were confined to."""

    def measure(self, expected: Mapping[str, str], *, pace: Pace) -> list[Planned]:
        """The fingerprint of every source, and whether it may be examined.

        Raises:
            ConfigurationError: see `plan_source`.
        """
        found: dict[int, Mapping[str, Any]] = {}
        self._stamps = [_stamp(path) for path, _ in self._sources]
        # Until it is known that something must be examined nothing is made in the results' folder.
        with (
            tempfile.TemporaryDirectory(prefix="kaval-lab-") as aside,
            Crew(replace(self._settings, folder=Path(aside)), number=self._workers) as crew,
        ):
            for number, (_, name) in enumerate(self._sources):
                crew.add(_measuring(number, name, found=found, pace=pace))
            crew.run()
            self.confinement = crew.confinement
        return [
            plan_source(path, name=name, expected=expected, measured=found[number])
            for number, (path, name) in enumerate(self._sources)
        ]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The folder for the parts, made and held: two runs into one folder would take each other's files away.

        Raises:
            RefusedError: another run is at work there.
        """
        for folder in (self._folder.parent, self._folder):  # `mode` is not for the parents that mkdir makes
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("wb") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RefusedError(
                    "lab.under-way",
                    "another examination is writing into this folder; wait for it, or name another",
                ) from error
            yield

    def examine(self, plan: Sequence[Planned], keys: Sequence[str], *, pace: Pace, ray: str | None) -> None:
        """Every part of every source that may be examined; those of an earlier, broken run are kept.

        `keys` name each source with all that decides its parts. `ray`: the address of a cluster that makes them.
        """
        for left in self._folder.glob("aside-*"):
            shutil.rmtree(left, ignore_errors=True)
        with Crew(self._settings, number=self._workers) as crew, _cluster(ray, self._settings) as cluster:

            def found(part: Part) -> None:
                if cluster is None:
                    crew.add(part.task(), urgent=True)
                else:
                    cluster.add(part)

            self._surveys = [
                self._survey(number, planned, keys[number], pace=pace, found=found)
                for number, planned in enumerate(plan)
            ]
            for survey in self._surveys:
                task = survey.task() if survey is not None else None
                if task is not None:
                    crew.add(task)
            told = [False]

            def idle() -> None:
                if not told[0] and all(survey is None or survey.listed for survey in self._surveys):
                    told[0] = True
                    pace.expect(*self.listed)
                if cluster is not None:
                    cluster.look()

            crew.run(idle=idle)
            if cluster is not None:
                cluster.finish()
            self.confinement = crew.confinement or self.confinement

    @property
    def listed(self) -> tuple[int, int]:
        """Files and bytes of all that is listed."""
        units = [unit for survey in self._surveys if survey is not None for unit in survey.units]
        return sum(unit.files for unit in units), sum(unit.bytes for unit in units)

    def whole(self, number: int) -> bool:
        """False when the listing of a source broke off."""
        survey = self._surveys[number]
        return survey is None or not survey.broken

    def lines(self, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """What the parts of a source say, in the order of its walk, and whether it changed meanwhile."""
        survey = self._surveys[number]
        if survey is None:
            return
        yield from survey.lines()
        path, name = self._sources[number]
        if _stamp(path) != self._stamps[number]:
            text = "the image was written to while it was being examined"
            mend = "Examine a copy that nothing else writes to"
            yield "warning", warning(name, Trouble("", "source-changed", text, mend))

    def _survey(
        self, number: int, planned: Planned, key: str, *, pace: Pace, found: Callable[[Part], None]
    ) -> Survey | None:
        if not planned.examined or planned.fingerprint is None:
            return None
        return Survey(
            number,
            name=planned.name,
            size=planned.fingerprint.size,
            folder=self._folder / key,
            found=found,
            pace=pace,
        )


def _stamp(path: Path) -> Stamp:
    """Size and time of an image file; None for a folder or what is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return None if stat.S_ISDIR(found.st_mode) else (found.st_size, found.st_mtime_ns)


def _measuring(number: int, name: str, *, found: dict[int, Mapping[str, Any]], pace: Pace) -> Task:
    before = [0]

    def seen(place: Place) -> None:
        pace.add(name, 0, max(place.read - before[0], 0))
        before[0] = place.read

    def died(_place: Place, why: str) -> None:
        mend = "Open this source with another tool; report the fault"
        found[number] = {"unreadable": ["", "source-unreadable", f"the process that opened it {why}", mend]}

    return Task(
        asked={"task": "mark", "source": number},
        files=tuple,
        done=lambda said: found.update({number: said}),
        died=died,
        seen=seen,
    )


@contextmanager
def _cluster(address: str | None, settings: Settings) -> Iterator[Cluster | None]:
    """The Ray cluster at an address; Ray is loaded only for one."""
    if address is None:
        yield None
        return
    from kaval.lab.workers.cluster import Cluster

    with Cluster(address, settings) as cluster:
        yield cluster
