"""An e-mail message taken apart within bounds: headers as text, parts in order, HTML as text, nothing fetched.

The standard library's parser raises what it likes on damaged messages; every access to it goes through here and ends
in a value or a warning. Bounds: 200 parts, 12 deep, 2 MiB of body text, 500 headers. That parser's work grows with the
number of parts times their depth, so what is far beyond the bounds is cut off before it sees it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from itertools import islice
from typing import Any

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._text import decode
from kaval.engine.kernel.errors import ReaderError

MAX_PARTS = 200
MAX_DEPTH = 12
MAX_HEADERS = 500
MAX_BODY = 2 * 1024 * 1024
# Before the parser: lines that may part a message (a text may have some of its own), multiparts, lines of the headers.
_MOST_MARKS, _MOST_MULTIPARTS, _MOST_HEADER_LINES = 2000, MAX_PARTS, 5000
_MARK, _MULTIPART = re.compile(rb"\n--"), re.compile(rb"multipart/", re.IGNORECASE)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
# What the email package raises on damaged headers, encodings and structures.
BROKEN = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, MessageError)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u2028\u2029]+")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_MARKUP = re.compile(r"[A-Za-z/!?]")
_TAG_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9]*")
_BLOCKS = frozenset(
    ("p", "br", "div", "tr", "li", "ul", "ol", "table", "blockquote", "hr", "pre", "section", "article", "h1")
) | {"h2", "h3", "h4", "h5", "h6"}
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript", "svg", "object"))


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a message: its place (`part 1.2`), type, file name (empty: none), and whether it is body text."""

    place: str
    type: str
    name: str
    attached: bool
    message: Message


def message_of(file: ReceivedFile, warnings: list[ReadWarning]) -> Message:
    """The parsed message; its parts are untouched.

    Raises:
        ReaderError: nothing that could be a message, or nested beyond what the parser can take.
    """
    try:
        message: Message = BytesParser(policy=policy.compat32).parsebytes(_within(file.content, warnings))
    except BROKEN as problem:
        raise ReaderError(
            f"not an e-mail message ({type(problem).__name__})",
            file=file.name,
            mend="Ask for the message as a file again; the bytes received stay sealed",
        ) from problem
    if not message.keys():
        raise ReaderError(
            "no headers: not an e-mail message", file=file.name, mend="Save the message as .eml"
        )
    return message


def _within(content: bytes, warnings: list[ReadWarning]) -> bytes:
    """The message up to where it is far beyond the bounds."""
    block = _HEADERS_END.search(content)
    head = content[: block.start()] if block else content
    if head.count(b"\n") > _MOST_HEADER_LINES:
        lines = head.split(b"\n", _MOST_HEADER_LINES)
        content = b"\n".join(lines[:-1]) + content[len(head) :]
    ends = (_nth(_MARK, content, _MOST_MARKS), _nth(_MULTIPART, content, _MOST_MULTIPARTS))
    end = min((at for at in ends if at is not None), default=None)
    if end is None:
        return content
    text = f"more than {MAX_PARTS} parts: everything from byte {end} on was not read"
    mend = "Treat the message as made to do harm, and ask the sender for it without its history"
    warnings.append(ReadWarning(f"byte {end}", "too_many_parts", text, mend))
    return content[:end]


def _nth(form: re.Pattern[bytes], content: bytes, number: int) -> int | None:
    """Where what the form describes stands for the `number`th time."""
    found = next(islice(form.finditer(content), number, None), None)
    return found.start() if found else None


def headers_of(message: Message, warnings: list[ReadWarning]) -> list[tuple[str, str]]:
    """The headers with decoded values on one line each; what was wrong with one is a warning."""
    found: list[tuple[str, str]] = []
    for name, raw in message.raw_items():
        if len(found) >= MAX_HEADERS:
            text = f"more than {MAX_HEADERS} headers: the rest was not read"
            mend = "Read the rest in the sealed file; no honest message has so many"
            warnings.append(ReadWarning("headers", "too_many_headers", text, mend))
            break
        place = f"header {_one_line(str(name))}"
        plain = _FOLD.sub("", _utf8(str(raw)))
        try:
            value = str(make_header(decode_header(plain)))
        except BROKEN as problem:
            value = plain
            text = f"could not be decoded ({type(problem).__name__}): kept as it came"
            warnings.append(ReadWarning(place, "header_encoding", text))
        if any(ord(sign) in (0, 10, 13) for sign in value):
            text = "holds a line break or a NUL inside its value: read as a space, no header was made of it"
            warnings.append(ReadWarning(place, "header_control", text, "Treat the message as tampered with"))
        found.append((_one_line(str(name)), _one_line(value)))
    return found


def _utf8(raw: str) -> str:
    """A header's text when its bytes are UTF-8 as they stand, else the text as the parser left it."""
    try:
        return raw.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return raw


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8")).strip()


