"""A conversation is counted message by message; what is left at the end holds no text.

Bounded: parties, files, days and hits beyond the limits are counted and not listed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from kaval.engine.formats.device._chat import (
    UNKNOWN,
    ChatMessage,
    ChatOwner,
    ChatRecord,
    ChatSession,
    Conversation,
    SharedFile,
)
from kaval.engine.rules.examination.terms import TermHit, Terms
from kaval.lab.shapes import Artefact

MOST_PARTIES, MOST_FILES, MOST_DAYS = 2000, 20_000, 4000
MOST_CONVERSATIONS = 200_000


@dataclass(slots=True)
class _Party:
    name: str
    messages: int = 0
    characters: int = 0
    files: int = 0
    first_at: str | None = None
    last_at: str | None = None


@dataclass(slots=True)
class _Counted:
    """A conversation so far."""

    messages: int = 0
    service: int = 0
    forwarded: int = 0
    precision_s: int = 1
    files_beyond: int = 0
    messages_beyond: int = 0
    times: list[str | None] = field(default_factory=lambda: [None, None])
    parties: dict[str, _Party] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    hits: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    role_days: dict[str, set[str | None]] = field(default_factory=lambda: defaultdict(set))

    def add(self, message: ChatMessage, hits: tuple[TermHit, ...]) -> None:
        """Counts one message."""
        self.precision_s = max(self.precision_s, message.precision_s)
        _widen(self.times, message.at)
        if message.service:
            self.service += 1
            return
        self.messages += 1
        self.forwarded += message.forwarded
        self._party(message)
        for shared in message.files:
            self._file(message, shared)
        for hit in hits:
            self.hits[hit.list_name, hit.version, hit.role, hit.term_id] += hit.count
            days = self.role_days[hit.role]
            if len(days) < MOST_DAYS:
                days.add(message.at[:10] if message.at else None)

    def _party(self, message: ChatMessage) -> None:
        party = self.parties.get(message.sender)
        if party is None:
            if len(self.parties) >= MOST_PARTIES:
                self.messages_beyond += 1
                return
            party = self.parties[message.sender] = _Party(message.sender_name)
        party.messages += 1
        party.characters += message.length
        party.files += len(message.files)
        times = [party.first_at, party.last_at]
        _widen(times, message.at)
        party.first_at, party.last_at = times

    def _file(self, message: ChatMessage, shared: SharedFile) -> None:
        if len(self.files) >= MOST_FILES:
            self.files_beyond += 1
            return
        self.files.append(
            asdict(shared) | {"sender": message.sender, "at": message.at, "place": message.locator}
        )


def _widen(times: list[str | None], at: str | None) -> None:
    if at is not None:
        times[0] = at if times[0] is None or at < times[0] else times[0]
        times[1] = at if times[1] is None or at > times[1] else times[1]


class Chats:
    """The conversations of one export, counted as their messages come; `artefacts` gives what they came to."""

    def __init__(self, app: str, terms: Terms) -> None:
        self._app, self._terms = app, terms
        self._counted: dict[str, _Counted] = {}
        self._named: dict[str, Conversation] = {}
        self._others: list[ChatOwner | ChatSession] = []
        self.beyond = 0

    def take(self, record: ChatRecord) -> None:
        """Counts a record; the text of a message is asked about the terms here and not kept."""
        if isinstance(record, ChatMessage):
            counted = self._counted.get(record.conversation)
            if counted is None:
                if len(self._counted) >= MOST_CONVERSATIONS:
                    self.beyond += 1
                    return
                counted = self._counted[record.conversation] = _Counted()
            counted.add(record, () if record.service else self._terms.hits(record.text))
        elif isinstance(record, Conversation):
            self._named[record.conversation] = record
        else:
            self._others.append(record)

    def artefacts(self) -> Iterator[Artefact]:
        """Owner and sessions, then the conversations in the order of their keys."""
        for other in self._others:
            yield _account(other)
        for key in sorted(self._counted.keys() | self._named.keys()):
            yield self._conversation(key)

    def _conversation(self, key: str) -> Artefact:
        counted = self._counted.get(key, _Counted())
        named = self._named.get(key, Conversation(key, self._app, "", "", UNKNOWN, key))
        parties = sorted(counted.parties.items())
        facts = {
            "app": named.app,
            "conversation": named.identifier or key,
            "name": named.name,
            "chat_kind": named.kind,
            "messages": counted.messages,
            "service_lines": counted.service,
            "forwarded": counted.forwarded,
            "first_at": counted.times[0],
            "last_at": counted.times[1],
            "parties": [{"party": party, **asdict(one)} for party, one in parties],
            "messages_of_parties_not_listed": counted.messages_beyond,
            "files": counted.files,
            "files_not_listed": counted.files_beyond,
            "hits": [
                {"list": one[0], "version": one[1], "role": one[2], "term_id": one[3], "count": count}
                for one, count in sorted(counted.hits.items())
            ],
            "role_days": {
                role: sorted(days, key=lambda day: day or "")
                for role, days in sorted(counted.role_days.items())
            },
        }
        return Artefact("chat.conversation", named.locator, counted.times[0], counted.precision_s, facts)


def _account(record: ChatOwner | ChatSession) -> Artefact:
    facts = {name: value for name, value in asdict(record).items() if name not in ("locator", "last_at")}
    if isinstance(record, ChatOwner):
        return Artefact("account", record.locator, None, None, facts)
    return Artefact("account.session", record.locator, record.last_at, 1.0, facts)
