"""A WhatsApp chat exported as text becomes messages, at the exporting phone's wall clock.

Tried: layouts as public tools describe them: `15.04.2016, 15:04 - Name:
text`, `2016-04-15, 3:04 PM - …`, `[15/04/16, 15:04:33] Name: text`. Not supported: exports whose header has the weekday
or no date. The layout depends on phone, system and language; whether day or month comes first is decided by the whole
file: one date that can only be read one way settles it, and so does the order of the messages, which never goes back by
more than a day. When neither does, the times are left out and a warning says so, because a swapped day and month is
worse than none. No zone is stated. The name of the conversation is the file's name.
Source: lucasrodes/whatstk, its description of headers; formats.md section 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kaval.engine.formats._spec import FormatSpec, Reading, ReadWarning, ReceivedFile, collect
from kaval.engine.formats.device._chat import UNKNOWN, ChatMessage, ChatRecord, Conversation, SharedFile
from kaval.engine.kernel.errors import ReaderError

SPEC = FormatSpec(name="whatsapp_text", version="1", kind="device", title="WhatsApp chat exported as text")
APP = "whatsapp"

# The signs of text direction that the application writes, and the spaces it puts before AM and PM.
_SIGNS = "\u200e\u200f\u202a\u202c\ufeff"
_HEADER = re.compile(
    r"\[?(\d{1,4})([./-])(\d{1,2})\2(\d{1,4}),?[ \u202f\u00a0]"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[ \u202f\u00a0]?([AaPp])\.?[ \u00a0]?[Mm]\.?)?(?:\]| -) (.*)",
    re.ASCII | re.DOTALL,
)
_ATTACHED = re.compile(r"<attached: ([^<>]{1,255})>|^([^\s<>/\\][^<>/\\]{0,250}\.\w{2,5}) \([^()]{3,60}\)$")
_LONGEST = 1 << 20
_NAME = re.compile(r"(?:WhatsApp Chat (?:with|-) )?(.*?)(?:\.txt)?$", re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    """A message as it stands: number of its first line, the parts of its header, what follows the header."""

    number: int
    parts: tuple[str, ...]
    said: list[str]


def claims(file: ReceivedFile) -> bool:
    """True for a text whose first line that is not empty is the header of a message."""
    first = _clean(file.head(4096).decode("utf-8", "replace")).lstrip("\r\n").split("\n", 1)[0]
    return file.base_name.lower().endswith(".txt") and _HEADER.fullmatch(first.rstrip("\r")) is not None


def read(file: ReceivedFile) -> Reading[ChatRecord]:
    """The messages of a file that fits into memory, and its conversation.

    Raises:
        ReaderError: no message header, not UTF-8, or a message of more than a MiB of characters.
    """
    return collect(SPEC, stream(file))


def stream(file: ReceivedFile) -> Iterator[ChatRecord | ReadWarning]:
    """The messages in order, then the conversation. The file is read twice: first for the order of its dates.

    Raises:
        ReaderError: as `read`.
    """
    order = _order(file)
    met = False
    for line in _lines(file):
        met = True
        yield from _message(line, order)
    if not met:
        raise ReaderError("no line is the header of a message", file=file.name, place="line 1")
    if not order:
        yield ReadWarning(
            "",
            "date-order-unclear",
            "no date of this file tells whether the day or the month comes first; the times are left out",
            "Ask which phone and language made the export, or export a longer time",
        )
    found = _NAME.match(file.base_name)
    yield Conversation("chat", APP, "", found[1] if found and found[1] != "_chat" else "", UNKNOWN, "line 1")


def _clean(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, _SIGNS)))


def _lines(file: ReceivedFile) -> Iterator[_Line]:
    current: _Line | None = None
    with file.open() as stream:
        for number, raw in enumerate(stream, start=1):
            try:
                text = _clean(raw.decode("utf-8")).rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise ReaderError("not UTF-8", file=file.name, place=f"line {number}") from error
            found = _HEADER.fullmatch(text)
            if found is not None:
                if current is not None:
                    yield current
                current = _Line(number, found.groups(default="")[:-1], [found[9]])
            elif current is not None:
                current.said.append(text)
                if sum(map(len, current.said[-2:])) > _LONGEST or len(current.said) > _LONGEST:
                    raise ReaderError("a message without end", file=file.name, place=f"line {current.number}")
    if current is not None:
        yield current


def _order(file: ReceivedFile) -> str:
    """`ymd`, `dmy` or `mdy`; empty when nothing settles it, or two dates contradict each other."""
    last = dict.fromkeys(("ymd", "dmy", "mdy"), 0)
    goes_back: set[str] = set()
    for line in _lines(file):
        first, _, second, third = line.parts[:4]
        for name in tuple(last):
            day = _date(name, (first, second, third))
            if day is None:
                del last[name]
                continue
            number = date(*day).toordinal()
            if number < last[name] - 1:
                goes_back.add(name)
            last[name] = max(last[name], number)
    fits = last.keys() if len(last) == 1 else last.keys() - goes_back
    return next(iter(fits)) if len(fits) == 1 else ""


def _date(order: str, parts: tuple[str, str, str]) -> tuple[int, int, int] | None:
    """Year, month and day, None when they are no date in this order."""
    by = dict(zip(order, parts, strict=True))
    year = by["y"]
    if len(year) not in (2, 4) or (order == "ymd") != (len(parts[0]) == 4):
        return None
    day = int(year) + (2000 if len(year) == 2 else 0), int(by["m"]), int(by["d"])
    try:
        date(*day)
    except ValueError:
        return None
    return day


def _at(line: _Line, order: str) -> str | None:
    first, _, second, third, hour, minute, seconds, half = line.parts
    day = _date(order, (first, second, third)) if order else None
    hours = int(hour) % 12 + (12 if half in "Pp" else 0) if half else int(hour)
    if day is None or hours > 23 or int(minute) > 59 or int(seconds or 0) > 59:
        return None
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}T{hours:02}:{int(minute):02}:{int(seconds or 0):02}"


def _message(line: _Line, order: str) -> Iterator[ChatMessage | ReadWarning]:
    sender, colon, first = line.said[0].partition(": ")
    if not colon and line.said[0].endswith(":"):
        sender, colon = line.said[0][:-1], ":"
    place = f"line {line.number}"
    at = _at(line, order)
    if order and at is None:
        yield ReadWarning(place, "odd-time", "no time of day; this message is kept without a time")
    text = "\n".join([first, *line.said[1:]]) if colon else ""
    files = tuple(
        SharedFile(name, name, "", None)
        for found in _ATTACHED.finditer(text)
        for name in [found[1] or found[2]]
    )
    yield ChatMessage(
        conversation="chat",
        sender=sender if colon else "",
        sender_name=sender if colon else "",
        at=at,
        precision_s=1 if line.parts[6] else 60,
        text=text,
        files=files,
        service=not colon,
        outgoing=None,
        forwarded=False,
        locator=place,
    )
