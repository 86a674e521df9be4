"""What an exported chat holds, as its readers give it: messages of conversations, the account's owner and its sessions.

Texts are here so that a reviewer's term lists can be asked about them in memory; nothing outside the reading keeps
them. Source of the layouts: formats.md section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

PERSONAL, GROUP, CHANNEL, SAVED, BOT, UNKNOWN = "personal", "group", "channel", "saved", "bot", "unknown"


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file a message carries. `path` is relative to the export, empty: not exported. `size` in bytes, None: not said.

    `sha256` is lower-case hex, empty when the export does not state it.
    """

    path: str
    name: str
    mime: str
    size: int | None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message. `conversation` is the reader's own key of its conversation, told by a `Conversation` record.

    `sender` is the application's identifier, or the shown name where there is no other (WhatsApp text); empty: nobody
    (a line of the application itself, `service` True). `at` is ISO 8601: with `Z` when the export states UTC, without
    zone when it is the exporting device's clock, None when it cannot be told; `precision_s` its precision in seconds.
    `text` is empty for a file alone. `length` in characters. `outgoing` None: the export does not say.
    """

    conversation: str
    sender: str
    sender_name: str
    at: str | None
    precision_s: int
    text: str
    files: tuple[SharedFile, ...]
    service: bool
    outgoing: bool | None
    forwarded: bool
    locator: str

    @property
    def length(self) -> int:
        """Characters of the text."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation by the reader's key: the application's own identifier (may be empty), its shown name, its kind."""

    conversation: str
    app: str
    identifier: str
    name: str
    kind: str
    locator: str


@dataclass(frozen=True, slots=True)
class ChatOwner:
    """Whose export it is: the application's identifier, shown name, account name and number; empty: not stated."""

    app: str
    identifier: str
    name: str
    username: str
    phone: str
    locator: str


@dataclass(frozen=True, slots=True)
class ChatSession:
    """A place the account was used from, as the application knew it. `last_at` as `ChatMessage.at`."""

    app: str
    ip: str
    last_at: str | None
    application: str
    device: str
    country: str
    locator: str


ChatRecord = ChatMessage | Conversation | ChatOwner | ChatSession
