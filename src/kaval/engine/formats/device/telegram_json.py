"""A Telegram Desktop export (`result.json`) becomes conversations, messages, the owner and the account's sessions.

Tried: files written here after the layout of the public writer: a full export and a single chat. Not supported: HTML
exports, the contents of calls, polls and payments beyond the line that they happened. Missing values: a message without
`date_unixtime` has the exporter's wall clock, without a zone. The export writes control characters as `\\xNN`, which is
no JSON: they are read as `\\u00NN`; the bytes received stay as they are.
Source: telegramdesktop/tdesktop, export_output_json.cpp; formats.md section 4.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats._tree import json_events
from kaval.engine.formats.device._chat import (
    BOT,
    CHANNEL,
    GROUP,
    PERSONAL,
    SAVED,
    UNKNOWN,
    ChatMessage,
    ChatOwner,
    ChatRecord,
    ChatSession,
    Conversation,
    SharedFile,
)

SPEC = FormatSpec(name="telegram_json", version="1", kind="device", title="Telegram Desktop export (JSON)")
APP = "telegram"

_KINDS = {
    "personal_chat": PERSONAL,
    "bot_chat": BOT,
    "saved_messages": SAVED,
    "replies": SAVED,
    "private_group": GROUP,
    "private_supergroup": GROUP,
    "public_supergroup": GROUP,
    "private_channel": CHANNEL,
    "public_channel": CHANNEL,
}
_MARKS = re.compile(rb'"(?:personal_information|frequent_contacts|left_chats|web_sessions)"\s*:')
_CHAT = re.compile(rb'"type"\s*:\s*"(?:' + b"|".join(kind.encode() for kind in _KINDS) + rb')"')
_MESSAGE = re.compile(rb'"(?:date_unixtime|from_id|text_entities)"\s*:')
_ODD = re.compile(rb"\\(x[0-9a-fA-F]{2}|[\s\S])")
_ABSENT = "(File not included"
_FILES = (("photo", "image/jpeg"), ("file", ""))
_DEEPEST = 12  # a message's own nesting, far beyond what the writer makes


def claims(file: ReceivedFile) -> bool:
    """True for a JSON object that begins as a full export or as one exported chat."""
    head = file.head()
    if not head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return False
    return bool(_MARKS.search(head) or (_CHAT.search(head) and _MESSAGE.search(head)))


def read(file: ReceivedFile) -> Reading[ChatRecord]:
    """Everything of an export that fits into memory.

    Raises:
        ReaderError: not JSON even after the control characters were mended.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[ChatRecord | ReadWarning]:
    """The records in the order of the file; a conversation's record comes after its messages.

    Raises:
        ReaderError: the file breaks off or is no JSON; what came before stands.
    """
    walk = _Walk()
    for event, value in json_events(replace(file, stored=_Mended(file))):
        yield from walk.take(event, value)
    if not walk.met:
        yield ReadWarning("", "no-conversation", "the export holds no conversation")


class _Mended:
    """The bytes of a file with `\\xNN` as `\\u00NN`."""

    def __init__(self, file: ReceivedFile) -> None:
        self._file = file

    @property
    def size(self) -> int:
        """Bytes as received."""
        return self._file.size

    def open(self) -> BinaryIO:
        """A stream that can be read from its beginning."""
        return _MendedStream(self._file.open())


