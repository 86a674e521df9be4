"""One drop folder as it lies on the disk: what is in it, what has settled, and what was moved aside.

    drop/<source>/            somebody copies files and folders in here
    drop/<source>/officer     number of the officer who answers for what arrives
    drop/<source>/PROBLEM.txt written here while something is wrong
    drop/<source>/.taking/    batches being taken in: their names say when they were staged
    drop/<source>/.done/      one folder for each delivery, when it is in
    drop/<source>/.refused/   what could not be taken in, with the reason beside it

Staging moves first and looks afterwards, inside a folder that belongs to the station alone: what was looked at cannot
be exchanged any more. Links, sockets, pipes and devices are never followed or opened. What was seen at the last look
is kept outside the folder, where those who copy files in cannot write.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SOURCE = re.compile(r"[a-z0-9_]{1,40}")
OFFICER, PROBLEM, READY = "officer", "PROBLEM.txt", ".ready"
TAKING, DONE, REFUSED = ".taking", ".done", ".refused"
UNFINISHED = (".part", ".tmp", ".partial", ".filepart", ".crdownload", "~")
UNITS_IN_A_BATCH = 5_000
DEEPEST = 16
_STAGED = "%Y%m%dT%H%M%SZ"
_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


@dataclass(frozen=True, slots=True)
class Lying:
    """A file or folder that lies in the drop folder.

    `marks` changes when anything in it does; `newest_ns` is the last change (nanoseconds since 1970). `whole` false:
    something in it bears the name of a copy under way. `odd` says what it is when it is neither file nor folder.
    """

    name: str
    marks: str
    newest_ns: int
    whole: bool = True
    ready: bool = False
    odd: str = ""

    def is_settled(self, before: tuple[str, float] | None, *, at: datetime, settle_s: float) -> bool:
        """True when nobody seems to write to it any more.

        `before`: its marks at the last look and since when (seconds since 1970) they are the same. A clock of
        another machine may be ahead: then the time since it was first seen so counts.
        """
        if self.ready or self.odd:
            return True
        if not self.whole or before is None or before[0] != self.marks:
            return False
        now = at.timestamp()
        changed = self.newest_ns / 1e9
        return now - (changed if changed <= now else before[1]) >= settle_s


@dataclass(slots=True)
class Memory:
    """What is remembered from look to look. Lost, it costs a look and nothing else.

    `seen`: marks and since when they are so; `tries`: looks at which a batch failed; `begun`: looks that began with a
    batch and never ended.
    """

    seen: dict[str, tuple[str, float]] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    stumbled: int = 0
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Files staged together: one delivery, whose name stays the same however often it is begun."""

    path: Path

    @property
    def name(self) -> str:
        """When it was staged, and a digest over the names, sizes and times of what is in it."""
        return self.path.name

    @property
    def at(self) -> datetime:
        """When it was staged."""
        return datetime.strptime(self.name.split("-")[0], _STAGED).replace(tzinfo=UTC)

    def units(self) -> list[str]:
        """The files and folders that were staged, in the order of their names."""
        return sorted(entry.name for entry in os.scandir(self.path))

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file in it with its name from the batch downwards, always in the same order."""
        for name, path, found in _walk(self.path):
            if stat.S_ISREG(found.st_mode):
                yield _printable(name), path

    def left_out(self) -> list[str]:
        """What lies in it and is neither file nor folder, as `name: what it is`."""
        return [
            f"{_printable(name)}: {_kind(found.st_mode)}"
            for name, _, found in _walk(self.path)
            if not stat.S_ISREG(found.st_mode)
        ]

    def marks(self) -> dict[str, str]:
        """The marks of every unit, to see whether one was written to after it was staged."""
        return {unit: _look_at(self.path / unit).marks for unit in self.units()}


@dataclass(frozen=True, slots=True)
class DropFolder:
    """The drop folder of a source under `root`; `memory_at` is a file outside it."""

    root: Path
    source: str
    memory_at: Path

    @property
    def path(self) -> Path:
        """Where files are copied to."""
        return self.root / self.source

    def lying(self) -> list[Lying]:
        """Everything that may be taken in, in the order of names; what is under way by its name is left out."""
        with os.scandir(self.path) as entries:
            names = {entry.name for entry in entries}
        marks = {name for name in names if name.endswith(READY) and _is_mark(self.path / name)}
        found = []
        for name in sorted(names - marks - {OFFICER, PROBLEM}):
            if _is_under_way(name):
                continue
            try:
                found.append(_look_at(self.path / name, ready=f"{name}{READY}" in marks))
            except OSError:
                continue  # It went away, or may not be looked at: the next look sees.
        return found

    def batches(self) -> list[Batch]:
        """What was staged and is not in yet, the oldest first; an empty one is removed."""
        found = []
        for name in sorted(entry.name for entry in os.scandir(self._own(TAKING))):
            batch = Batch(self._own(TAKING) / name)
            if batch.units():
                found.append(batch)
            else:
                batch.path.rmdir()
        return found

    def stage(self, settled: Iterable[Lying], *, at: datetime) -> tuple[Batch, list[str]]:
        """Moves settled things into a batch of their own, and names what could not be moved.

        What vanished meanwhile is left out.
        """
        listed, stuck = list(settled), []
        digest = hashlib.sha256(
            "\n".join(f"{each.name}\t{each.marks}" for each in listed).encode("utf-8", "surrogateescape")
        )
        batch = Batch(self._own(TAKING) / f"{at.astimezone(UTC):{_STAGED}}-{digest.hexdigest()[:16]}")
        batch.path.mkdir(mode=0o700, exist_ok=True)
        for each in listed:
            # The mark first: left behind, it would vouch for the next file of this name while that is being copied.
            try:
                if each.ready:
                    (self.path / f"{each.name}{READY}").unlink(missing_ok=True)
                (self.path / each.name).rename(batch.path / each.name)
            except FileNotFoundError:
                continue
            except OSError as trouble:
                stuck.append(f"{_printable(each.name)} cannot be moved ({trouble.strerror})")
        _flush(batch.path)
        return batch, stuck

    def finish(self, batch: Batch, *, delivery: str) -> Path:
        """Moves a batch that is in to the delivery's folder: one rename, so it lies here or there."""
        to = _free(self._own(DONE) / delivery)
        batch.path.rename(to)
        _flush(to.parent)
        return to

    def refuse(self, batch: Batch, unit: str, *, why: str) -> Path:
        """Moves one unit of a batch aside with the reason beside it; its bytes stay as they came."""
        folder = self._own(REFUSED) / batch.name
        folder.mkdir(mode=0o700, exist_ok=True)
        to = _free(folder / unit)
        (batch.path / unit).rename(to)
        _write(to.with_name(f"{to.name}.why.txt"), f"{why}\n")
        return to

    def give_back(self, batch: Batch, unit: str) -> None:
        """Puts a unit back where it came from, to be seen again."""
        (batch.path / unit).rename(_free(self.path / unit))

    def split(self, batch: Batch) -> list[Batch]:
        """Every unit of a batch in a batch of its own, so that one cannot hold the others up."""
        parts = []
        for number, unit in enumerate(batch.units()):
            part = Batch(batch.path.with_name(f"{batch.name}-{number:05}"))
            part.path.mkdir(mode=0o700, exist_ok=True)
            (batch.path / unit).rename(part.path / unit)
            parts.append(part)
        batch.path.rmdir()
        return parts

    def refused(self) -> int:
        """How many units lie in `.refused`, waiting for a person."""
        folder = self.path / REFUSED
        return sum(1 for _ in folder.glob("*/*.why.txt")) if folder.is_dir() else 0

    def officer_number(self) -> str:
        """The number in the folder's file `officer`; empty when there is none.

        Raises:
            PermissionError: somebody but the station could have written it, and so choose who answers.
        """
        path = self.path / OFFICER
        try:
            found = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return ""
        with os.fdopen(found, encoding="utf-8", errors="replace") as stream:
            state = os.fstat(found)
            if (
                not stat.S_ISREG(state.st_mode)
                or state.st_uid not in (0, os.geteuid())
                or state.st_mode & 0o022
            ):
                raise PermissionError(f"{path} can be written by others than the station's user")
            return stream.read(200).strip().split("\n")[0].strip()

    def show(self, problem: str) -> None:
        """Writes what is wrong where those who copy files in see it; takes it away when nothing is."""
        path = self.path / PROBLEM
        if problem:
            _write(path, f"{problem}\n")
        else:
            path.unlink(missing_ok=True)

    def recall(self) -> Memory:
        """What the last look remembered; nothing when that was lost."""
        try:
            kept = json.loads(self.memory_at.read_text("utf-8"))
            kept["seen"] = {name: (marks, since) for name, (marks, since) in kept["seen"].items()}
            return Memory(**kept)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Memory()

    def remember(self, memory: Memory) -> None:
        """Keeps it for the next look."""
        self.memory_at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = {name: getattr(memory, name) for name in Memory.__slots__}
        _write(self.memory_at, json.dumps(kept))

    def _own(self, name: str) -> Path:
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"{path} is not a folder of the station's own")
        return path


