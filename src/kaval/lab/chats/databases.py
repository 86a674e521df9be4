"""Chats in databases that are not encrypted: WhatsApp's `msgstore.db`, and Signal messages exported as a database.

Tried: files made here by sqlite3 with the columns read below; other versions of the applications name some columns
differently, and a column that is missing gives no value. Not supported: encrypted stores (`.crypt15`, Signal's own
store), the older single `messages` table of WhatsApp. WhatsApp times are milliseconds UTC; so are Signal's.
Sources: formats.md section 4 (Signal has no plain export standard: read as a tool's output); table and column names
as public readers of these databases name them, unverified against the makers.
"""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from kaval.engine.formats._spec import ReadWarning
from kaval.engine.formats.device._chat import (
    GROUP,
    PERSONAL,
    UNKNOWN,
    ChatMessage,
    ChatRecord,
    Conversation,
    SharedFile,
)
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.artefacts.databases import columns, opened, rows
from kaval.lab.artefacts.given import Given, TooLargeError

MAGIC = b"SQLite format 3\x00"
NAMES = {
    "whatsapp_database": frozenset({"msgstore.db", "msgstore.sqlite"}),
    "signal_database": frozenset({"signal.sqlite", "signal.db", "db.sqlite", "signal_export.sqlite"}),
}
_SERVICE_TYPE = 7  # WhatsApp's own lines (who joined, settings)


def read(reader: str, file: BinaryIO, *, path: str) -> Iterator[ChatRecord | ReadWarning]:
    """The messages of a database in the order of its rows, then its conversations.

    Raises:
        ReaderError: no database, damaged, encrypted, too large, or none of this application.
    """
    file.seek(0)
    try:
        with opened(Given(file, path)) as base:
            yield from (_whatsapp if reader == "whatsapp_database" else _signal)(base)
    except TooLargeError as error:
        raise ReaderError(
            str(error), mend="Read it with a tool of its maker and give that tool's export"
        ) from error
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise ReaderError(
            f"the database cannot be read ({error})", mend="It may be damaged or encrypted"
        ) from error


def _instant(milliseconds: Any) -> str | None:
    if not isinstance(milliseconds, int) or not 0 < milliseconds < 1 << 43:
        return None
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _size(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


# ---------------------------------------------------------------- WhatsApp


def _whatsapp(base: sqlite3.Connection) -> Iterator[ChatRecord]:
    if not columns(base, "message") or not columns(base, "chat") or not columns(base, "jid"):
        raise ReaderError(
            "no tables message, chat and jid", mend="An older layout, or another application's file"
        )
    people = {
        row["id"]: _text(row["raw"]) or "@".join(filter(None, (_text(row["user"]), _text(row["server"]))))
        for row in rows(
            base,
            "jid AS j",
            {"id": "j._id", "user": "j.user", "server": "j.server", "raw": "j.raw_string"},
            tables={"j": "jid"},
        )
    }
    files = _whatsapp_files(base)
    chats = {
        row["id"]: row
        for row in rows(
            base,
            "chat AS c",
            {"id": "c._id", "who": "c.jid_row_id", "subject": "c.subject"},
            tables={"c": "chat"},
        )
    }
    for row in rows(
        base,
        "message AS m",
        {
            "id": "m._id",
            "chat": "m.chat_row_id",
            "own": "m.from_me",
            "sender": "m.sender_jid_row_id",
            "at": "m.timestamp",
            "text": "m.text_data",
            "type": "m.message_type",
        },
        tables={"m": "message"},
    ):
        chat = chats.get(row["chat"])
        other = people.get(row["sender"]) or (people.get(chat["who"]) if chat else "") or ""
        yield ChatMessage(
            conversation=f"chat {row['chat']}",
            sender="owner" if row["own"] else other,
            sender_name="",
            at=_instant(row["at"]),
            precision_s=1,
            text=_text(row["text"]),
            files=files.get(row["id"], ()),
            service=row["type"] == _SERVICE_TYPE,
            outgoing=None if row["own"] is None else bool(row["own"]),
            forwarded=False,
            locator=f"message {row['id']}",
        )
    for number, chat in chats.items():
        who = people.get(chat["who"], "")
        kind = GROUP if who.endswith("@g.us") else PERSONAL if who else UNKNOWN
        yield Conversation(f"chat {number}", "whatsapp", who, _text(chat["subject"]), kind, f"chat {number}")


def _whatsapp_files(base: sqlite3.Connection) -> dict[Any, tuple[SharedFile, ...]]:
    """By message: the file it carries, with its path on the phone and the digest that the application states."""
    wanted = {
        "message": "f.message_row_id",
        "path": "f.file_path",
        "name": "f.media_name",
        "mime": "f.mime_type",
        "size": "f.file_size",
        "digest": "f.file_hash",
    }
    found: dict[Any, tuple[SharedFile, ...]] = {}
    for row in rows(base, "message_media AS f", wanted, tables={"f": "message_media"}):
        path = _text(row["path"])
        name = _text(row["name"]) or path.rsplit("/", 1)[-1]
        shared = SharedFile(path, name, _text(row["mime"]), _size(row["size"]), _from_base64(row["digest"]))
        found[row["message"]] = (shared,)
    return found


def _from_base64(value: Any) -> str:
    """The SHA-256 that is stored as base64, as hex; empty for anything else."""
    try:
        digest = base64.b64decode(_text(value), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""


# ---------------------------------------------------------------- Signal


def _signal(base: sqlite3.Connection) -> Iterator[ChatRecord]:
    if not columns(base, "messages") or not columns(base, "conversations"):
        raise ReaderError("no tables messages and conversations", mend="Another application's file")
    for row in rows(
        base,
        "messages AS m",
        {
            "id": "m.id",
            "chat": "m.conversationId",
            "at": "m.sent_at",
            "type": "m.type",
            "body": "m.body",
            "json": "m.json",
            "source": "m.source",
            "service": "m.sourceServiceId",
        },
        tables={"m": "messages"},
    ):
        said = _object(row["json"])
        kind = _text(row["type"]) or _text(said.get("type"))
        own = {"outgoing": True, "incoming": False}.get(kind)
        sender = _text(row["source"]) or _text(said.get("source")) or _text(row["service"])
        yield ChatMessage(
            conversation=_text(row["chat"]),
            sender="owner" if own else sender,
            sender_name="",
            at=_instant(row["at"] or said.get("sent_at")),
            precision_s=1,
            text=_text(row["body"]) or _text(said.get("body")),
            files=tuple(_signal_files(said)),
            service=own is None,
            outgoing=own,
            forwarded=False,
            locator=f"messages {_text(row['id'])}",
        )
    for row in rows(
        base,
        "conversations AS c",
        {
            "id": "c.id",
            "type": "c.type",
            "name": "c.name",
            "profile": "c.profileFullName",
            "number": "c.e164",
        },
        tables={"c": "conversations"},
    ):
        key = _text(row["id"])
        kind = {"private": PERSONAL, "group": GROUP}.get(_text(row["type"]), UNKNOWN)
        name = _text(row["name"]) or _text(row["profile"])
        yield Conversation(key, "signal", _text(row["number"]) or key, name, kind, f"conversations {key}")


def _object(value: Any) -> dict[str, Any]:
    try:
        said = json.loads(_text(value) or "{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _signal_files(said: dict[str, Any]) -> Iterator[SharedFile]:
    listed = said.get("attachments")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            path = _text(one.get("path"))
            name = _text(one.get("fileName")) or path.rsplit("/", 1)[-1]
            yield SharedFile(path, name, _text(one.get("contentType")), _size(one.get("size")))
