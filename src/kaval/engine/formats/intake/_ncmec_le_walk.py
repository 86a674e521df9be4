"""One report of the law-enforcement JSON, walked key by key: what is typed becomes a record, all else stays text.

Every value has its JSON pointer as its place. A container of another type than is usual is read as far as it goes, with
a warning. Null and empty are kept apart from absent: their paths are in `null_values` and `empty_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from kaval.engine.formats._spec import FileRecord, ObservationRecord
from kaval.engine.formats._tree import scalar
from kaval.engine.formats.intake._ncmec_le import (
    HASH_KIND_ASSUMED,
    RESTRICTED_KEYS,
    about_child,
    class_tag,
    hash_of,
)
from kaval.engine.formats.intake._ncmec_le_harvest import (
    MENTIONED,
    RECIPIENT,
    REPORTED,
    REPORTER,
    VICTIM,
    Harvest,
    Side,
    address_of,
    truth,
)
from kaval.engine.formats.mining import mine

_PERSON_LISTS = {"reportedpersons": REPORTED, "intendedrecipients": RECIPIENT}
_NAME_PARTS = ("firstName", "middleName", "lastName")
_PEER = "peer2peerincident"


@dataclass(slots=True)
class Walk:
    """What has been gathered from one report; `base` is the pointer of the report in its file."""

    base: str
    harvest: Harvest = field(default_factory=Harvest)
    files: list[FileRecord] = field(default_factory=list)
    reported: int = 0
    nulls: list[str] = field(default_factory=list)
    empties: list[str] = field(default_factory=list)

    def keep(self, path: str, value: Any, *, side: Side, key: str = "") -> None:
        """Keeps a scalar under its path in the report."""
        text = scalar(value)
        if value is None:
            self.nulls.append(path)
        elif not text:
            self.empties.append(path)
        else:
            hidden = side.restricted or key.casefold() in RESTRICTED_KEYS or about_child(key)
            (self.harvest.restricted if hidden else self.harvest.fields)[path] = text

    def warn(self, path: str, code: str, text: str, *, mend: str = "") -> None:
        """A warning at a path in the report."""
        self.harvest.warn(self.at(path), code, text, mend=mend)

    def at(self, path: str) -> str:
        """The JSON pointer of a path."""
        return f"{self.base}/{path}" if path else self.base or "/"

    def missing(self) -> None:
        """Writes down which values were stated as null and which as an empty text."""
        for name, paths in (("null_values", self.nulls), ("empty_values", self.empties)):
            if paths:
                self.harvest.fields[name] = " ".join(paths)


def walk(found: Walk, report: dict[str, Any], *, platform: str) -> None:
    """Everything in a report."""
    _object(found, report, "", side=replace(MENTIONED, platform=platform))


def _join(path: str, key: str) -> str:
    escaped = key.replace("~", "~0").replace("/", "~1")
    return f"{path}/{escaped}" if path else escaped


def _object(found: Walk, value: dict[str, Any], path: str, *, side: Side) -> None:
    for key, inner in value.items():
        _entry(found, inner, _join(path, key), side=side, key=key)


def _entry(found: Walk, value: Any, path: str, *, side: Side, key: str) -> None:
    """One named value: by its name if that means something, else kept with all that lies in it."""
    name = key.casefold()
    if "victim" in name and isinstance(value, dict | list):
        side = replace(VICTIM, platform=side.platform)
    handler = _HANDLERS.get(name)
    if handler is not None and value is not None:
        handler(found, value, path, side=side)
    elif name in _PERSON_LISTS and value is not None:
        _people(found, value, path, side=replace(_PERSON_LISTS[name], platform=side.platform))
    else:
        if name == _PEER:
            side = replace(REPORTED, platform=side.platform)
        elif name == "reportingesp":
            side = replace(REPORTER, platform=side.platform)
        _any(found, value, path, side=side, key=key)


def _any(found: Walk, value: Any, path: str, *, side: Side, key: str) -> None:
    if isinstance(value, dict):
        hidden = side.restricted or key.casefold() in RESTRICTED_KEYS or about_child(key)
        _object(found, value, path, side=replace(side, restricted=hidden))
    elif isinstance(value, list):
        if not value:
            found.empties.append(path)
        for index, inner in enumerate(value):
            _any(found, inner, f"{path}/{index}", side=side, key=key)
    elif key == "espName":
        found.keep(path, value, side=replace(side, restricted=False))
    else:
        found.keep(path, value, side=side, key=key)


def _items(found: Walk, value: Any, path: str, *, key: str) -> Iterator[tuple[Any, str]]:
    """The entries of a container: `{"emails": {"emails": [...]}}`, or what came in its place with a warning."""
    if isinstance(value, dict):
        inner = next((name for name in value if name.casefold() == key.casefold()), None)
        if inner is not None:
            for other in value.keys() - {inner}:
                _any(found, value[other], _join(path, other), side=MENTIONED, key=other)
            yield from _items(found, value[inner], _join(path, inner), key=key)
            return
        found.warn(path, "container_type", f"{key} is one object where a list is usual: read as one entry")
        yield value, path
    elif isinstance(value, list):
        yield from ((item, f"{path}/{index}") for index, item in enumerate(value))
    elif value is None:
        found.nulls.append(path)
    else:
        found.warn(path, "container_type", f"{key} is a plain value where a list is usual: read as one entry")
        yield value, path


def _people(found: Walk, value: Any, path: str, *, side: Side) -> None:
    key = path.rpartition("/")[2]
    for person, where in _items(found, value, path, key=key):
        if not isinstance(person, dict):
            found.warn(where, "container_type", f"{key} holds something that is no person: kept as text")
            _any(found, person, where, side=side, key=key)
            continue
        found.reported += side.party == "reported" and bool(person)
        service = (
            scalar(person.get("espService")).strip() if isinstance(person.get("espService"), str) else ""
        )
        here = replace(side, platform=service) if service else side
        _name(found, person, where, side=here)
        _object(found, person, where, side=here)


def _name(found: Walk, person: dict[str, Any], path: str, *, side: Side) -> None:
    """A person's name is a weak identifier; a victim's is only kept restricted."""
    parts = [scalar(person.get(key)).strip() for key in _NAME_PARTS if isinstance(person.get(key), str)]
    if side.party != "victim":
        found.harvest.name("name", " ".join(filter(None, parts)), side=side, at=found.at(path))


_Handler = Callable[..., None]


def _identifier(kind: str, *, scoped: bool = False) -> _Handler:
    """A handler for a value, `{"value": …}`, or a container of such: identifiers of a kind, the rest kept."""

    def handle(found: Walk, value: Any, path: str, *, side: Side) -> None:
        if isinstance(value, dict) and "value" in value:
            handle(found, value["value"], f"{path}/value", side=side)
            rest = {key: inner for key, inner in value.items() if key != "value"}
            _object(found, rest, path, side=side)
        elif isinstance(value, dict | list):
            for item, where in _items(found, value, path, key=path.rpartition("/")[2]):
                if isinstance(item, dict) and "value" not in item:
                    _object(found, item, where, side=side)
                else:
                    handle(found, item, where, side=side)
        elif value is None or scalar(value).strip() == "":
            found.keep(path, value, side=side)
        else:
            scope = side.platform if scoped else ""
            found.harvest.name(kind, scalar(value).strip(), side=side, at=found.at(path), scope=scope)

    return handle


def _captures(found: Walk, value: Any, path: str, *, side: Side) -> None:
    for capture, where in _items(found, value, path, key="sourceCaptures"):
        if not isinstance(capture, dict):
            found.warn(where, "container_type", "a capture that is no object: kept as text")
            _any(found, capture, where, side=side, key="value")
            continue
        kind = " ".join(scalar(capture.get("captureType")).split()).casefold()
        if kind in ("ip address", "ipaddress", "ip"):
            _address(found, capture, where, side=side)
        elif kind == "profile url" and isinstance(capture.get("value"), str):
            found.harvest.name(
                "profile_url", capture["value"].strip(), side=side, at=found.at(f"{where}/value")
            )
            _object(found, {k: v for k, v in capture.items() if k != "value"}, where, side=side)
        else:
            _object(found, capture, where, side=side)


_CAPTURE = ("captureType", "value", "dateTime", "eventName", "port")


def _address(found: Walk, capture: dict[str, Any], path: str, *, side: Side) -> None:
    """One address with its time, event and port; a capture that says it may be a proxy is not the user's own."""
    rest = {key: value for key, value in capture.items() if key not in _CAPTURE or value in (None, "")}
    _object(found, rest, path, side=side)
    raw = scalar(capture.get("value")).strip()
    address = address_of(raw)
    time = found.harvest.time(scalar(capture.get("dateTime")).strip(), found.at(f"{path}/dateTime"))
    port = found.harvest.port(scalar(capture.get("port")).strip(), found.at(f"{path}/port"))
    if address is None:
        text = f"{raw!r} is no IP address: no observation made of it"
        found.warn(f"{path}/value", "address_unreadable", text)
        found.keep(f"{path}/value", raw, side=side)
        return
    proxy = truth(scalar(capture.get("possibleProxy"))) is True
    role = "proxy" if side.role == "client" and proxy else side.role
    event = scalar(capture.get("eventName")).strip()
    found.harvest.observations.append(ObservationRecord(address, port, "", time, event, role, found.at(path)))


