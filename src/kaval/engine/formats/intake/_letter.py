"""Letters in JSON of the unit's own templates: strict about types, exact about places, nothing dropped.

A letter is one object or a list of them; `"template": "<name>/<version>"` stands near its start and says whose it is.
A value of a wrong type becomes a warning that names its JSON pointer, and is kept as text. `missing`, `null` and `""`
stay apart: the fields `(null)` and `(empty)` list the pointers of what was stated so. A key that comes twice in one
object is a warning, and the last one counts, as JSON readers do.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._text import HEAD_BYTES, decode
from kaval.engine.formats.intake._row import RowTrouble, time_of
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import NO_TIME, StatedTime, iso_utc
from kaval.engine.kernel.port import port_of as port_in

MAX_DEPTH = 40
VERSION = 1
_START = re.compile(r"\s*(?:\[\s*)?\{")
_TEMPLATE = re.compile(r'(?<!\\)"template"\s{0,20}:\s{0,20}"([a-z_]{1,40})/([0-9]{1,3})"')
_MEND = "Ask for the letter again; the bytes received stay sealed"
_TAMPERED = "Treat the file as tampered with and ask the sender"
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_HALF = re.compile("[\0\ud800-\udfff]")
# What may name a child, show what a file is, or lead to material is shown only on need.
_HIDDEN = re.compile(
    r"(?:file_?name|original_?name|display_?name|group_?name|chat_?name|url|link|content|message|caption|description"
    r"|note|remark|victim|child|reporter|reason|text)",
    re.IGNORECASE,
)


def plain(value: Any) -> str:
    """Text as it is, anything else as JSON; signs no database stores (NUL, half pairs) are replaced."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def template_of(file: ReceivedFile) -> str:
    """The name of the template the head of a JSON letter states; empty when it states none."""
    head = decode(file.head(HEAD_BYTES))[0]
    match = _TEMPLATE.search(head) if _START.match(head) else None
    return match[1] if match else ""


def starts_as_json(file: ReceivedFile) -> bool:
    """True when the text starts as an object or a list of objects."""
    return _START.match(decode(file.head(HEAD_BYTES))[0]) is not None


def parsed(file: ReceivedFile, warnings: list[ReadWarning]) -> Any:
    """The object or the list that the file holds.

    Raises:
        ReaderError: not JSON, nested too deep, or neither an object nor a list.
    """
    text, found = decode(file.content)
    warnings.extend(found)
    try:
        value = json.loads(text, object_pairs_hook=_Pairs(warnings), parse_constant=_no_number)
    except RecursionError as problem:
        raise ReaderError(f"nested more than {MAX_DEPTH} deep", file=file.name, mend=_TAMPERED) from problem
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno} column {problem.colno}"
        raise ReaderError(f"not JSON ({problem.msg})", file=file.name, place=place, mend=_MEND) from problem
    except ValueError as problem:
        said = str(problem) if "digits" not in str(problem) else "a number of thousands of digits"
        raise ReaderError(f"not JSON ({said})", file=file.name, mend=_TAMPERED) from problem
    if _too_deep(value):
        raise ReaderError(f"nested more than {MAX_DEPTH} deep", file=file.name, mend=_TAMPERED)
    if _ESCAPED.search(text) and _unstorable(value):
        said = "a text spells NUL or half a letter, which are no text: another sign stands in their place"
        warnings.append(ReadWarning("/", "encoding", said, "Compare with the sealed file"))
    if not isinstance(value, dict | list):
        raise ReaderError("neither an object nor a list", file=file.name, place="/", mend=_MEND)
    return value


def _unstorable(value: Any) -> bool:
    return any(isinstance(text, str) and _HALF.search(text) for text in _leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            waiting += [*inner.keys(), *inner.values()]
        elif isinstance(inner, list):
            waiting += inner
        else:
            yield inner


@dataclass(frozen=True, slots=True)
class _Pairs:
    warnings: list[ReadWarning]

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            counted = Counter(key for key, _ in pairs)
            twice = ", ".join(sorted(plain(key) for key, count in counted.items() if count > 1))
            text = f"stated more than once in one object: {twice}; the last one counts"
            self.warnings.append(ReadWarning(f"key {twice}", "key_twice", text, "Ask which one is meant"))
        return value


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


@dataclass(slots=True)
class Kept:
    """Where the values of one letter go that become no typed record."""

    fields: dict[str, str] = field(default_factory=dict)
    restricted: dict[str, str] = field(default_factory=dict)
    null: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)

    def keep(self, path: str, value: Any, *, restricted: bool) -> None:
        """Keeps a value under its path; what is null or empty is only noted as such."""
        path = path.lstrip("/")
        if value is None:
            self.null.append(path)
        elif value == "":
            self.empty.append(path)
        else:
            (self.restricted if restricted else self.fields)[path] = plain(value)

    def close(self) -> None:
        """Writes down which values were null and which were empty."""
        for name, paths in (("(null)", self.null), ("(empty)", self.empty)):
            if paths:
                self.fields[name] = ", ".join(dict.fromkeys(paths))


