"""What a worker process does: confine itself, then measure, list or examine what it is told, one task after another.

It may read the sources and write to its own folder and to the files it was handed; what it cannot do is said in the
summary (`confinement`). An error nobody foresaw ends it: the run notes which file that was and starts another.
"""

from __future__ import annotations

import os
import socket
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, astuple
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.rules.examination.terms import Terms
from kaval.lab import perceptual, phones
from kaval.lab.archives import ArchiveLimits
from kaval.lab.chats import read_terms
from kaval.lab.findings import Listed, warning
from kaval.lab.phones.extraction import Content as StatedContent
from kaval.lab.phones.extraction import Extraction
from kaval.lab.sandbox import confine
from kaval.lab.sources import image_source, open_source
from kaval.lab.sources.containers import MediumError
from kaval.lab.sources.entry import Limits, Source, Trouble
from kaval.lab.spool import Spool
from kaval.lab.workers.board import Board
from kaval.lab.workers.listing import Decoded, ListedEntry, ListingWriter, Unit, read_listing
from kaval.lab.workers.looking import Lines, Looker
from kaval.lab.workers.signs import Careful, Signs
from kaval.lab.workers.wire import Inbox, Message, close_all, send
from kaval.lab.writing import json_line

MEMORY_BYTES = 4 << 30
_HELD_BYTES = 1 << 18


def load() -> None:
    """Import and compile what most work needs, before the first worker is forked; a missing extra is met later."""
    for wanted in (image_source, perceptual.warm):
        try:
            wanted()
        except ConfigurationError:
            continue


class Worker:
    """One process's work on the sources of one run."""

    def __init__(self, own: socket.socket, *, board: int, settings: Message) -> None:
        self._socket, self._signs = own, Signs(Board(board))
        self._sources = [(Path(os.fsdecode(bytes.fromhex(path))), name) for path, name in settings["sources"]]
        self._limits = Limits(**settings["limits"])
        self._archives = ArchiveLimits(**settings["archives"])
        self._aside = Path(settings["aside"])
        self._terms = Terms([read_terms(Path(path)) for path in settings["terms"]])
        self._opened: dict[int, Source] = {}

    def serve(self) -> None:
        """Do what is asked until nobody asks any more."""
        with _LastWords(self._socket):
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), 2
            )  # what a library says of a file is not for the terminal
            tempfile.tempdir = str(self._aside)
            reach = [_reach(path) for path, _ in self._sources if path.exists()]
            confined = confine(read=reach, write=[self._aside], memory_bytes=MEMORY_BYTES)
            send(self._socket, {"ready": confined.as_json()})
            inbox = Inbox(self._socket)
            for asked in inbox.each():
                files = inbox.take_files()
                send(self._socket, {"done": self._tasks[asked["task"]](self, asked, files)})
                close_all(files)

    def _mark(self, asked: Message, _files: list[int]) -> Any:
        """Open a source and take its fingerprint."""
        self._signs.task(Careful())
        try:
            return {"mark": asdict(self._source(asked["source"]).fingerprint(tick=self._signs.read))}
        except MediumError as error:
            return {"unreadable": astuple(error.trouble)}
        except OSError as error:
            mend = "Check the path, its permissions and the medium"
            return {"unreadable": ["", "source-unreadable", error.strerror or str(error), mend]}
        except ConfigurationError as error:
            return {"missing": str(error)}

    def _list(self, asked: Message, files: list[int]) -> Any:
        """Write a source's walk to the file at hand, and say each unit as it is ready."""
        self._signs.task(Careful())

        def cut(unit: Unit) -> None:
            send(self._socket, {"unit": asdict(unit)})
            self._signs.file_done(unit.files)
            self._signs.read(0)

        with open(files[0], "wb", buffering=1 << 18, closefd=False) as listing:
            writer = ListingWriter(listing, cut)
            source = self._source(asked["source"])
            for found in source.walk():
                writer.add(found)
            writer.close(decoded=isinstance(source, Extraction))
        return {}

    def _examine(self, asked: Message, files: list[int]) -> Any:
        """Examine a unit into the part at hand, from the entry where an earlier worker left it."""
        unit, written = os.pread(files[0], asked["length"], asked["offset"]), int(asked["written"])
        source = self._source(asked["source"])
        looker = Looker(
            source.name, signs=self._signs, aside=self._aside, limits=self._archives, terms=self._terms
        )
        self._signs.task(Careful.of(asked["careful"]), entry=asked["start"], written=written)
        with open(files[1], "wb", buffering=_HELD_BYTES, closefd=False) as part:
            for found in islice(read_listing(iter(unit.splitlines())), asked["start"], None):
                for kind, line in self._lines(looker, source, found):
                    written += part.write(json_line({kind: line}))
                part.flush()  # from here on a death does not cost these lines
                self._signs.entry_done(written)
        return {"written": written}

    def _lines(self, looker: Looker, source: Source, found: ListedEntry | Trouble | Decoded) -> Lines:
        if isinstance(found, Trouble):
            yield "warning", warning(source.name, found)
            return
        if isinstance(found, Decoded):
            if isinstance(source, Extraction):
                yield from looker.decoded(source, "")
            return
        entry = found.entry
        listed = Listed(
            entry.path,
            entry.state,
            entry.size,
            volume=entry.volume,
            address=entry.address,
            note=entry.note,
            times=entry.times,
            stated=entry.content.stated if isinstance(entry.content, StatedContent) else (),
        )
        beside = None if found.log is None else partial(self._spooled, source, found.log)
        chunks = None if entry.content is None else _chunks(source, entry.content)
        yield from looker.look(listed, chunks, beside=beside)

    def _spooled(self, source: Source, content: object) -> BinaryIO:
        """A content of the source as a file to go back and forth in, closed by who asked for it."""
        spool = Spool(self._aside)
        for chunk in _chunks(source, content):
            spool.write(chunk)
        return spool.opened()

    def _source(self, number: int) -> Source:
        if number not in self._opened:
            path, name = self._sources[number]
            extraction = phones.recognise(path, name=name, limits=self._archives)
            self._opened[number] = extraction or open_source(path, name=name, limits=self._limits)
        return self._opened[number]

    _tasks: dict[str, Callable[[Worker, Message, list[int]], Any]] = {
        "mark": _mark,
        "list": _list,
        "examine": _examine,
    }


def _chunks(source: Source, content: object) -> Iterator[bytes]:
    """The bytes of a content; what a source raises when it is asked for them comes with the first of them."""
    yield from source.read(content)


def _reach(path: Path) -> Path:
    """What must be readable for a source: an image's folder too, for the other files of a split or layered one."""
    return path if path.is_dir() else path.parent


class _LastWords:
    """Tells the run what ended this worker: the kind of error and where, never its text (it may hold content)."""

    def __init__(self, own: socket.socket) -> None:
        self._own = own

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            return
        places = traceback.extract_tb(trace)
        ours = next((one for one in reversed(places) if "kaval" in one.filename), places[-1])
        with suppress(OSError):
            send(self._own, {"broke": f"{kind.__name__} at {Path(ours.filename).name}:{ours.lineno}"})
