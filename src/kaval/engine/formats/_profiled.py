"""Rows of a free layout under a confirmed profile: canonical fields by name, and every other column kept.

A column the profile names nowhere is kept under its own header. It is restricted (masked) when its header or its value
says that it may hold a file name, a display name, a link, running text, or anything about a child or a reporter; one
whose header has no Latin letter is restricted too, because nothing tells what it holds. Masking too much costs a
click, masking too little shows what must not be seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from kaval.engine.formats import _table
from kaval.engine.formats._by_row import by_row
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats._tree import NULL
from kaval.engine.formats.profile import Profile, fitting, time_of
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import NO_TIME, StatedTime

Record = TypeVar("Record")

_SENSITIVE = re.compile(
    r"file ?name|filename|\bfile\b|path|title|display|subject|message|text|content|body|caption|descri|"
    r"comment|note|remark|narrat|summary|statement|details|url|uri|link|victim|child|minor|"
    r"reporter|complain|informant|caller|infant|school|guardian|parent"
)
_LONG_TEXT = 200
_LATIN = re.compile(r"[A-Za-z]")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class ProfiledRow:
    """One row: its place, the texts as in the source, and where its warnings go; `used` are the columns mapped."""

    profile: Profile
    place: str
    source: Mapping[str, str]
    warnings: list[ReadWarning]
    used: frozenset[str]

    def warn(self, code: str, text: str, mend: str = "") -> None:
        """Adds a warning at this place."""
        self.warnings.append(ReadWarning(self.place, code, text, mend))

    def text(self, name: str) -> str:
        """The value of a canonical field: its column's, else the one fixed for the file; empty when neither is."""
        column = self.profile.columns.get(name)
        if column is None:
            return self.profile.fixed.get(name, "")
        return self.source.get(column, "").strip()

    def named(self) -> dict[str, str]:
        """Every canonical field the profile names or fixes, with its value."""
        return {name: self.text(name) for name in (*self.profile.fixed, *self.profile.columns)}

    def time(self, name: str) -> StatedTime:
        """The stated time of a canonical time; unknown without text when the profile has no rule for it."""
        rule = self.profile.times.get(name)
        if rule is None:
            return NO_TIME
        time, problem = time_of(self.source, rule)
        if problem:
            self.warn("time_unknown", f"{name}: {problem}", "Ask the sender how this time is written")
        return time

    def bags(self, typed: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Everything but the typed canonical fields as text, open and restricted; empty cells of a table left out.

        In JSON and XML empty and null are stated things: a column named nowhere is then kept as an empty text or as
        `null`. One that is called like a canonical field it is not is kept as `column <its name>`.
        """
        bags: tuple[dict[str, str], dict[str, str]] = {}, {}
        flat = self.profile.layout.kind in ("csv", "xlsx")
        for column, text in self.source.items():
            if column not in self.used and (text or not flat):
                name = f"column {column}" if column in typed or column in self.profile.columns else column
                bags[_is_hidden(column, text)][name] = "null" if text is NULL else text
        for name in (*self.profile.columns, *self.profile.fixed):
            text = self.text(name)
            if text and name not in typed:
                bags[_is_hidden(name, text)][name] = text
        return bags

    def identity(self, name: str) -> str:
        """The sender's own number of the row, else one derived from what the row says, with a warning.

        The same row sent again has the same one, a corrected row another.
        """
        number = self.text(name)
        if number:
            return number
        self.warn(
            "identity_derived",
            "the row has no number of its own: its identity comes from its content",
            "Ask the sender for the record's own number; a corrected row would count as another report",
        )
        said = {column: text for column, text in self.source.items() if text}
        return f"row-{content_digest(said)[:32]}"


def _is_hidden(name: str, text: str) -> bool:
    return is_sensitive(name) or "://" in text or len(text) > _LONG_TEXT


@lru_cache(maxsize=4096)
def is_sensitive(header: str) -> bool:
    """True when a header says, or does not deny, that its values must be masked.

    >>> is_sensitive("FileName"), is_sensitive("group_display_name"), is_sensitive("Region"), is_sensitive("വിവരം")
    (True, True, False, True)
    """
    words = " ".join(part for part in _WORDS.split(header) if part).lower()
    return _LATIN.search(header) is None or _SENSITIVE.search(words) is not None


def _used(profile: Profile) -> frozenset[str]:
    in_times = (column for rule in profile.times.values() for column in rule.columns)
    return frozenset((*profile.columns.values(), *in_times))


def is_profiled(file: ReceivedFile, kind: str) -> bool:
    """True when a confirmed profile of this kind fits the file's header."""
    if not any(profile.kind == kind for profile in file.profiles):
        return False
    profile = fitting(file)
    return profile is not None and profile.kind == kind


def profiled(
    file: ReceivedFile, kind: str, make: Callable[[ProfiledRow], Iterable[Record]]
) -> Iterator[Record | ReadWarning]:
    """What `make` makes of every row under the fitting profile, each after its warnings, in constant memory.

    Raises:
        ReaderError: no confirmed profile of this kind fits, or the file is broken as a whole.
    """
    profile = fitting(file)
    if profile is None or profile.kind != kind:
        raise ReaderError(
            f"no confirmed profile of kind {kind!r} fits this header",
            file=file.name,
            place="row 1",
            mend="Run `kaval profile suggest` on the file and let a person confirm what it proposes",
        )
    trouble: list[ReadWarning] = []
    rows = _table.rows(file, profile.layout, trouble)
    used = _used(profile)
    return by_row(rows, trouble, lambda row, place, own: make(ProfiledRow(profile, place, row, own, used)))
