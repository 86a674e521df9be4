"""Files on their way in: staged on the disk for one officer's one upload until they are taken in, then removed.

    $KAVAL_HOME/upload/<officer>/<upload>/<key>.name   the name the sender gave, as text
    $KAVAL_HOME/upload/<officer>/<upload>/<key>.part   the bytes so far
    $KAVAL_HOME/upload/<officer>/<upload>/<key>.whole  all of them

A name from outside never becomes a path: the key is a digest of it. Bytes are appended where the last ones ended, so
that an upload whose connection broke goes on; nothing is held in memory but one chunk. All folders have mode 700.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from kaval.engine.kernel.errors import KavalError

NAME_LENGTH = 300
_SPARE_BYTES = 256 * 1024 * 1024


class StagingError(KavalError):
    """A file that cannot be staged: what is wrong, and what to do about it."""

    def __init__(self, problem: str, mend: str = "") -> None:
        super().__init__(problem)
        self.problem, self.mend = problem, mend


class OutOfStep(StagingError):
    """The bytes do not begin where the last ones ended; `held` says where that is."""

    def __init__(self, held: int) -> None:
        super().__init__(f"{held} bytes of this file are here; send what follows")
        self.held = held


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that was staged, or the part of it that has come so far."""

    name: str
    size: int
    whole: bool
    path: Path


@dataclass(frozen=True, slots=True)
class Stage:
    """One upload of one officer. Both parts of the path are identifiers, never words from outside."""

    officer: UUID
    token: UUID

    @property
    def folder(self) -> Path:
        """Where its files lie; it may not exist yet."""
        return _root() / self.officer.hex / self.token.hex

    def hold(self, name: str, file: UploadedFile[bytes]) -> Staged:
        """Keeps a file that came whole.

        Raises:
            StagingError: it is too large, or has no name.
        """
        return self.append(name, offset=0, size=file.size or 0, chunks=file.chunks(), anew=True)

    def append(
        self, name: str, *, offset: int, size: int, chunks: Iterable[bytes], anew: bool = False
    ) -> Staged:
        """Adds bytes to a file of `size` bytes, from `offset` on; `anew` forgets what came of it before.

        Raises:
            OutOfStep: the file held so far does not end at `offset`.
            StagingError: it is too large, has no name, or is longer than was said.
        """
        name = clean_name(name)
        _check_size(size, fresh=offset == 0)
        key = self._key(name)
        part, whole = key.with_suffix(".part"), key.with_suffix(".whole")
        if anew:
            part.unlink(missing_ok=True)
            whole.unlink(missing_ok=True)
        if whole.exists():
            held = whole.stat().st_size
            if held == size and offset in (0, held):
                return Staged(name, held, True, whole)
            whole.unlink()
        key.with_suffix(".name").write_text(name, encoding="utf-8")
        with part.open("ab") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            held = out.seek(0, os.SEEK_END)
            if held != offset:
                raise OutOfStep(held)
            for chunk in chunks:
                held += len(chunk)
                if held > size:
                    out.truncate(offset)
                    raise StagingError("more bytes came than were announced", "choose the file again")
                out.write(chunk)
        if held < size:
            return Staged(name, held, False, part)
        part.rename(whole)
        return Staged(name, held, True, whole)

    def files(self) -> list[Staged]:
        """What was staged, in the order of the names: the same every time."""
        return sorted(self._files(), key=lambda staged: staged.name)

    def discard(self) -> None:
        """Removes the staged copies."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _files(self) -> Iterator[Staged]:
        for named in self.folder.glob("*.name") if self.folder.is_dir() else ():
            for suffix in (".whole", ".part"):
                path = named.with_suffix(suffix)
                if path.exists():
                    yield Staged(named.read_text("utf-8"), path.stat().st_size, suffix == ".whole", path)
                    break

    def _key(self, name: str) -> Path:
        folder = self.folder
        for one in (folder.parent.parent, folder.parent, folder):
            one.mkdir(mode=0o700, parents=one is folder.parent.parent, exist_ok=True)
        return folder / sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def stages_of(officer: UUID) -> list[Stage]:
    """The uploads of an officer that were begun and are not in yet."""
    folder = _root() / officer.hex
    if not folder.is_dir():
        return []
    tokens = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
    return [Stage(officer, UUID(token)) for token in tokens]


def clean_name(name: str) -> str:
    """The name as it is shown and kept: folders with `/`, nothing that leads upwards, no control signs.

    Raises:
        StagingError: nothing is left of it.
    """
    parts = name.encode("utf-8", "replace").decode("utf-8").replace("\\", "/").split("/")
    kept = ["".join(sign for sign in part if sign.isprintable()).strip() for part in parts]
    found = "/".join(part for part in kept if part not in ("", ".", ".."))[-NAME_LENGTH:]
    if not found:
        raise StagingError("a file came without a name", "give the file a name and choose it again")
    return found


def prepare_arriving() -> Path:
    """The folder in which the server keeps what of a request has come so far; nobody else may look into it."""
    folder = _root() / "arriving"
    for one in (_root(), folder):
        one.mkdir(mode=0o700, parents=one is not folder, exist_ok=True)
    return folder


def _check_size(size: int, *, fresh: bool) -> None:
    limit = settings.UPLOAD_MAX_BYTES
    if size > limit:
        raise StagingError(
            f"the file has {size:,} bytes; this page takes files up to {limit:,} bytes",
            "give it to the station's administrator, who takes it in with `kaval intake`",
        )
    if not fresh:
        return
    root = _root()
    free = shutil.disk_usage(root if root.exists() else Path(settings.HOME)).free
    # The staged copy and the sealed one lie side by side for a while.
    if free < 2 * size + _SPARE_BYTES:
        raise StagingError(
            f"the station's disk has {free:,} bytes left, too few for this file",
            "tell the station's administrator; nothing was taken in",
        )


def _root() -> Path:
    return Path(settings.HOME) / "upload"
