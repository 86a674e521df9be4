"""Lists become a shelf: built once with bounded memory, there whole or not at all, opened in an instant ever after.

A shelf is a folder. It grows in `<out>.building` beside it and takes its name when every byte is on the disk; what a
killed build leaves is thrown away by the next. The same lists in the same order give the same files.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats.hashset._model import HashSetEntry
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import iso_utc
from kaval.lab.hashset.lists import About, ListFile, list_file
from kaval.lab.hashset.rows import ALGORITHMS, WIDTHS, Batch, RowWriter
from kaval.lab.index.exact import Heads, IndexWriter, Rows, Spill, heads_of, mapped
from kaval.lab.writing import json_line, sync_folder

LAYOUT = 1
HEAD = "shelf.json"
Progress = Callable[[str, int], None]
_BATCH = 1 << 14
_TOLD = 1000  # warnings of one code and list that are written out; all are counted
_NO_ROW = np.uint32(0xFFFFFFFF)
_IDENTITY = np.dtype([("head", "<u8"), ("tail", "<u8"), ("stated", "<u8"), ("row", "<u4")])


@dataclass(frozen=True, slots=True)
class ShelfSummary:
    """What stands in `shelf.json`: lists with provenance, counts, and the digest of every file."""

    folder: Path
    content: dict[str, Any]


def build(
    files: Sequence[Path],
    *,
    out: Path,
    at: datetime,
    about: About | None = None,
    progress: Progress | None = None,
) -> ShelfSummary:
    """Read the lists and write the shelf `out`; `at` is the aware instant that it is recorded under.

    `about` is the provenance of every list that has none of its own beside it. `progress` is told a stage (`digest`,
    `read <list>`, `order <index>`, `seal`) and how far it is, in bytes or entries.

    Raises:
        RefusedError: `out` exists; another build of it is under way; too many rows; no list.
        ReaderError: a list cannot be used; there is no shelf then.
        ConfigurationError: a list holds PDQ values and numba (extra `lab`) is not installed.
    """
    recorded, say = iso_utc(at), progress or (lambda stage, done: None)
    if not files:
        raise RefusedError("shelf.no-list", "a shelf is built from at least one list")
    lists = [list_file(path, about=about, tick=lambda size: say("digest", size)) for path in files]
    with _workplace(out) as folder:
        content = _Build(folder, say).run(lists)
        head = {"kaval_shelf": LAYOUT, "built_at": recorded, **content}
        head["files"] = _seal(folder, say)
        (folder / HEAD).write_text(json.dumps(head, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return ShelfSummary(out, head)


@contextmanager
def _workplace(out: Path) -> Iterator[Path]:
    """A folder that becomes `out` when the block ends without an error; one build of it at a time."""
    if out.exists():
        raise RefusedError("shelf.exists", f"{out} is there already: build beside it, then change over")
    folder = out.with_name(f"{out.name}.building")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = folder / "lock"
    with lock.open("wb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = lock.stat().st_ino == os.fstat(held.fileno()).st_ino
        except OSError:
            same = False
        if not same:
            raise RefusedError("shelf.under-way", f"another build of {out} is under way")
        for left in folder.iterdir():
            if left != lock:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        lock.unlink()
        for path in sorted(folder.rglob("*"), reverse=True):
            _sync(path)
        sync_folder(folder)
        folder.rename(out)
        sync_folder(out.parent)


def _sync(path: Path) -> None:
    if path.is_dir():
        sync_folder(path)
    else:
        with path.open("rb") as file:
            os.fsync(file.fileno())


class _Build:
    """One build: the columns, one index for each algorithm, and the identities of entries that have one."""

    def __init__(self, folder: Path, say: Progress) -> None:
        self._folder, self._say = folder, say
        self._indexes = {name: IndexWriter(folder, name) for name in (*ALGORITHMS, "photodna")}
        self._photodna = np.uint32(0)
        self._identities = Spill(folder / "identities.parts", _IDENTITY)

    def run(self, lists: Sequence[ListFile]) -> dict[str, Any]:
        """Everything but the head of the shelf; gives what the head says of it."""
        with (
            RowWriter(self._folder) as rows,
            (self._folder / "warnings.jsonl").open("wb") as told,
        ):
            described = [self._read(one, number, rows=rows, told=told) for number, one in enumerate(lists)]
        gone = self._gone()
        keep, owners = _Keep(self._folder, gone), mapped(self._folder / "photodna.owners", "<u4")
        counts = {}
        for name, index in self._indexes.items():
            self._say(f"order {name}", index.count)
            if index.count:
                owned = name == "photodna"
                counts[name] = (
                    index.finish(lambda _, own: ~_among(owners[own], gone)) if owned else index.finish(keep)
                )
        return {
            "version": content_digest([LAYOUT, [[one.sha256, one.format] for one in lists]]),
            "lists": described,
            "rows": rows.rows,
            "taken_back": len(gone),
            "digests": counts,
            "pdq": self._order_pdq(gone),
        }

    def _read(self, one: ListFile, number: int, *, rows: RowWriter, told: BinaryIO) -> dict[str, Any]:
        warnings: Counter[str] = Counter()

        def warn(met: ReadWarning) -> None:
            warnings[met.code] += 1
            if warnings[met.code] <= _TOLD:
                told.write(json_line({"set": one.name, **asdict(met)}))

        if not one.about.lawful_use:
            warn(
                ReadWarning(
                    "",
                    "lawful-use-unstated",
                    "nothing says for what and under what authority this list may be used",
                    "Build again with --lawful-use, or put it into the file .about.json beside the list",
                )
            )
        first, contested = rows.rows, 0
        items = one.items()
        while taken := list(islice(items, _BATCH)):
            entries = [item for item in taken if not isinstance(item, ReadWarning)]
            for item in taken:
                if isinstance(item, ReadWarning):
                    warn(item)
            contested += sum(entry.contested for entry in entries)
            self._take(entries, number, rows)
            self._say(f"read {one.name}", rows.rows - first)
        if rows.too_many_kinds:
            warn(ReadWarning("", "too-many-kinds", "series and places beyond a million kinds were left out"))
        return {
            "set": one.name,
            "version": one.sha256,
            "file": one.path.name,
            "size": one.size,
            "format": one.format,
            **{key: value for key, value in asdict(one.about).items() if key != "name"},
            "rows": rows.rows - first,
            "contested": contested,
            "warnings": dict(sorted(warnings.items())),
        }

    def _take(self, entries: list[HashSetEntry], number: int, rows: RowWriter) -> None:
        standing = [entry for entry in entries if not entry.withdrawn]
        first = rows.rows
        if standing:
            self.put(rows, rows.batch(standing, list_number=number))
            photodna = rows.put_values(standing, first=first)
            if len(photodna):
                self._indexes["photodna"].add(heads_of(photodna), self._photodna + _numbers(len(photodna)))
                self._photodna += np.uint32(len(photodna))
        named = [entry for entry in entries if entry.identity]
        if named:
            at = {id(entry): row for row, entry in enumerate(standing, first)}
            self._identities.add(
                np.array([(*_identity(entry), at.get(id(entry), _NO_ROW)) for entry in named], _IDENTITY)
            )

    def put(self, rows: RowWriter, batch: Batch) -> None:
        """Append rows and index their digests."""
        first = rows.put(batch)
        for bit, name in enumerate(ALGORITHMS):
            has = np.flatnonzero(batch.given >> bit & 1)
            if len(has):
                self._indexes[name].add(heads_of(batch.digests[name][has]), (has + first).astype(np.uint32))

    def _gone(self) -> Rows:
        """The rows that a later statement of the same identity replaced or took back, sorted."""
        found = [np.empty(0, np.uint32)]
        for piece in self._identities.sorted():
            # At one instant a withdrawal counts last: what was taken back is not told as known.
            order = np.lexsort((piece["row"], piece["stated"], piece["tail"], piece["head"]))
            piece = piece[order]
            same = (piece["head"][1:] == piece["head"][:-1]) & (piece["tail"][1:] == piece["tail"][:-1])
            found.append(piece["row"][:-1][same])
        rows = np.concatenate(found)
        return np.sort(rows[rows != _NO_ROW])

    def _order_pdq(self, gone: Rows) -> int:
        path, owners_path = self._folder / "pdq.values", self._folder / "pdq.owners"
        if not path.exists():
            return 0
        values, owners = mapped(path, "u1", WIDTHS["pdq"]), mapped(owners_path, "<u4")
        if len(gone):
            stays = ~_among(owners, gone)
            values, owners = values[stays], owners[stays]
            path.unlink()
            values.tofile(path)
            owners_path.unlink()
            owners.tofile(owners_path)
        if len(values):
            from kaval.lab.index import pdq

            self._say("order pdq", len(values))
            pdq.build(np.ascontiguousarray(values), self._folder / "pdq")
        path.unlink()  # the index holds the values
        return len(values)


def _identity(entry: HashSetEntry) -> tuple[int, int, int]:
    """(two numbers for the identity, microseconds of the statement); an unreadable time counts as the earliest."""
    digest = hashlib.sha256(entry.identity.encode("utf-8", "surrogatepass")).digest()
    try:
        stated = datetime.fromisoformat(entry.stated_at)
        since = (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        since = 0.0
    return (
        int.from_bytes(digest[:8], "big"),
        int.from_bytes(digest[8:16], "big"),
        max(0, int(since * 1_000_000)),
    )


def _numbers(count: int) -> Rows:
    return np.arange(count, dtype=np.uint32)


def _among(rows: Rows, gone: Rows) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(gone, rows), max(len(gone) - 1, 0))
    return gone[at] == rows if len(gone) else np.zeros(len(rows), bool)


class _Keep:
    """Which entries an index keeps: not what was taken back, and of equal rows of one kind only the first."""

    def __init__(self, folder: Path, gone: Rows) -> None:
        self._gone = gone
        self._kinds = mapped(folder / "kinds", "<u4")
        self._columns = [mapped(folder / name, "u1", WIDTHS[name]) for name in ALGORITHMS]

    def __call__(self, heads: Heads, rows: Rows) -> NDArray[np.bool_]:
        kept = ~_among(rows, self._gone)
        beside = heads[1:] == heads[:-1]
        if not beside.any():
            return kept
        shared = np.zeros(len(heads), bool)
        shared[1:] |= beside
        shared[:-1] |= beside
        at = np.flatnonzero(shared & kept)
        own = rows[at]
        said = np.hstack(
            [
                heads[at].view(np.uint8).reshape(-1, 8),
                self._kinds[own].view(np.uint8).reshape(-1, 4),
                *(column[own] for column in self._columns if len(column)),
            ]
        )
        kept[at] = False
        kept[at[np.unique(said, axis=0, return_index=True)[1]]] = True
        return kept


def _seal(folder: Path, say: Progress) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file of the shelf."""
    sealed = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock"):
        say("seal", path.stat().st_size)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        sealed[str(path.relative_to(folder))] = {"size": path.stat().st_size, "sha256": digest}
    return sealed
