"""Headings and labels of the PDF, as data: what each label means, and where it is at home.

Only `Filename`, `MD5`, `IP Address` and the section headings are seen in public parsers (formats.md 1.2); the others
are general knowledge of the layout and unverified. A wrong or missing label costs confidence, never a value: what no
label explains is kept as text and mined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTION = re.compile(r"section ([a-d])\b(?!.*(?:\.{3}|\s\d{1,4}$))", re.IGNORECASE)
NUMBER = re.compile(
    r"\bCyberTip(?:line)?\s*Report\s*(?:Number|No\.?|#)?\s*[:#]?\s*(\d{6,18})\b", re.IGNORECASE
)
FURNITURE = re.compile(r"(?:.{0,60}\b)?page \d+(?: of \d+)?|\d{1,4}", re.IGNORECASE)

# Heading (folded, without a number at its end) -> block of the report.
BLOCKS = {
    "executive summary": "summary",
    "reporting electronic service provider": "provider",
    "reporting electronic service provider (esp)": "provider",
    "submitter": "provider",
    "company information": "provider",
    "point of contact for law enforcement": "provider",
    "incident information": "incident",
    "incident details": "incident",
    "webpage/url information": "incident",
    "suspect": "reported",
    "suspect information": "reported",
    "reported person": "reported",
    "person or user reported": "reported",
    "user or person being reported": "reported",
    "intended recipient": "recipient",
    "recipient": "recipient",
    "victim": "victim",
    "child victim": "victim",
    "victim information": "victim",
    "uploaded file information": "file",
    "uploaded file": "file",
    "file information": "file",
    "additional information": "text",
    "additional information submitted by the reporting esp": "text",
    "geo-lookup": "located",
}
_ACCOUNTS = frozenset(("reported", "recipient", "victim"))
_CAPTURES = _ACCOUNTS | {"file"}
_ANYWHERE = frozenset(("cover", "summary", "incident", "provider"))


@dataclass(frozen=True, slots=True)
class Label:
    """What a label names, and the blocks it is expected in: elsewhere its value is read with less confidence."""

    what: str
    home: frozenset[str]


def _labels() -> dict[str, Label]:
    rows: tuple[tuple[str, frozenset[str], tuple[str, ...]], ...] = (
        ("received", _ANYWHERE, ("received by ncmec", "received by ncmec on", "date received", "received")),
        (
            "number",
            _ANYWHERE,
            ("report number", "cybertipline report number", "report id", "cybertip number"),
        ),
        ("handling", _ANYWHERE, ("report type", "report classification", "classification")),
        ("incident_type", _ANYWHERE, ("incident type",)),
        (
            "files_stated",
            _ANYWHERE | {"file"},
            ("number of files", "number of uploaded files", "total uploaded files"),
        ),
        ("esp", _ANYWHERE, ("submitter", "reporting esp", "esp name", "company", "esp")),
        ("incident_time", _ANYWHERE, ("incident time", "incident date/time", "incident date and time")),
        ("name", _ACCOUNTS, ("name", "full name", "suspect name", "recipient name", "victim name")),
        ("email", _ACCOUNTS, ("email address", "e-mail address", "email", "e-mail", "emails")),
        ("phone", _ACCOUNTS, ("phone", "phone number", "mobile phone", "telephone", "phones")),
        (
            "handle",
            _ACCOUNTS,
            ("screen/user name", "screen name", "user name", "username", "screen/user names"),
        ),
        ("account", _ACCOUNTS, ("esp user id", "user id", "account id", "esp identifier")),
        ("service", _ACCOUNTS, ("esp service", "service")),
        ("profile_url", _ACCOUNTS, ("profile url", "profile")),
        ("url", frozenset(("incident",)), ("url", "webpage/url", "page url")),
        ("ip", _CAPTURES, ("ip address", "ip", "source ip address")),
        ("port", _CAPTURES, ("port", "source port")),
        ("event", _CAPTURES, ("event", "event name")),
        ("time", _CAPTURES, ("date/time", "date and time", "event time", "upload time", "login time")),
        ("filename", frozenset(("file",)), ("filename", "file name")),
        ("original", frozenset(("file",)), ("original filename", "original file name")),
        ("submittal", frozenset(("file",)), ("submittal id", "file id")),
        ("md5", frozenset(("file",)), ("md5", "md5 hash")),
        ("sha1", frozenset(("file",)), ("sha1", "sha-1", "sha1 hash")),
        ("hash", frozenset(("file",)), ("verification hash", "hash", "original binary hash of file")),
        (
            "viewed",
            frozenset(("file",)),
            (
                "did reporting esp view entire contents of uploaded file",
                "did esp view entire contents of uploaded file",
                "viewed by esp",
                "file viewed by esp",
            ),
        ),
        ("class", frozenset(("file",)), ("industry classification", "image categorization by esp")),
    )
    return {label: Label(what, home) for what, home, labels in rows for label in labels}


LABELS = _labels()
# A label of ours at a line's start, or any words that end in a colon.
_KNOWN = re.compile(
    r"\s*("
    + "|".join(re.escape(label) for label in sorted(LABELS, key=len, reverse=True))
    + r")\s*[:?]\s*(.*)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(r"\s*([A-Za-z][\w /()'?.-]{1,70}?)\s*:(?:\s+(.*)|$)")
_ORDINAL = re.compile(r"\s*(?:#?\d{1,4}|\(\d{1,4}\))$")


def label_in(line: str) -> tuple[Label | None, str, str] | None:
    """The label's meaning (None: unknown), its words, and the value on the same line; None when there is no label."""
    match = _KNOWN.fullmatch(line)
    if match is not None:
        return LABELS[match[1].casefold()], match[1], match[2].strip()
    match = _UNKNOWN.fullmatch(line)
    if match is None or "//" in line[: match.end(1) + 3]:
        return None
    return None, match[1], (match[2] or "").strip()


def block_of(line: str) -> str:
    """The block a heading begins; empty when the line is no heading."""
    words = _ORDINAL.sub("", line.strip().rstrip(":").casefold())
    return BLOCKS.get(words, "")
