"""What the unit's letter templates share: identifiers, addresses seen, files named, and running text.

    identifiers: [{"kind": "handle", "platform": "Example Chat", "value": "…", "party": "reported"}]
    addresses:   [{"ip": "…", "port": 50112, "transport": "tcp", "time": "2026-01-03T18:45:10Z", "event": "Login",
                   "role": "client"}]
    files:       [{"file_id": "…", "name": "…", "hashes": [{"kind": "sha1", "value": "…"}], "viewed": true,
                   "tags": ["…"]}]

A party not stated is `reported`, a role not stated `client`: the sender speaks of the user's own side. A file's name
is restricted. An unknown kind of identifier is kept and links nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaval.engine.formats._spec import FileRecord, IdentifierRecord, ObservationRecord
from kaval.engine.formats.intake._letter import Entry, plain
from kaval.engine.formats.intake._row import RowTrouble, address_of
from kaval.engine.formats.mining import Mined, mine
from kaval.engine.kernel.identifier import kinds, normalise

_PARTIES = frozenset(("reported", "recipient", "victim", "mentioned"))
_ROLES = frozenset(("client", "proxy", "relay", "mentioned"))
_SCOPED = frozenset(name for name, module in kinds().items() if module.SCOPED)
_IDENTIFIER = frozenset(("kind", "platform", "value", "party"))
_ADDRESS = frozenset(("ip", "port", "transport", "time", "event", "role"))
_FILE = frozenset(("file_id", "name", "hashes", "viewed", "tags"))


def identifiers(entry: Entry, key: str) -> Iterator[IdentifierRecord]:
    """The identifiers of a list; one without a value or of no known kind is a warning."""
    for item in entry.objects(key):
        kind, value = item.text("kind").strip().lower(), item.text("value").strip()
        item.keep_rest(_IDENTIFIER)
        if not value:
            item.warn("value", "no_value", "an identifier without a value: nothing taken from it")
            for name in sorted(_IDENTIFIER):
                item.keep(name)
            continue
        if kind not in kinds():
            item.warn(
                "kind", "kind_unknown", f"{kind!r} is no known kind of identifier: kept, it links nothing"
            )
        platform = item.text("platform").strip()
        scope = platform if kind in _SCOPED else ""
        if platform and not scope:
            item.keep("platform")
        party = party_of(item)
        if kind in kinds() and normalise(kind, f"{scope}:{value}" if scope else value) is None:
            item.warn(
                "value", "value_unreadable", f"this is no {kind} of a known form: kept, it links nothing"
            )
        yield IdentifierRecord(kind or "unknown", value, scope, party, item.pointer)


def party_of(item: Entry) -> str:
    """Whose an identifier is: `reported` unless the sender says otherwise."""
    return _one_of(item, "party", allowed=_PARTIES, default="reported")


def _one_of(item: Entry, key: str, *, allowed: frozenset[str], default: str) -> str:
    """A word of a short list; another one counts as `mentioned`, which proves nothing."""
    stated = item.text(key).strip().lower()
    if not stated:
        return default
    if stated in allowed:
        return stated
    item.keep(key)
    item.warn(key, f"{key}_unknown", f"{stated!r} is none of {', '.join(sorted(allowed))}: read as mentioned")
    return "mentioned"


def addresses(entry: Entry, key: str) -> Iterator[ObservationRecord]:
    """The addresses of a list with port and time; what is no address is a warning and kept as text."""
    for item in entry.objects(key):
        item.keep_rest(_ADDRESS)
        stated = item.text("ip").strip()
        address = address_of(stated, RowTrouble(item.at("ip"), item.warnings))
        if address is None:
            if not stated:
                item.warn("ip", "no_value", "an address entry without an address: no observation made of it")
            for name in sorted(_ADDRESS):
                item.keep(name)
            continue
        role = _one_of(item, "role", allowed=_ROLES, default="client")
        port, time = item.port("port"), item.time("time")
        transport, event = item.text("transport").strip().lower(), item.text("event")
        yield ObservationRecord(address, port, transport, time, event, role, item.pointer)


def files(entry: Entry, key: str) -> Iterator[FileRecord]:
    """The files of a list, never opened; their names are restricted."""
    for item in entry.objects(key):
        item.keep("name", restricted=True)
        item.keep_rest(_FILE, restricted=True)
        hashes = tuple(_hash(found) for found in item.objects("hashes"))
        tags = tuple(_tags(item))
        viewed = item.flag("viewed")
        yield FileRecord(item.text("file_id"), tuple(filter(all, hashes)), viewed, tags, item.pointer)


def _hash(item: Entry) -> tuple[str, str]:
    kind = item.text("kind").strip().lower().replace("-", "").replace("_", "")
    value = item.text("value").strip()
    item.keep_rest(frozenset(("kind", "value")))
    if not kind or not value:
        item.warn("", "no_value", "a hash without a kind or without a value: nothing taken from it")
        item.keep("kind")
        item.keep("value")
        return "", ""
    if f"file_{kind}" not in kinds():
        item.warn("kind", "kind_unknown", f"{kind!r} is no known kind of hash: kept as text")
        return kind, value.lower()
    normal = normalise(f"file_{kind}", value)
    if normal is None:
        item.warn(
            "value", "hash_unreadable", f"{value!r} is no {kind.upper()}: kept as text, it matches nothing"
        )
    return kind, normal or value


def _tags(item: Entry) -> Iterator[str]:
    listed: Any = item.value.get("tags", [])
    if isinstance(listed, list) and all(isinstance(tag, str) for tag in listed):
        yield from (plain(tag) for tag in listed if tag)
        return
    item.keep("tags", restricted=True)
    if listed is not None:
        item.warn("tags", "wrong_type", "no list of texts: kept, nothing taken from it")


def running_text(entry: Entry, key: str) -> Mined:
    """What a letter's text names; the text itself is restricted."""
    text = entry.text(key)
    if not text:
        return Mined((), ())
    entry.keep(key, restricted=True)
    found = mine(text, locator=entry.at(key))
    entry.warnings.extend(found.warnings)
    return found


def squeezed(text: str) -> str:
    """A name with single spaces, as a part of an identity."""
    return " ".join(text.split())