def parts_of(message: Message, warnings: list[ReadWarning]) -> Iterator[Part]:
    """The leaves in order; a message inside the message, and what is beyond the bounds, is a warning alone."""
    stack: list[tuple[Message, str, int]] = [(message, "part 1", 1)]
    count = 0
    while stack:
        part, place, depth = stack.pop()
        count += 1
        if count > MAX_PARTS or depth > MAX_DEPTH:
            text = f"more than {MAX_PARTS} parts or {MAX_DEPTH} levels: the rest was not read"
            warnings.append(
                ReadWarning(place, "too_many_parts", text, "Ask for the message without its history")
            )
            return
        for defect in part.defects:
            text = f"damaged message: {type(defect).__name__}"
            warnings.append(ReadWarning(place, "mail_defect", text, "Ask for the message as a file again"))
        kind = _guarded(part.get_content_type, "application/octet-stream")
        if kind.startswith("message/"):
            text = f"a message inside the message ({kind}): it stays closed in the sealed file"
            warnings.append(ReadWarning(place, "nested_message", text, "Send it as a file of its own"))
            continue
        # A list says what lies inside; the text of a leaf is asked for later, guarded.
        payload = part.get_payload() if part.is_multipart() else ""
        if isinstance(payload, list):
            inner = [item for item in payload if isinstance(item, Message)]
            stack += [(item, f"{place}.{i + 1}", depth + 1) for i, item in reversed(list(enumerate(inner)))]
            continue
        name = _one_line(_guarded(part.get_filename, "") or "").replace("\\", "/").rpartition("/")[2]
        disposition = _guarded(part.get_content_disposition, "") or ""
        attached = bool(name) or disposition == "attachment" or not kind.startswith(("text/", "multipart/"))
        yield Part(place, kind, name, attached, part)


def _guarded(ask: Any, otherwise: str) -> str:
    """What the package answers; `otherwise` when the header it needs is damaged."""
    try:
        answer = ask()
    except BROKEN:
        return otherwise
    return str(answer) if answer else otherwise


def bytes_of(part: Part) -> bytes:
    """The part's bytes with the transfer encoding undone; as they came when that cannot be."""
    try:
        content = part.message.get_payload(decode=True)
    except BROKEN:
        content = None
    if isinstance(content, bytes):
        return content
    # The package failed on one of these headers; without them it gives the text as it came.
    del part.message["content-transfer-encoding"]
    del part.message["content-type"]
    return _guarded(part.message.get_payload, "").encode("utf-8", "surrogateescape")


def text_of(part: Part, warnings: list[ReadWarning]) -> str:
    """The part's text in its stated encoding, else by its look, with a warning; at most 2 MiB of it."""
    content = bytes_of(part)
    if len(content) > MAX_BODY:
        text = f"longer than {MAX_BODY} bytes: the rest of the text was not read"
        warnings.append(ReadWarning(part.place, "text_cut", text, "Read the rest in the sealed file"))
        content = content[:MAX_BODY]
    charset = _guarded(part.message.get_content_charset, "")
    text = ""
    try:
        text = content.decode(charset or "utf-8").replace("\0", "\ufffd")
    except BROKEN:
        text = decode(content)[0]
        stated = (
            f"the stated encoding {_one_line(charset)!r} does not fit" if charset else "no encoding is stated"
        )
        warnings.append(ReadWarning(part.place, "encoding", f"{stated}: read as it looks", "Ask for UTF-8"))
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text_of_html(text) if part.type == "text/html" else text


def text_of_html(page: str) -> str:
    """The words of a page without tags, scripts and styles; nothing it points to is fetched. One pass."""
    found: list[str] = []
    at, silent = 0, ""
    while at < len(page):
        opened = page.find("<", at)
        if opened < 0:
            opened = len(page)
        if not silent:
            found.append(page[at:opened])
        if opened + 1 >= len(page) or not _MARKUP.match(page, opened + 1):
            if not silent:
                found.append(page[opened : opened + 1])
            at = opened + 1
            continue
        comment = page.startswith("<!--", opened)
        closed = page.find("-->" if comment else ">", opened)
        if closed < 0:
            # An unclosed tag hides the rest from a browser too; the rest is no text.
            break
        at = closed + (3 if comment else 1)
        match = _TAG_NAME.match(page, opened + 1)
        name = match[0].lower() if match else ""
        if silent:
            silent = "" if name == f"/{silent}" else silent
        elif name in _SILENT and page[closed - 1] != "/":
            silent = name
        elif name.removeprefix("/") in _BLOCKS:
            found.append("\n")
    return _unescaped("".join(found))


def _unescaped(text: str) -> str:
    try:
        text = html.unescape(text)
    except (ValueError, OverflowError):
        return text
    lines = (" ".join(line.split()) for line in text.replace("\0", "\ufffd").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().encode("utf-8", "replace").decode("utf-8")
