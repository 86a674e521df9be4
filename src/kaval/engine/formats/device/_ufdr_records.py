"""The records of a UFDR report from what was gathered of each: decoded models, conversations, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaval.engine.formats.device._chat import (
    CHANNEL,
    GROUP,
    PERSONAL,
    UNKNOWN,
    ChatMessage,
    Conversation,
    SharedFile,
)
from kaval.engine.formats.device._extraction import DecodedRecord, StatedFile, kept, secret, stated_time
from kaval.engine.formats.device._naming import named
from kaval.engine.formats.hashset._model import hex_digest

_MOST = 200  # of one field's values or models kept in one record; the rest are counted
_KINDS = {
    "ApplicationUsage": "app.used",
    "Call": "call",
    "CellTower": "location",
    "Contact": "contact",
    "DeviceConnectivity": "device.connected",
    "DeviceEvent": "device.event",
    "Email": "email",
    "FileDownload": "download",
    "FileUpload": "file.shared",
    "InstalledApplication": "install",
    "InstantMessage": "chat.message",
    "Location": "location",
    "MMS": "chat.message",
    "PoweringEvent": "device.event",
    "SMS": "chat.message",
    "SearchedItem": "browser.search",
    "SharedFile": "file.shared",
    "TransferOfFunds": "payment",
    "UserAccount": "account",
    "VisitedPage": "browser.visit",
    "WebBookmark": "browser.bookmark",
    "WirelessNetwork": "network",
}
_CHAT_KINDS = {"OneOnOne": PERSONAL, "Group": GROUP, "Broadcast": CHANNEL}
_TIMES = (
    "TimeStamp",
    "StartTime",
    "LastVisited",
    "StartDate",
    "PurchaseDate",
    "TimeCreated",
    "CreationTime",
    "Timestamp",
    "DateTime",
    "LastConnection",
    "EndTime",
)


class Model:
    """A decoded record being gathered: its attributes, its values by field, the field it stands in."""

    __slots__ = ("attributes", "field", "values", "within")

    def __init__(self, attributes: Mapping[str, str], within: str) -> None:
        self.attributes, self.within = dict(attributes), within
        self.field = ""
        self.values: dict[str, Any] = {}

    def put(self, name: str, value: Any) -> None:
        """Add to a field; a second value makes it a list."""
        if name not in self.values:
            if len(self.values) < _MOST:
                self.values[name] = value
            return
        there = self.values[name]
        if not isinstance(there, list):
            there = self.values[name] = [there]
        if len(there) < _MOST:
            there.append(value)
        else:
            self.values[f"{name}_more"] = self.values.get(f"{name}_more", 0) + 1


def conversation(model: Model) -> Conversation:
    """The conversation of a Chat model."""
    number = model.attributes.get("id", "")
    said = {name: str(model.values.get(name, "")) for name in ("Source", "Id", "Name", "ChatType")}
    kind = _CHAT_KINDS.get(said["ChatType"], UNKNOWN)
    return Conversation(number, said["Source"], said["Id"], said["Name"], kind, f"model {number}")


def chat_message(model: Model, chat: Model) -> ChatMessage:
    """A message of a conversation, its text included: `lab.phones` asks the term lists about it and keeps none."""
    values = model.values
    said = values.get("From")
    sender: Mapping[str, Any] = said if isinstance(said, dict) else {}
    at, precision = stated_time(str(values.get("TimeStamp", "")))
    owner = sender.get("IsPhoneOwner")
    return ChatMessage(
        conversation=chat.attributes.get("id", ""),
        sender=str(sender.get("Identifier") or sender.get("Name") or ""),
        sender_name=str(sender.get("Name", "")),
        at=at,
        precision_s=max(1, round(precision or 1)),
        text=str(values.get("Body", "")),
        files=tuple(_shared(one) for one in _several(values.get("Attachments")) if isinstance(one, dict)),
        service=values.get("Type") == "System",
        outgoing=None if owner is None else owner == "True",
        forwarded=False,
        locator=f"model {model.attributes.get('id', '')}",
    )


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _shared(one: Mapping[str, Any]) -> SharedFile:
    path = str(one.get("AttachmentExtractedPath", "")).replace("\\", "/")
    return SharedFile(path, str(one.get("Filename", "")), str(one.get("ContentType", "")), None)


def decoded(model: Model, kind: str) -> DecodedRecord:
    """A model that stands by itself; a time that is none we read stays among its facts."""
    ours = _KINDS.get(kind, "other")
    facts = facts_of(model.values, kind=ours)
    at, precision = None, None
    for name in _TIMES:
        said = model.values.get(name)
        if isinstance(said, str) and at is None:
            at, precision = stated_time(said)
            if at is not None:
                facts.pop(name, None)
    state = model.attributes.get("deleted_state", "")
    return DecodedRecord(
        ours,
        kind,
        at,
        precision,
        None if state in ("", "Unknown") else state != "Intact",
        named(ours, facts | _message(facts)),
        f"model {model.attributes.get('id', '')}",
    )


def _message(facts: Mapping[str, Any]) -> dict[str, str]:
    """Which way a message went, by its sender or its folder, and the file that it carried."""
    found: dict[str, str] = {}
    sender, folder = facts.get("From"), facts.get("Folder")
    if isinstance(sender, dict) and "IsPhoneOwner" in sender:
        found["direction"] = "sent" if sender["IsPhoneOwner"] == "True" else "received"
    elif isinstance(folder, str):
        found["direction"] = folder
    first = next(iter(_several(facts.get("Attachments"))), None)
    if isinstance(first, dict):
        found["target"] = str(first.get("AttachmentExtractedPath") or first.get("Filename") or "")
    return {name: value for name, value in found.items() if value}


def facts_of(values: Mapping[str, Any], *, kind: str = "") -> dict[str, Any]:
    """Values by field without secrets, and lengths in place of what people wrote.

    A pair of `Key` and `Value` whose key names a secret loses its value.
    """
    facts: dict[str, Any] = {}
    hidden = secret(str(values.get("Key", "")))
    for name, value in values.items():
        if hidden and name == "Value":
            continue
        if not isinstance(value, str):
            if not secret(name):
                facts[name] = value
            continue
        fact = kept(name, value, kind=kind)
        if fact is not None:
            facts[fact[0]] = fact[1]
    return facts


def stated(file: Mapping[str, Any]) -> StatedFile:
    """A tagged file by its attributes and items."""
    attributes = file["attributes"]
    size = attributes.get("size", "")
    digests = {
        name: hex_digest(str(file.get(name.upper(), "")), name) or "" for name in ("md5", "sha1", "sha256")
    }
    return StatedFile(
        path=attributes.get("path", ""),
        place=str(file.get("Local Path", "")).replace("\\", "/"),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 19 else None,
        deleted=attributes.get("deleted", "Intact") not in ("Intact", "Unknown", ""),
        md5=digests["md5"],
        sha1=digests["sha1"],
        sha256=digests["sha256"],
        modified=stated_time(str(file.get("ModifyTime", "")))[0],
        accessed=stated_time(str(file.get("AccessTime", "")))[0],
        created=stated_time(str(file.get("CreationTime", "")))[0],
        tags=tuple(tag.strip() for tag in str(file.get("Tags", "")).split(",") if tag.strip()),
        locator=f"file {attributes.get('id', '')}",
    )
