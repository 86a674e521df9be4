"""Profiles and suggestions as JSON, and back: strictly, so that a misspelt key never becomes a silent default."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kaval.engine.formats.profile._canonical import KINDS, names_of, times_of
from kaval.engine.formats.profile._model import Clock, Evidence, Layout, Profile, TimeRule
from kaval.engine.formats.profile._suggestion import Question, Suggestion
from kaval.engine.formats.profile._time import ORDERS
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import iso_utc, parse_iso

LAYOUTS = ("csv", "xlsx", "json", "xml")
SOURCES = ("value", "header", "profile", "officer")
_MEND = "Make it again with: kaval profile suggest"


def to_json(profile: Profile) -> dict[str, Any]:
    """A profile as plain JSON values, the keys in a fixed order."""
    return {
        "kaval_profile": 1,
        "name": profile.name,
        "version": profile.version,
        "kind": profile.kind,
        "layout": dataclasses.asdict(profile.layout),
        "columns": dict(profile.columns),
        "times": {
            name: {**dataclasses.asdict(rule), "columns": list(rule.columns), "clock": rule.clock.value}
            for name, rule in profile.times.items()
        },
        "fixed": dict(profile.fixed),
        "fingerprint": list(profile.fingerprint),
        "confirmed_by": profile.confirmed_by,
        "confirmed_at": iso_utc(profile.confirmed_at) if profile.confirmed_at else None,
    }


def from_json(value: Any, *, file: str = "") -> Profile:
    """The profile of such a value.

    Raises:
        ReaderError: an unknown or missing key, a wrong type, an unknown canonical name; it names the key.
    """
    whole = _Value(value, "", file)
    _keys(whole, _PROFILE_KEYS)
    if whole.take("kaval_profile", int) != 1:
        raise whole.wrong("kaval_profile", "1 is the only form there is")
    kind = whole.choice("kind", tuple(KINDS))
    version = whole.take("version", int)
    if version < 0:
        raise whole.wrong("version", "0 or more")
    columns, fixed = whole.texts("columns"), whole.texts("fixed")
    times = whole.inner("times")
    rules = {name: _rule(times.inner(name), draft=version == 0) for name in times.names()}
    for key, names, known in (
        ("columns", columns, names_of(kind) - times_of(kind)),
        ("fixed", fixed, names_of(kind) - times_of(kind)),
        ("times", rules, times_of(kind)),
    ):
        for name in names:
            if name not in known:
                raise whole.wrong(f"{key}/{name}", f"no canonical field of {kind}")
    name = whole.take("name", str)
    if version and (not name or not whole.take("confirmed_by", str)):
        raise whole.wrong("name", "a confirmed profile has a name and the officer who confirmed it")
    return Profile(
        name=name,
        version=version,
        kind=kind,
        layout=_layout(whole.inner("layout")),
        columns=columns,
        times=rules,
        fixed=fixed,
        fingerprint=whole.list_of_texts("fingerprint"),
        confirmed_by=whole.take("confirmed_by", str),
        confirmed_at=_instant(whole),
    )


def suggestion_to_json(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion with its evidence and questions."""
    return {
        "kaval_suggestion": 1,
        "profile": to_json(suggestion.profile),
        "header": list(suggestion.header),
        "evidence": {
            name: [dataclasses.asdict(item) for item in items] for name, items in suggestion.evidence.items()
        },
        "questions": [
            {"code": q.code, "about": q.about, "text": q.text, "options": [list(pair) for pair in q.options]}
            for q in suggestion.questions
        ],
    }


def suggestion_from_json(value: Any, *, file: str = "") -> Suggestion:
    """The suggestion of such a value.

    Raises:
        ReaderError: as `from_json`.
    """
    whole = _Value(value, "", file)
    _keys(whole, ("kaval_suggestion", "profile", "header", "evidence", "questions"))
    evidence = whole.inner("evidence")
    return Suggestion(
        profile=from_json(whole.take("profile", dict), file=file),
        header=whole.list_of_texts("header"),
        evidence={name: tuple(map(_evidence, evidence.items(name))) for name in evidence.names()},
        questions=tuple(map(_question, whole.items("questions"))),
    )


_PROFILE_KEYS = (
    "kaval_profile", "name", "version", "kind", "layout", "columns", "times", "fixed", "fingerprint",
    "confirmed_by", "confirmed_at",
)  # fmt: skip


