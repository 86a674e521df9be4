"""A tip that came as an e-mail message (.eml): one lead, its sender the reporter, its attachments never opened.

Identity: `tip_email` and the Message-ID; without one the SHA-256 of the bytes, with a warning. The sender (From), every
other correspondent, the subject, the way the message took and the text are restricted: a tip may name a child and its
reporter. The time of the event is not stated: the Date header is when the message was written, kept in four fields.
Addresses in `Received` headers are of machines that passed the message on (role `relay`), X-Originating-IP is the
reporter's own (role `reporter`): none is a client of the reported person. What the text names is `mentioned`, from
free text. The text is the plain one; a message that has only HTML is read without its tags, and nothing it points to
is fetched. Attachments become EnclosedFile records with size and digests; a message inside the message only a warning.

Versions tried: messages built to RFC 5322 and 2045 to 2049 (plain, alternative, mixed; base64, quoted-printable,
8-bit; encoded words; folded headers), and damaged ones.
Not supported: mailboxes of several messages (mbox), Outlook .msg, encrypted or signed-only messages (S/MIME, PGP).
Sources: RFC 5322 (form of a message), RFC 2045 to 2049 (parts), RFC 2047 (encoded words); formats.md section 0.
"""

from __future__ import annotations

import re
from collections import Counter

from kaval.engine.formats._spec import (
    EnclosedFile,
    FormatSpec,
    IdentifierRecord,
    LeadRecord,
    ObservationRecord,
    Reading,
    ReadWarning,
    ReceivedFile,
)
from kaval.engine.formats._text import HEAD_BYTES, decode
from kaval.engine.formats.intake._letter import time_fields
from kaval.engine.formats.intake._mail import Part, bytes_of, headers_of, message_of, parts_of, text_of
from kaval.engine.formats.mining import Mined, mine, times_in
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.identifier import email
from kaval.engine.kernel.instant import NO_TIME, OffsetSource, StatedTime

SPEC = FormatSpec(name="tip_email", version="1", kind="intake", title="Tip by e-mail (.eml)")

_FIRST = re.compile(r"[!-9;-~]{1,76}:[ \t\r\n]")
_KNOWN = re.compile(
    r"^(from|date|message-id|received|subject|to|mime-version|return-path|content-type):", re.I | re.M
)
_OPEN_HEADERS = frozenset(("date", "message-id", "mime-version", "content-type", "content-transfer-encoding"))
_ONCE = ("from", "message-id", "date", "subject")
_MAX_ID = 250
Headers = list[tuple[str, str]]


def claims(file: ReceivedFile) -> bool:
    """True when the head is a block of mail headers: four known ones, or one under the name .eml."""
    if not file.head(16).lstrip(b"\xef\xbb\xbf\xff\xfe\0\r\n")[:1].isalpha():
        return False  # almost every file is asked here, and almost none is a message
    head = decode(file.head(HEAD_BYTES))[0].lstrip("\ufeff\r\n")
    block = re.split(r"\r?\n\r?\n", head, maxsplit=1)[0]
    if not _FIRST.match(block):
        return False
    found = {name.lower() for name in _KNOWN.findall(block)}
    return len(found) >= (1 if file.base_name.lower().endswith(".eml") else 4)


def read(file: ReceivedFile) -> Reading[LeadRecord | EnclosedFile]:
    """One lead, and one EnclosedFile for each attachment.

    Raises:
        ReaderError: no headers, or a structure that cannot be taken apart at all.
    """
    warnings: list[ReadWarning] = []
    message = message_of(file, warnings)
    headers = headers_of(message, warnings)
    for name, count in Counter(name.lower() for name, _ in headers).items():
        if count > 1 and name in _ONCE:
            text = f"stated {count} times: the first one counts, the others are kept"
            warnings.append(
                ReadWarning(f"header {name}", "header_twice", text, "Ask who really sent the message")
            )
    identity = _identity(file, headers, warnings)
    parts = list(parts_of(message, warnings))
    enclosed = tuple(_enclosed(part, identity) for part in parts if part.attached)
    lead = _lead(identity, headers, _bodies(parts, warnings), warnings=warnings, enclosed=len(enclosed))
    return Reading(SPEC, (lead, *enclosed), tuple(warnings))