def drop_folders(root: Path, memory: Path) -> list[DropFolder]:
    """Every drop folder under `root`: real folders whose name may be that of a source."""
    if not root.is_dir():
        return []
    names = sorted(entry.name for entry in os.scandir(root) if entry.is_dir(follow_symlinks=False))
    return [DropFolder(root, name, memory / f"{name}.json") for name in names if SOURCE.fullmatch(name)]


def _printable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are spelled out, so two names never become one."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_under_way(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


def _is_mark(path: Path) -> bool:
    """True for an empty file; one that holds something is something that arrived, whatever its name."""
    try:
        found = path.lstat()
    except OSError:
        return True
    return stat.S_ISREG(found.st_mode) and found.st_size == 0


def _look_at(path: Path, *, ready: bool = False) -> Lying:
    found = path.lstat()
    if stat.S_ISREG(found.st_mode):
        return Lying(path.name, _mark("", found), found.st_mtime_ns, ready=ready)
    if not stat.S_ISDIR(found.st_mode):
        return Lying(path.name, "", 0, odd=_kind(found.st_mode))
    digest, newest, whole = hashlib.sha256(), found.st_mtime_ns, False
    under_way = False
    for name, _, inner in _walk(path, hidden=True):
        digest.update(_mark(name, inner).encode("utf-8", "surrogateescape"))
        newest = max(newest, inner.st_mtime_ns)
        whole = True
        under_way |= name.lower().endswith(UNFINISHED)
    # An empty folder is one into which somebody is about to copy.
    return Lying(path.name, digest.hexdigest(), newest, whole=whole and not under_way, ready=ready)


def _mark(name: str, found: os.stat_result) -> str:
    return f"{name}\t{found.st_size}\t{found.st_mtime_ns}\t{found.st_ino}\n"


def _walk(
    folder: Path, *, hidden: bool = False, under: str = "", deep: int = 0
) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Everything below a folder that is no folder itself; links are not followed, other file systems not entered."""
    device = folder.lstat().st_dev
    for name in sorted(entry.name for entry in os.scandir(folder)):
        if not hidden and name.startswith("."):
            continue
        path, shown = folder / name, f"{under}{name}"
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_dev != device or deep == DEEPEST:
            yield shown, path, found
        else:
            yield from _walk(path, hidden=hidden, under=f"{shown}/", deep=deep + 1)


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "a folder too deep or of another file system")


def _free(path: Path) -> Path:
    """The path, or the first with a number behind it where nothing lies."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.unlink(missing_ok=True)
    out = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(out, "w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(text)
    fresh.rename(path)


def _flush(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