class _Value:
    """A JSON object with its place, that gives typed members or says which one is wrong."""

    def __init__(self, value: Any, place: str, file: str) -> None:
        self._place, self._file = place, file
        if not isinstance(value, dict):
            raise self.wrong("", "an object is expected")
        self._value: Mapping[str, Any] = value

    def wrong(self, key: str, text: str) -> ReaderError:
        place = f"{self._place}/{key}" if key else self._place or "/"
        # A key is JSON from outside, which may spell half of a letter.
        place = place.encode("utf-8", "backslashreplace").decode("utf-8")
        return ReaderError(f"profile: {text}", file=self._file, place=place, mend=_MEND)

    def names(self) -> tuple[str, ...]:
        return tuple(self._value)

    def take(self, key: str, kind: type) -> Any:
        value = self._value[key]
        # A truth value is an int in Python and no number here.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.wrong(key, f"{kind.__name__} is expected")
        return value

    def choice(self, key: str, among: tuple[str, ...]) -> str:
        value: str = self.take(key, str)
        if value not in among:
            raise self.wrong(key, f"{value!r} is not one of {', '.join(among)}")
        return value

    def inner(self, key: str) -> _Value:
        return _Value(self._value[key], f"{self._place}/{key}", self._file)

    def items(self, key: str) -> list[_Value]:
        found = self.take(key, list)
        return [_Value(item, f"{self._place}/{key}/{index}", self._file) for index, item in enumerate(found)]

    def texts(self, key: str) -> dict[str, str]:
        inner = self.inner(key)
        return {name: inner.take(name, str) for name in inner.names()}

    def list_of_texts(self, key: str) -> tuple[str, ...]:
        found = self.take(key, list)
        if not all(isinstance(item, str) for item in found):
            raise self.wrong(key, "a list of texts is expected")
        return tuple(found)

    def maybe(self, key: str, kind: type) -> Any:
        return None if self._value[key] is None else self.take(key, kind)


def _keys(value: _Value, wanted: tuple[str, ...]) -> None:
    for key in value.names():
        if key not in wanted:
            raise value.wrong(key, "unknown key")
    for key in wanted:
        if key not in value.names():
            raise value.wrong(key, "missing")


def _rule(value: _Value, *, draft: bool) -> TimeRule:
    _keys(value, ("columns", "order", "clock", "zone_minutes", "zone_source"))
    columns = value.list_of_texts("columns")
    if len(columns) not in (1, 2):
        raise value.wrong("columns", "one column, or the date's and the clock's")
    minutes = value.maybe("zone_minutes", int)
    if minutes is not None and abs(minutes) > 14 * 60:
        raise value.wrong("zone_minutes", "at most 14 hours")
    return TimeRule(
        columns=columns,
        order=value.choice("order", (*ORDERS, "") if draft else ORDERS),
        clock=Clock(value.choice("clock", ("24h", "12h"))),
        zone_minutes=minutes,
        zone_source=value.choice("zone_source", SOURCES),
    )


def _layout(value: _Value) -> Layout:
    _keys(value, tuple(part.name for part in dataclasses.fields(Layout)))
    layout = Layout(
        kind=value.choice("kind", LAYOUTS),
        delimiter=value.take("delimiter", str),
        encoding=value.take("encoding", str),
        sheet=value.take("sheet", str),
        header_row=value.take("header_row", int),
        records=value.take("records", str),
    )
    if len(layout.delimiter) != 1 or layout.delimiter in '"\r\n\0 ':
        raise value.wrong("delimiter", "one sign is expected")
    if not 1 <= layout.header_row <= 1_048_576:
        raise value.wrong("header_row", "a row number from 1 is expected")
    return layout


def _instant(whole: _Value) -> datetime | None:
    text = whole.maybe("confirmed_at", str)
    at = parse_iso(text).utc if text is not None else None
    if text is not None and at is None:
        raise whole.wrong("confirmed_at", "an instant with its offset is expected")
    return at


def _evidence(value: _Value) -> Evidence:
    _keys(value, ("code", "text", "place"))

    return Evidence(value.take("code", str), value.take("text", str), value.take("place", str))


def _question(value: _Value) -> Question:
    _keys(value, ("code", "about", "text", "options"))
    options = []
    for pair in value.take("options", list):
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise value.wrong("options", "pairs of texts are expected")
        options.append((pair[0], pair[1]))
    return Question(
        value.take("code", str), value.take("about", str), value.take("text", str), tuple(options)
    )