def _first(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _identity(file: ReceivedFile, headers: Headers, warnings: list[ReadWarning]) -> str:
    stated = _first(headers, "message-id").strip().strip("<>").strip()
    if stated and len(stated) <= _MAX_ID:
        return stated
    text = (
        "no Message-ID that can be used: the digest of the bytes is the identity, so a second copy may differ"
    )
    warnings.append(
        ReadWarning("header Message-ID", "no_identity", text, "Ask for the message as the server has it")
    )
    return f"sha256:{digest_bytes(file.content).sha256}"


def _bodies(parts: list[Part], warnings: list[ReadWarning]) -> list[tuple[str, str]]:
    """Place and text of the parts people read: the plain ones, or the HTML ones where there is no plain text."""
    shown = [part for part in parts if not part.attached]
    plain = [part for part in shown if part.type != "text/html"] or shown
    texts = [(part.place, text_of(part, warnings)) for part in plain]
    return [(place, text) for place, text in texts if text.strip()]


def _enclosed(part: Part, identity: str) -> EnclosedFile:
    found = digest_bytes(bytes_of(part))
    name = part.name or f"{part.place} ({part.type})"
    return EnclosedFile(name, found.size, found.sha256, found.sha1, found.md5, identity, part.place)


def _lead(
    identity: str,
    headers: Headers,
    bodies: list[tuple[str, str]],
    *,
    warnings: list[ReadWarning],
    enclosed: int,
) -> LeadRecord:
    fields, restricted = _kept(headers)
    date = _date(_first(headers, "date"), "header Date", warnings)
    fields.update(time_fields("Date", date))
    fields["attachments"] = str(enclosed)
    mined = [_mined(place, text, warnings) for place, text in bodies]
    for place, text in bodies:
        restricted["text" if len(bodies) == 1 else f"text {place}"] = text
    return LeadRecord(
        source_system="tip_email",
        source_id=identity,
        kind="tip",
        title="Tip by e-mail" + (f" of {date.as_received}" if date.as_received else ""),
        incident=None,
        observations=(*_passed_on(headers), *(seen for found in mined for seen in found.observations)),
        identifiers=(*_sender(headers, warnings), *(one for found in mined for one in found.identifiers)),
        files=(),
        signals=(),
        fields=fields,
        restricted=restricted,
        locator="message",
    )


def _mined(place: str, text: str, warnings: list[ReadWarning]) -> Mined:
    found = mine(text, locator=place)
    warnings.extend(found.warnings)
    return found


def _kept(headers: Headers) -> tuple[dict[str, str], dict[str, str]]:
    """All headers as text: what tells of the reporter or the matter is restricted, and so is what is not known."""
    fields: dict[str, str] = {}
    restricted: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for name, value in headers:
        seen[name.lower()] += 1
        number = seen[name.lower()]
        key = f"header {name}" if number == 1 else f"header {name} {number}"
        if value:
            (fields if name.lower() in _OPEN_HEADERS else restricted)[key] = value
    return fields, restricted


def _date(text: str, place: str, warnings: list[ReadWarning]) -> StatedTime:
    found = times_in(text, 0, len(text))
    if len(found) == 1:
        if found[0].problem:
            warnings.append(ReadWarning(place, *found[0].problem))
        return found[0].time
    if text:
        warnings.append(
            ReadWarning(place, "time_unreadable", f"{text!r} gives no instant: the time is unknown")
        )
    return StatedTime(text, None, None, OffsetSource.NONE)


def _sender(headers: Headers, warnings: list[ReadWarning]) -> tuple[IdentifierRecord, ...]:
    stated = _first(headers, "from")
    address = stated.rpartition("<")[2].partition(">")[0] if "<" in stated else stated
    if email.is_valid(address):
        return (IdentifierRecord("email", address.strip(), "", "reporter", "header From"),)
    if stated:
        text = "holds no one e-mail address: the sender is kept as text"
        warnings.append(ReadWarning("header From", "sender_unreadable", text, "Ask who sent the message"))
    return ()


def _passed_on(headers: Headers) -> tuple[ObservationRecord, ...]:
    """Addresses of the machines on the way; each `Received` header dates all of its addresses."""
    found: list[ObservationRecord] = []
    numbers: Counter[str] = Counter()
    for name, value in headers:
        role = {"received": "relay", "x-originating-ip": "reporter"}.get(name.lower())
        if role is None:
            continue
        numbers[role] += 1
        stamp = value.rpartition(";")[2]
        times = times_in(stamp, 0, len(stamp)) if role == "relay" else []
        time = times[0].time if len(times) == 1 else NO_TIME
        place = f"header {name} {numbers[role]}"
        for seen in mine(value.rpartition(";")[0] or value, locator=place).observations:
            found.append(ObservationRecord(seen.ip, seen.port, "", time, name, role, seen.locator))
    return tuple(found)