@dataclass(frozen=True, slots=True)
class Entry:
    """An object of a letter at its JSON pointer; `top` is the pointer of the letter itself."""

    value: dict[str, Any]
    pointer: str
    top: str
    kept: Kept
    warnings: list[ReadWarning]

    def at(self, key: str) -> str:
        """The pointer of a key."""
        return f"{self.pointer}/{plain(key).replace('~', '~0').replace('/', '~1')}"

    def warn(self, key: str, code: str, text: str, *, mend: str = "") -> None:
        """Adds a warning at a key."""
        self.warnings.append(ReadWarning(self.at(key) if key else self.pointer or "/", code, text, mend))

    def keep(self, key: str, *, restricted: bool = False) -> None:
        """Keeps a key's value as text; restricted when asked, or when its name says so."""
        if key in self.value:
            path, value = self.at(key).removeprefix(self.top), self.value[key]
            said = f"{path} {plain(value)}" if isinstance(value, dict | list) else path
            hidden = restricted or _HIDDEN.search(said) is not None
            self.kept.keep(path, value, restricted=hidden)

    def text(self, key: str) -> str:
        """The text of a key; empty when it is missing, null or empty. A whole number counts as text."""
        value = self.value.get(key)
        if isinstance(value, str):
            if not value:
                self.keep(key)
            return plain(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return plain(value)
        if key in self.value:
            self.keep(key)
            if value is not None:
                self.warn(
                    key, "wrong_type", f"{_type(value)} where text is expected: kept, nothing taken from it"
                )
        return ""

    def words(self, *keys: str) -> list[str]:
        """The texts of several keys, which are kept as fields too."""
        found = []
        for key in keys:
            found.append(self.text(key))
            if found[-1]:
                self.keep(key)
        return found

    def flag(self, key: str) -> bool | None:
        """True, False, or None when it is missing, null, or something else (with a warning)."""
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            if key in self.value and value is None:
                self.keep(key)
            return value
        self.keep(key)
        self.warn(key, "wrong_type", f"{_type(value)} where true or false is expected: read as not stated")
        return None

    def port(self, key: str) -> int | None:
        """A port from 1 to 65535, as a number or as figures; None when not stated, or when it is none."""
        value = self.text(key)
        port = port_in(value)
        if port is None and value:
            self.keep(key)
            self.warn(key, "port_unreadable", f"{value!r} is no port: read as not stated")
        return port

    def time(self, key: str) -> StatedTime:
        """An ISO 8601 time with its offset; without one it is unknown, with a warning."""
        value = self.text(key)
        return time_of(value, RowTrouble(self.at(key), self.warnings), column=key) if value else NO_TIME

    def keep_time(self, key: str) -> StatedTime:
        """A time that is no time of the event: all its four columns are kept as fields."""
        stated = self.time(key)
        path = self.at(key).removeprefix(self.top).lstrip("/")
        self.kept.fields.update(time_fields(path, stated))
        return stated

    def objects(self, key: str) -> Iterator[Entry]:
        """The objects of a list; anything else in its place is a warning and is kept as text."""
        listed = self.value.get(key, [])
        if not isinstance(listed, list):
            self.keep(key)
            if listed is not None:
                self.warn(
                    key, "wrong_type", f"{_type(listed)} where a list is expected: nothing taken from it"
                )
            return
        for index, value in enumerate(listed):
            pointer = f"{self.at(key)}/{index}"
            if isinstance(value, dict):
                yield Entry(value, pointer, self.top, self.kept, self.warnings)
            else:
                hidden = _HIDDEN.search(f"{key} {plain(value)}") is not None
                self.kept.keep(pointer.removeprefix(self.top), value, restricted=hidden)
                text = f"{_type(value)} where an object is expected: nothing taken from it"
                self.warnings.append(ReadWarning(pointer, "wrong_type", text))

    def keep_rest(self, known: frozenset[str], *, restricted: bool = False) -> None:
        """Keeps every key that the template does not know."""
        for key in self.value:
            if key not in known:
                self.keep(key, restricted=restricted)


def time_fields(path: str, stated: StatedTime) -> dict[str, str]:
    """The four columns of a time as fields: as received, UTC, offset in minutes, where the offset came from."""
    if not stated.as_received:
        return {}
    found = {path: plain(stated.as_received), f"{path} offset from": stated.offset_source.value}
    if stated.utc is not None:
        found[f"{path} UTC"] = iso_utc(stated.utc)
    if stated.offset_minutes is not None:
        found[f"{path} offset minutes"] = str(stated.offset_minutes)
    return found


def entries(file: ReceivedFile, template: str, warnings: list[ReadWarning]) -> Iterator[Entry]:
    """The letters of a file in order; an entry that is no object or of another template is a warning.

    Raises:
        ReaderError: as in `parsed`.
    """
    value = parsed(file, warnings)
    listed = value if isinstance(value, list) else [value]
    for index, item in enumerate(listed):
        pointer = f"/{index}" if isinstance(value, list) else ""
        stated = item.get("template") if isinstance(item, dict) else None
        if isinstance(item, dict) and (stated is None or str(stated).startswith(f"{template}/")):
            if stated not in (None, f"{template}/{VERSION}"):
                text = f"{plain(stated)!r} is not version {VERSION}: read as far as its keys are known"
                warnings.append(ReadWarning(f"{pointer}/template", "template_version", text))
            yield Entry(item, pointer, pointer, Kept(), warnings)
            continue
        text = f"no object of the template {template}: this entry was not read"
        warnings.append(ReadWarning(pointer or "/", "not_this_template", text, "Send one template a file"))


def _type(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return "null" if value is None else names.get(type(value), "an object")
