"""What every extraction can do: be walked as a source, give its files as members, tell what the tool decoded.

An extraction is a `Source`: its entries are found again in another process by `read`. A file's content is asked for by
plain numbers or a checked name, never by a path the extraction states.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats.device._chat import ChatMessage, Conversation
from kaval.engine.formats.device._extraction import DecodedRecord, DeviceFact, ExtractionRecord, StatedFile
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.examination.terms import Terms
from kaval.lab.archives.bounds import BROKEN, ArchiveLimits, reason
from kaval.lab.chats.summary import Chats
from kaval.lab.shapes import Artefact, Member
from kaval.lab.sources.entry import CHUNK_BYTES, Entry, Fingerprint, Limits, Trouble
from kaval.lab.sources.folder import FolderSource

_MOST_FACTS = 500
_SEVERAL = frozenset(("imei", "imsi", "iccid", "phone_number"))


@dataclass(frozen=True, slots=True)
class Content:
    """Where a file's bytes lie, in the numbers of its own kind of extraction, and the digests that the tool states."""

    place: tuple[int | str, ...]
    stated: tuple[tuple[str, str], ...] = ()


class Extraction:
    """An extraction at a path, or in a stream when it lies inside something else.

    Artefacts: `kind` as in docs/lab.md, and two more: `file.stated` (a file as the tool states it, with path, digests,
    tags, whether deleted) and, last of all, `device` (the facts of the device). Texts of messages and whatever opens
    something (passwords, tokens, keys) are in none of them.
    """

    kind = ""

    def __init__(self, place: Path | BinaryIO, *, name: str = "", limits: ArchiveLimits) -> None:
        self.name, self.limits = name, limits
        self._place = place
        self._opened: BinaryIO | None = None
        self._folder: FolderSource | None = None
        self._facts: dict[str, str] | None = None
        if isinstance(place, Path) and place.is_dir():
            self._folder = FolderSource(place, name=name, limits=Limits())

    def close(self) -> None:
        """Give back what was opened here; a stream that was given stays open."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def fingerprint(self, *, tick: Callable[[int], None]) -> Fingerprint:
        """SHA-256 of the file, or the digest of the folder's listing."""
        if self._folder is not None:
            return self._folder.fingerprint(tick=tick)
        stream, digest, size = self._stream(), hashlib.sha256(), 0
        stream.seek(0)
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            tick(len(chunk))
        return Fingerprint("sha256", digest.hexdigest(), size)

    def walk(self) -> Iterator[Entry | Trouble]:
        """The files in a fixed order: here those of the folder as they lie; a single file does not list itself."""
        if self._folder is not None:
            yield from self._folder.walk()

    def read(self, content: object) -> Iterator[bytes]:
        """The bytes of an entry's content. Iterating raises OSError where they break off."""
        if self._folder is None:
            raise TypeError("nothing of this extraction is a file")
        return self._folder.read(content)

    def members(self) -> Iterator[Member | Trouble]:
        """The same files as members, with the digests that the extraction states."""
        for found in self.walk():
            if isinstance(found, Trouble):
                yield found
                continue
            content = found.content
            stated = dict(content.stated) if isinstance(content, Content) else {}
            chunks = partial(_missing, found.note or "") if content is None else partial(self.read, content)
            yield Member(found.path, found.state, found.size, chunks, found.times, stated or None)

    def records(self) -> Iterator[ExtractionRecord | ReadWarning]:
        """What the tool decoded, in its order. May end in ReaderError, OSError or sqlite3.Error."""
        raise NotImplementedError

    def artefacts(self, terms: Terms | None = None) -> Iterator[Artefact | Trouble]:
        """What the tool decoded; trouble in place of what could not be read, and never an error.

        Messages are counted by conversation, as in any other chat; their texts and what somebody searched for are asked
        about `terms` and not kept.
        """
        facts: dict[str, str] = {}
        asked = terms or Terms(())
        chats = Chats(self.kind, asked)
        try:
            for record in self.records():
                if isinstance(record, DeviceFact):
                    _add(facts, record)
                elif isinstance(record, ReadWarning):
                    yield Trouble(record.place, record.code, record.text, record.mend)
                elif isinstance(record, ChatMessage | Conversation):
                    chats.take(record)
                else:
                    yield _artefact(record, asked)
        except ReaderError as error:
            yield Trouble(error.place, "extraction-damaged", error.problem, error.mend)
        except (*BROKEN, sqlite3.Error) as error:
            yield Trouble(
                "",
                "extraction-damaged",
                reason(error),
                "Copy the extraction again; what came before was read",
            )
        yield from chats.artefacts()
        self._facts = facts
        if facts:
            yield Artefact("device", self.kind, facts.get("extracted_at"), None, facts)

    def device(self) -> Mapping[str, str]:
        """The facts of the device by name (`make`, `model`, `imei`, `serial`, `os_version`, …), several joined by `, `.

        Free after `artefacts` was read to its end; else it reads through the extraction once.
        """
        if self._facts is None:
            for _ in self.artefacts():
                pass
        return self._facts or {}

    def _stream(self) -> BinaryIO:
        if not isinstance(self._place, Path):
            return self._place
        if self._opened is None:
            self._opened = self._place.open("rb")
        return self._opened


def _missing(note: str) -> Iterator[bytes]:
    yield b""
    raise OSError(note or "the extraction does not hold this file")


def _add(facts: dict[str, str], fact: DeviceFact) -> None:
    there = facts.get(fact.name)
    if there is None:
        if len(facts) < _MOST_FACTS:
            facts[fact.name] = fact.value
    elif fact.name in _SEVERAL and fact.value not in there.split(", "):
        facts[fact.name] = f"{there}, {fact.value}"


def _artefact(record: StatedFile | DecodedRecord, terms: Terms) -> Artefact:
    if isinstance(record, DecodedRecord):
        facts = {**record.facts, "type": record.called}
        if record.kind == "browser.search":
            words = str(facts.pop("term", ""))
            facts |= {"term_characters": len(words), "hits": list(terms.labels(words))}
        if record.deleted is not None:
            facts["deleted"] = record.deleted
        return Artefact(record.kind, record.locator, record.at, record.precision_s, facts)
    facts = {
        "path": record.path,
        "size": record.size,
        "deleted": record.deleted,
        "md5": record.md5,
        "sha1": record.sha1,
        "sha256": record.sha256,
        "accessed": record.accessed,
        "created": record.created,
        "tags": list(record.tags),
    }
    said = {name: value for name, value in facts.items() if value not in ("", None, [])}
    return Artefact("file.stated", record.locator, record.modified, 1.0 if record.modified else None, said)
