"""Which files are exported chats, and their conversations as artefacts, read as a stream."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, BinaryIO

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.device import telegram_json, whatsapp_text
from kaval.engine.formats.device._chat import ChatRecord
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.examination.terms import Terms
from kaval.lab.chats import databases
from kaval.lab.chats.summary import Chats
from kaval.lab.shapes import Artefact
from kaval.lab.sources.entry import Trouble

_TEXTS: dict[str, ModuleType] = {"telegram_json": telegram_json, "whatsapp_text": whatsapp_text}
_MOST_TROUBLES = 100


def wanted(path: str, head: bytes) -> str | None:
    """The reader for a file by its name and first bytes (64 KiB are enough), None for all others.

    Names only narrow what is looked at: a `.json` is a chat when its first bytes say so.
    """
    name = path.replace("!/", "/").rsplit("/", 1)[-1].lower()
    if head.startswith(databases.MAGIC):
        return next((reader for reader, names in databases.NAMES.items() if name in names), None)
    if name.endswith((".json", ".txt")):
        file = ReceivedFile(name, head)
        return next((reader for reader, module in _TEXTS.items() if module.claims(file)), None)
    return None


def read(reader: str, file: BinaryIO, *, path: str, size: int, terms: Terms) -> Iterator[Artefact | Trouble]:
    """The owner, the account's sessions and the conversations of an exported chat; trouble first.

    `file` is seekable, `size` its bytes; `path` is the file's path as in its finding. A file that breaks off gives what
    came before, and trouble says so.

    Raises:
        KeyError: no such reader.
    """
    chats = Chats(reader.split("_", 1)[0], terms)
    troubles = 0
    try:
        for item in _records(reader, file, path=path, size=size):
            if not isinstance(item, ReadWarning):
                chats.take(item)
                continue
            troubles += 1
            if troubles <= _MOST_TROUBLES:
                yield Trouble(_place(path, item.place), f"chat-{item.code}", item.text, item.mend)
    except ReaderError as error:
        yield Trouble(_place(path, error.place), "chat-unreadable", error.problem, error.mend)
    if troubles > _MOST_TROUBLES:
        yield Trouble(path, "chat-more-trouble", f"{troubles - _MOST_TROUBLES} more warnings of this kind")
    if chats.beyond:
        yield Trouble(path, "chat-too-many", f"{chats.beyond} messages of conversations beyond the limit")
    yield from chats.artefacts()


def _place(path: str, place: str) -> str:
    return f"{path} {place}".rstrip()


def _records(reader: str, file: BinaryIO, *, path: str, size: int) -> Iterator[ChatRecord | ReadWarning]:
    if reader in databases.NAMES:
        yield from databases.read(reader, file, path=path)
        return
    yield from _TEXTS[reader].stream(ReceivedFile(path, _Open(file, size)))


@dataclass(frozen=True, slots=True)
class _Open:
    """A stream that readers may open again from its beginning; the caller closes it."""

    stream: BinaryIO
    size: int

    def open(self) -> BinaryIO:
        """The stream from its first byte, safe to close."""
        self.stream.seek(0)
        return io.BufferedReader(_Kept(self.stream), 1 << 16)


class _Kept(io.RawIOBase):
    """A stream whose closing leaves the caller's open."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        block = self._stream.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)

    def seek(self, place: int, whence: int = 0, /) -> int:
        return self._stream.seek(place, whence)
