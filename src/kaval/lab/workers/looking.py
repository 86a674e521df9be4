"""One file at a time: its digests and type, and what pictures, videos, archives, traces and chats say of themselves.

Every byte of a source is read once: a file that a parser wants is kept aside while it is hashed. Each parser is behind
one small function here; what it cannot read is a warning, and what kills it kills this worker and not the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.rules.examination.terms import Terms
from kaval.lab import archives, artefacts, chats, perceptual, phones
from kaval.lab.archives import ArchiveLimits, Budget
from kaval.lab.findings import Line, Listed, add_digests, add_picture, add_video, artefact, finding, warning
from kaval.lab.shapes import Artefact, Member, PictureFacts, VideoFacts
from kaval.lab.sources.entry import State, Trouble
from kaval.lab.workers.signs import Caution, Signs
from kaval.lab.workers.taking import Taken

MAX_NESTING = 8
"""Archives in archives are opened this deep; what lies deeper is hashed and named."""

Lines = Iterator[tuple[str, Line]]
Beside = Callable[[], BinaryIO] | None
_NO_EXTRA = "Install the extra `lab` and examine again"


@dataclass(frozen=True, slots=True)
class Within:
    """What a file lies in: how many containers, the budget of the outermost one, and the log beside a database."""

    depth: int = 0
    budget: Budget | None = None
    beside: Beside = None


class Looker:
    """Looks at the files of one source. `aside` is a folder for what is too large for memory."""

    def __init__(
        self, source: str, *, signs: Signs, aside: Path, limits: ArchiveLimits, terms: Terms | None = None
    ) -> None:
        self._source, self._signs, self._aside, self._limits = source, signs, aside, limits
        self._terms = terms or Terms(())

    def look(self, listed: Listed, chunks: Iterator[bytes] | None, *, beside: Beside = None) -> Lines:
        """The lines of one file of the source and of everything in it; `chunks` None: it has no content to read.

        `beside` opens the write-ahead log that lies beside a database.
        """
        step = self._signs.new_step()
        if self._signs.caution is Caution.UNREAD and chunks is not None:
            chunks = None
            listed = replace(listed, note="parser-died")
            yield self._warning(listed.path, _died(self._signs.why(step)))
        yield from self._file(listed, chunks, step=step, within=Within(beside=beside))

    def decoded(self, extraction: phones.Extraction, path: str) -> Lines:
        """What another tool decoded, of an extraction that is a whole source or lies in the file at `path`."""
        if self._signs.caution is not Caution.NONE:
            yield self._warning(path, _died(self._signs.why(0)))
            return
        for found in extraction.artefacts(self._terms):
            yield self._artefact(path, found)
            self._signs.read(0)

    def _file(self, listed: Listed, chunks: Iterator[bytes] | None, *, step: int, within: Within) -> Lines:
        line = finding(self._source, listed)
        if chunks is None:
            yield "finding", line
            self._signs.file_done()
            return
        self._signs.at(step)
        died = self._signs.why(step)
        taken = Taken(listed.path, aside=self._aside, closed=bool(died))
        try:
            yield from self._hash(line, listed, chunks, taken=taken)
            if died:
                line["note"] = "parser-died"
                yield self._warning(listed.path, _died(died))
            self._signs.at(step, patience=line["size"] or 0)
            yield from self._media(line, taken)
            yield "finding", line
            self._signs.file_done()
            yield from self._traces(listed.path, taken, within=within)
            yield from self._inside(listed, taken, step=step, within=within)
        finally:
            taken.spool.close()

    def _hash(self, line: Line, listed: Listed, chunks: Iterator[bytes], *, taken: Taken) -> Lines:
        path = listed.path
        try:
            digests = taken.take(chunks, self._signs)
        except OSError as error:
            # Part of a file has no digest worth having: the record stays, without one.
            line["note"] = "content-unreadable"
            yield self._warning(path, Trouble("", "content-unreadable", error.strerror or str(error)))
            return
        if listed.size is not None and digests.size != listed.size:
            # A live folder can do this, written to between listing and reading; so can a container that lies.
            text = f"{listed.size} bytes when listed, {digests.size} when read"
            yield self._warning(path, Trouble("", "size-changed", text))
        for name, stated in listed.stated:
            if getattr(digests, name, stated) != stated:
                text = f"the container states the {name} {stated}; the bytes have another"
                yield self._warning(
                    path, Trouble("", "stated-digest-differs", text, "Ask who made the container")
                )
        if taken.no_room:
            mend = "Make room in the folder of the results and examine again"
            yield self._warning(path, Trouble("", "not-looked-into", taken.no_room, mend))
        add_digests(line, digests, taken.mime)

    def _media(self, line: Line, taken: Taken) -> Lines:
        facts: PictureFacts | VideoFacts | Trouble | None = None
        try:
            if taken.wants.picture:
                facts = perceptual.picture(taken.spool.opened(), mime=taken.mime, orientations=True)
            elif taken.wants.video:
                facts = perceptual.video(taken.spool.opened())
        except ConfigurationError as missing:  # without the extra the rest of the run is worth having
            facts = Trouble("", "reader-not-installed", str(missing), _NO_EXTRA)
        if isinstance(facts, PictureFacts):
            add_picture(line, facts)
        elif isinstance(facts, VideoFacts):
            add_video(line, facts)
        elif facts is not None:
            yield self._warning(line["path"], facts)

    def _traces(self, path: str, taken: Taken, *, within: Within) -> Lines:
        reader, chat = taken.wants.artefact, taken.wants.chat
        if reader is not None:
            log = None
            try:
                log = within.beside() if within.beside is not None and artefacts.wants_log(reader) else None
            except OSError as error:
                text = f"the log beside this database cannot be read: {error.strerror or error}"
                yield self._warning(
                    path, Trouble("", "log-unreadable", text, "Newer records may be missing here")
                )
            try:
                for found in artefacts.read(
                    reader, taken.spool.opened(), path=path, wal=log, hits=self._terms.labels
                ):
                    yield self._artefact(path, found)
            finally:
                if log is not None:
                    log.close()
        if chat is not None:
            for found in chats.read(
                chat, taken.spool.opened(), path=path, size=taken.size, terms=self._terms
            ):
                yield self._artefact(path, found)

    def _inside(self, listed: Listed, taken: Taken, *, step: int, within: Within) -> Lines:
        wants = taken.wants
        if not (wants.archive or wants.extraction):
            return
        if within.depth >= MAX_NESTING:
            text = f"archives are opened {MAX_NESTING} deep; this one lies deeper"
            yield self._warning(
                listed.path, Trouble("", "archive-too-deep", text, "Unpack it and examine the folder")
            )
            return
        stream = taken.spool.opened()
        inner = Within(within.depth + 1, within.budget or self._limits.budget(taken.size))
        extraction = (
            phones.recognise(stream, name=listed.path, limits=self._limits) if wants.extraction else None
        )
        if extraction is not None:
            yield from self._members(listed, extraction.members(), step=step, within=inner)
            yield from self.decoded(extraction, listed.path)
        elif wants.archive:
            found = archives.members(stream, mime=taken.mime, limits=self._limits, budget=inner.budget)
            yield from self._members(listed, found, step=step, within=inner)

    def _members(
        self, listed: Listed, members: Iterator[Member | Trouble], *, step: int, within: Within
    ) -> Lines:
        for found in members:
            if isinstance(found, Trouble):
                yield self._warning(listed.path, found, inside=True)
                continue
            member = Listed(
                f"{listed.path}!/{found.path}",
                found.state if listed.state is State.ALLOCATED else listed.state,
                found.size,
                volume=listed.volume,
                address=listed.address,
                times=found.times,
                stated=tuple(sorted((found.stated or {}).items())),
            )
            yield from self._file(member, found.chunks(), step=self._signs.new_step(), within=within)
            self._signs.at(step, patience=listed.size or 0)

    def _artefact(self, path: str, found: Artefact | Trouble) -> tuple[str, Line]:
        if isinstance(found, Trouble):
            return self._warning(path, found)
        return "artefact", artefact(self._source, path, found)

    def _warning(self, path: str, trouble: Trouble, *, inside: bool = False) -> tuple[str, Line]:
        """A warning at the whole path; a trouble's own place is in the file, or (`inside`) a path in a container."""
        place = trouble.place or path
        if trouble.place and inside:
            place = f"{path}!/{trouble.place}"
        elif not place.startswith(path):
            place = f"{path} ({place})"
        return "warning", warning(self._source, replace(trouble, place=place))


def _died(why: str) -> Trouble:
    return Trouble(
        "",
        "parser-died",
        f"the process that read this file {why}; examined with less: see its note",
        "Examine this file by hand; report the reader's fault with a file that shows it",
    )