class _MendedStream(io.BytesIO):
    """Reads ahead by blocks; an escape is never cut in two. Seeking is only known to the place where it is."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source, self._held, self._ready = source, b"", b""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        while wanted < 0 or len(self._ready) < wanted:
            block = self._source.read(1 << 18)
            joined = self._held + block
            cut = len(joined) if not block else _whole(joined)
            self._held = joined[cut:]
            self._ready += _ODD.sub(_legal, joined[:cut])
            if not block:
                break
        taken = self._ready if wanted < 0 else self._ready[:wanted]
        self._ready = self._ready[len(taken) :]
        return taken

    def seek(self, place: int, whence: int = 0, /) -> int:
        self._source.seek(place, whence)
        self._held = self._ready = b""
        return place

    def close(self) -> None:
        self._source.close()
        super().close()


def _legal(found: re.Match[bytes]) -> bytes:
    escape = found[1]
    return b"\\u00" + escape[1:] if len(escape) == 3 else found[0]


def _whole(joined: bytes) -> int:
    """How much of the bytes ends outside an escape."""
    at = joined.rfind(b"\\", max(0, len(joined) - 4))
    if at < 0:
        return len(joined)
    while at > 0 and joined[at - 1] == 0x5C:  # a run of backslashes is judged from its beginning
        at -= 1
    return at


class _Walk:
    """Follows the events, builds one small object at a time (a message, a session, the owner), never a whole chat."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._building: _Building | None = None
        self._chats: list[_Chat] = []
        self._counts: Counter[str] = Counter()
        self.met = False

    def take(self, event: str, value: Any) -> Iterator[ChatRecord | ReadWarning]:
        """What an event ends."""
        if self._building is not None:
            done = self._building.take(event, value)
            if done is None:
                return
            self._building = None
            self._path.pop()
            yield from self._ended(done)
        elif event == "map_key":
            self._path[-1] = str(value)
        elif event in ("start_map", "start_array"):
            self._begins(event)
        elif event in ("end_map", "end_array"):
            self._path.pop()
            if event == "end_map" and self._chats and self._chats[-1].depth == len(self._path):
                yield from self._chat_ended()
        elif self._chats and self._chats[-1].depth == len(self._path) - 1:
            self._chats[-1].says(self._path[-1], value)
        elif len(self._path) == 1 and self._path[0] in ("name", "type", "id"):
            self._top().says(self._path[0], value)

    def _begins(self, event: str) -> None:
        place = tuple(self._path)
        if event == "start_map":
            if place[-2:] == ("messages", "["):
                self._building = _Building(self._top().numbered())
            elif place == ("personal_information",):
                self._building = _Building("/personal_information")
            elif place == ("sessions", "list", "["):
                self._building = _Building(self._next("sessions"))
            elif len(place) == 3 and place[1:] == ("list", "[") and place[0] in _LISTS:
                self._chats.append(_Chat(self._next(place[0]), depth=len(place)))
        self._path.append("[" if event == "start_array" else "")

    def _top(self) -> _Chat:
        """The conversation of an export of one chat: its members stand at the root."""
        if not self._chats:
            self._chats.append(_Chat("", depth=0))
        return self._chats[-1]

    def _next(self, name: str) -> str:
        """The JSON pointer of the next item of a list under the root."""
        self._counts[name] += 1
        return f"/{name}/list/{self._counts[name] - 1}"

    def _ended(self, built: Mapping[str, Any]) -> Iterator[ChatRecord | ReadWarning]:
        place = str(built[_PLACE])
        if place == "/personal_information":
            yield _owner(built)
        elif place.startswith("/sessions/"):
            yield _session(built)
        else:
            yield from _message(built, self._chats[-1].key)

    def _chat_ended(self) -> Iterator[ChatRecord]:
        chat = self._chats.pop()
        if chat.kind is not None or chat.messages:
            self.met = True
            yield Conversation(chat.key, APP, chat.identifier, chat.name, chat.kind or UNKNOWN, chat.key)


_LISTS = ("chats", "left_chats")
_PLACE = "\0place"


class _Chat:
    """A conversation being read: what it said of itself so far."""

    def __init__(self, key: str, *, depth: int) -> None:
        self.key, self.depth = key or "/", depth
        self.identifier = self.name = ""
        self.kind: str | None = None
        self.messages = 0

    def says(self, name: str, value: Any) -> None:
        """Takes a member of the conversation's own object."""
        if name == "name":
            self.name = _text(value)
        elif name == "id":
            self.identifier = _text(value)
        elif name == "type":
            self.kind = _KINDS.get(_text(value), UNKNOWN)

    def numbered(self) -> str:
        """The JSON pointer of the next message."""
        self.messages += 1
        return f"{self.key.rstrip('/')}/messages/{self.messages - 1}"


