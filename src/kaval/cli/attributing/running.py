"""The whole of it: load, share by forking, decide subject by subject, give lines in the order of the observations.

Each worker takes every n-th group of subjects and writes its lines to a file of its own with where each observation's
line stands; nothing is given before all are done, so an error leaves nothing half-printed, and the lines are the same
for any number of workers.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import struct
import sys
import tempfile
import time
import traceback
import warnings
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kaval.cli.attributing.answers import Given, IspAnswers, Reading, given, read_answers
from kaval.cli.attributing.drifting import with_drift
from kaval.cli.attributing.facts import Record
from kaval.cli.attributing.folder import Knowledge, knowledge
from kaval.cli.attributing.observations import Observations
from kaval.engine.kernel.errors import KavalError, ReaderError

Say = Callable[[str, int, int], None]
_BLOCK = 64  # groups of subjects taken at a time: small enough that workers end together
_LINE = struct.Struct("<IQI")  # place of the observation, offset and size of its line


def quiet(what: str, done: int, total: int) -> None:
    """Says nothing."""


@dataclass(slots=True)
class Summary:
    """What a run read, for the person who started it."""

    observations: int = 0
    subjects: int = 0
    leases: int = 0
    files: int = 0
    warnings: int = 0
    notes: list[str] = field(default_factory=list)


def run_folder(
    observations: Path | Iterable[Path],
    answers: Path | Iterable[Path],
    profiles: Path,
    *,
    workers: int = 1,
    lang: str = "en",
) -> Iterator[dict[str, Any]]:
    """One line for each observation, in their order, as `kaval attribute --json` prints it.

    Raises:
        ReaderError: a file or cell that cannot be meant, before the first line is given.
    """
    record, _ = load(_paths(observations), _paths(answers), profiles)
    for line in attributed(record, workers=workers, lang=lang):
        yield json.loads(line)


def _paths(given_as: Path | Iterable[Path]) -> list[Path]:
    return [given_as] if isinstance(given_as, Path) else list(given_as)


def load(
    observations: Sequence[Path], answers: Sequence[Path], profiles: Path, *, say: Say = quiet
) -> tuple[Record, Summary]:
    """Everything that is needed, held compactly.

    Raises:
        ReaderError: as `run_folder`.
    """
    known = knowledge(profiles, say)
    seen = Observations(observations, known.seals, say=say)
    if not len(seen):
        raise ReaderError(
            "no observation in what was named", mend="Name a file with the columns of docs/attribution.md"
        )
    files = given(answers, known.answers)
    _refuse_strangers(files, known)
    reading = Reading(known.profiles, known.seals, known.templates, say)
    found, warned = read_answers(files, reading, wanted=seen.customers_of)
    record = with_drift(Record(seen, found, known), say=say)
    leases = sum(one.leases.rows for one in found.values())
    return record, Summary(len(seen), seen.subjects, leases, len(files), warned, _notes(found, known))


def _refuse_strangers(files: Sequence[Given], known: Knowledge) -> None:
    """An answer of an ISP that isps.csv does not know is a folder misnamed, and would answer nobody."""
    for one in files:
        if known.isps and one.isp_id not in known.isps:
            raise ReaderError(
                f"{one.isp_id!r} is no ISP of isps.csv",
                file=str(one.path),
                mend="Put the file into a folder with the ISP's id, or name the ISP in answers.csv",
            )


def _notes(found: dict[str, IspAnswers], known: Knowledge) -> list[str]:
    broken = [one.sha256[:12] for isp in found.values() for one in isp.facts.values() if one.intact is False]
    notes = [f"{len(broken)} answer files no longer have the digest they were sealed with"] if broken else []
    if known.profiles_intact is False:
        notes.append("a file of the folder no longer has the digest it was sealed with")
    if not known.seals:
        notes.append("seals.csv names no file: nothing is known to be sealed, so A-01 stops everything")
    return notes


def attributed(
    record: Record,
    *,
    workers: int = 1,
    lang: str = "en",
    say: Say = quiet,
    peak: Callable[[], None] | None = None,
) -> Iterator[bytes]:
    """The lines as JSON, in the order of the observations. `peak` is called while workers run, to measure.

    Raises:
        KavalError: of the first worker that met one; before the first line is given.
    """
    workers = max(1, min(workers, -(-record.observations.subjects // _BLOCK)))
    with tempfile.TemporaryDirectory(prefix="kaval-attribute-") as folder:
        spools = [_Spool(Path(folder) / str(number)) for number in range(workers)]
        if workers == 1:
            _decide(record, spools[0], share=(0, 1), malayalam=lang == "ml", done=_teller(record, say))
        else:
            _forked(record, spools, malayalam=lang == "ml", say=say, peak=peak)
        yield from _merged(spools, len(record.observations))


def _teller(record: Record, say: Say) -> Callable[[int], None]:
    total = record.observations.subjects
    return lambda done: say("decide subjects", done, total)


def _decide(
    record: Record, spool: _Spool, *, share: tuple[int, int], malayalam: bool, done: Callable[[int], None]
) -> None:
    """The lines of every n-th block of groups."""
    number, of = share
    total, count = record.observations.subjects, 0
    with spool.writing() as put:
        for block in range(number * _BLOCK, total, of * _BLOCK):
            for group in range(block, min(block + _BLOCK, total)):
                for place, line in record.lines(group, malayalam=malayalam):
                    put(place, line)
            count += min(_BLOCK, total - block)
            done(count)


class _Spool:
    """The lines of one worker and where each stands."""

    def __init__(self, path: Path) -> None:
        self.lines, self.places = path.with_suffix(".jsonl"), path.with_suffix(".at")

    def writing(self) -> _Writing:
        return _Writing(self)


class _Writing:
    def __init__(self, spool: _Spool) -> None:
        self._lines, self._places = spool.lines.open("wb", 1 << 20), spool.places.open("wb", 1 << 20)
        self._at = 0

    def __enter__(self) -> Callable[[int, dict[str, Any]], None]:
        return self._put

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._places.close()

    def _put(self, place: int, line: dict[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=False, separators=(", ", ": ")).encode()
        self._lines.write(text)
        self._places.write(_LINE.pack(place, self._at, len(text)))
        self._at += len(text)


def _merged(spools: Sequence[_Spool], count: int) -> Iterator[bytes]:
    offset, size, spool_of = (
        array("Q", bytes(8 * count)),
        array("I", bytes(4 * count)),
        array("H", bytes(2 * count)),
    )
    for number, spool in enumerate(spools):
        for place, at, length in _LINE.iter_unpack(spool.places.read_bytes()):
            offset[place], size[place], spool_of[place] = at, length, number
    streams = [spool.lines.open("rb", 0) for spool in spools]
    try:
        for place in range(count):
            yield os.pread(streams[spool_of[place]].fileno(), size[place], offset[place])
    finally:
        for stream in streams:
            stream.close()


def _forked(
    record: Record, spools: Sequence[_Spool], *, malayalam: bool, say: Say, peak: Callable[[], None] | None
) -> None:
    """Each worker is a copy of this process and shares what was loaded; the first error ends them all."""
    shared = mmap.mmap(-1, 8 * len(spools))
    counts = memoryview(shared).cast("Q")
    running: dict[int, tuple[int, int]] = {}
    gc.collect()
    gc.freeze()  # the collector would write to every shared page
    try:
        for number, spool in enumerate(spools):
            reading, writing = os.pipe()
            pid = _fork()
            if pid == 0:
                os.close(reading)
                share = (number, len(spools))
                work = partial(_decide, record, spool, share=share, malayalam=malayalam)
                _as_worker(work, partial(counts.__setitem__, number), writing)
            os.close(writing)
            running[pid] = (number, reading)
        _wait(running, lambda: say("decide subjects", sum(counts), record.observations.subjects), peak)
    finally:
        for pid, (_, reading) in running.items():
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            os.close(reading)
        gc.unfreeze()
        counts.release()
        shared.close()


def _fork() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Newer Python warns of threads; NumPy's pool is one, it waits, and no worker uses it.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _as_worker(work: Callable[..., None], count: Callable[[int], None], writing: int) -> None:
    """Never returns: what went wrong goes through the pipe."""
    told: list[str] = []
    try:
        work(done=count)
    except ReaderError as wrong:
        told = ["reader", wrong.problem, wrong.file, wrong.place, wrong.mend]
    except KavalError as wrong:
        told = ["kaval", str(wrong)]
    except BaseException:  # noqa: BLE001  the other process tells it
        told = ["bug", traceback.format_exc()[-20_000:]]
    os.write(writing, json.dumps(told).encode())
    os._exit(1 if told else 0)


def _wait(
    running: dict[int, tuple[int, int]], tell: Callable[[], None], peak: Callable[[], None] | None
) -> None:
    """Until all are done; raises what the first of them met."""
    while running:
        ended = [(pid, status) for pid in running for done, status in (os.waitpid(pid, os.WNOHANG),) if done]
        tell()
        if peak is not None:
            peak()
        for pid, status in ended:
            _, reading = running.pop(pid)
            with os.fdopen(reading, "rb") as pipe:
                told = json.loads(pipe.read() or b"[]")
            if told or status:
                _raise(told, status)
        if not ended:
            time.sleep(0.05)


def _raise(told: Sequence[str], status: int) -> None:
    if told and told[0] == "reader":
        problem, file, place, mend = told[1:]
        raise ReaderError(problem, file=file, place=place, mend=mend)
    if told and told[0] == "kaval":
        raise KavalError(told[1])
    raise RuntimeError(told[1] if told else f"a worker ended with status {status}: out of memory?")