def _lone_address(found: Walk, value: Any, path: str, *, side: Side) -> None:
    """`ipAddress` of a person: an address without a time."""
    if isinstance(value, dict | list):
        _any(found, value, path, side=side, key="ipAddress")
    elif scalar(value).strip():
        _address(found, {"value": value}, path, side=side)
    else:
        found.keep(path, value, side=side)


def _free_text(found: Walk, value: Any, path: str, *, side: Side) -> None:
    """Running text: restricted, and mined for what it mentions; nothing is mined from what is said of a victim."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _free_text(found, inner, _join(path, key), side=side)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _free_text(found, inner, f"{path}/{index}", side=side)
    else:
        found.keep(path, value, side=replace(side, restricted=True))
        if isinstance(value, str) and side.party != "victim":
            mined = mine(scalar(value), locator=found.at(path))
            found.harvest.identifiers += mined.identifiers
            found.harvest.observations += mined.observations
            found.harvest.warnings += mined.warnings


def _uploaded(found: Walk, value: Any, path: str, *, side: Side) -> None:
    own = replace(REPORTED, platform=side.platform)
    for item, where in _items(found, value, path, key="uploadedFiles"):
        if not isinstance(item, dict):
            found.warn(where, "container_type", "an uploaded file that is no object: kept as text")
            _any(found, item, where, side=own, key="filename")
            continue
        tags = [class_tag(scalar(item.get("industryClassification")))]
        hashes = _hashes(found, item, where, tags=tags)
        viewed = _viewed(found, item, where)
        name = scalar(item.get("submittalId")).strip() or f"file {len(found.files) + 1}"
        found.files.append(FileRecord(name, hashes, viewed, tuple(filter(None, tags)), found.at(where)))
        _object(found, item, where, side=own)


def _viewed(found: Walk, item: dict[str, Any], path: str) -> bool | None:
    value = item.get("viewedByEsp")
    viewed = value if isinstance(value, bool) else truth(scalar(value))
    if viewed is None and scalar(value):
        text = (
            f"{scalar(value)!r} is neither true nor false: whether the provider viewed the file is not stated"
        )
        found.warn(f"{path}/viewedByEsp", "flag_unreadable", text)
    return viewed


def _hashes(found: Walk, item: dict[str, Any], path: str, *, tags: list[str]) -> tuple[tuple[str, str], ...]:
    text = scalar(item.get("verificationHash")).strip()
    if not text:
        return ()
    pair = hash_of(text)
    if pair is None:
        problem = f"{text!r} is no digest of a known length: kept as text, it matches nothing"
        found.warn(f"{path}/verificationHash", "hash_unreadable", problem)
        return ()
    tags.append(HASH_KIND_ASSUMED)
    return (pair,)


_HANDLERS: dict[str, _Handler] = {
    "emails": _identifier("email"),
    "emailaddress": _identifier("email"),
    "phones": _identifier("phone"),
    "phonenumber": _identifier("phone"),
    "screenname": _identifier("handle", scoped=True),
    "espuserid": _identifier("esp_account", scoped=True),
    "profileurl": _identifier("profile_url"),
    "groupidentifier": _identifier("group_code", scoped=True),
    "ipaddress": _lone_address,
    "sourcecaptures": _captures,
    "additionalinformations": _free_text,
    "additionalinformation": _free_text,
    "contents": _free_text,
    "uploadedfiles": _uploaded,
}