class _Building:
    """One small object out of events; what lies deeper than allowed is left out."""

    def __init__(self, place: str) -> None:
        self._stack: list[Any] = [{_PLACE: place}]
        self._keys: list[str] = [""]
        self._deep = 0

    def take(self, event: str, value: Any) -> Mapping[str, Any] | None:
        """The object when the event ends it."""
        if event == "map_key":
            self._keys[-1] = str(value)
        elif event in ("start_map", "start_array"):
            if self._deep or len(self._stack) >= _DEEPEST:
                self._deep += 1
                self._keys.append("")
                return None
            made: Any = {} if event == "start_map" else []
            self._put(made)
            self._stack.append(made)
            self._keys.append("")
        elif event in ("end_map", "end_array"):
            self._keys.pop()
            if self._deep:
                self._deep -= 1
                return None
            done = self._stack.pop()
            return done if not self._stack else None
        elif not self._deep:
            self._put(value)
        return None

    def _put(self, value: Any) -> None:
        holder = self._stack[-1]
        if isinstance(holder, dict):
            holder.setdefault(self._keys[-1], value)
        else:
            holder.append(value)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list | bool) else str(value)


def _plain(value: Any) -> str:
    """A message's text: a string, or a list of strings and of objects with a `text`."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) if isinstance(part, dict) else _text(part) for part in value)
    return _text(value)


def _instant(seconds: Any, local: Any) -> tuple[str | None, bool]:
    """ISO text, and whether the stated number of seconds was unusable."""
    said = _text(seconds)
    if said:
        if said.isascii() and said.isdigit() and len(said) <= 11:
            return datetime.fromtimestamp(int(said), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), False
        return _local(local), True
    return _local(local), False


def _local(value: Any) -> str | None:
    try:
        return datetime.fromisoformat(_text(value)).replace(tzinfo=None).isoformat(timespec="seconds")
    except ValueError:
        return None


def _message(built: Mapping[str, Any], conversation: str) -> Iterator[ChatMessage | ReadWarning]:
    place = str(built[_PLACE])
    at, odd = _instant(built.get("date_unixtime"), built.get("date"))
    if odd:
        yield ReadWarning(
            f"{place}/date_unixtime", "odd-time", "no number of seconds; the local time is used"
        )
    service = _text(built.get("type")) == "service"
    sender = "actor_id" if service else "from_id"
    name = "actor" if service else "from"
    yield ChatMessage(
        conversation=conversation,
        sender=_text(built.get(sender)) or _text(built.get(name)),
        sender_name=_text(built.get(name)),
        at=at,
        precision_s=1,
        text="" if service else _plain(built.get("text")),
        files=tuple(_files(built)),
        service=service,
        outgoing=None,
        forwarded=bool(_text(built.get("forwarded_from"))),
        locator=place,
    )


def _files(built: Mapping[str, Any]) -> Iterator[SharedFile]:
    for member, usual in _FILES:
        said = _text(built.get(member))
        if not said:
            continue
        path = "" if said.startswith(_ABSENT) else said
        size = built.get(f"{member}_file_size", built.get("file_size" if member == "file" else ""))
        name = _text(built.get("file_name")) if member == "file" else ""
        yield SharedFile(
            path,
            name or path.rsplit("/", 1)[-1],
            _text(built.get("mime_type")) or usual,
            size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        )


def _owner(built: Mapping[str, Any]) -> ChatOwner:
    name = " ".join(filter(None, (_text(built.get("first_name")), _text(built.get("last_name")))))
    said = [_text(built.get(key)) for key in ("user_id", "username", "phone_number")]
    return ChatOwner(APP, said[0], name, said[1], said[2], str(built[_PLACE]))


def _session(built: Mapping[str, Any]) -> ChatSession:
    at, _ = _instant(built.get("last_active_unixtime"), built.get("last_active"))
    application = " ".join(
        filter(None, (_text(built.get("application_name")), _text(built.get("application_version"))))
    )
    device = " ".join(filter(None, (_text(built.get("device_model")), _text(built.get("platform")))))
    said = (_text(built.get("last_ip")), _text(built.get("last_country")))
    return ChatSession(APP, said[0], at, application, device, said[1], str(built[_PLACE]))
