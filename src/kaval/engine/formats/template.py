"""The outer form of a table a sender writes: its columns in order, and how it writes times; never what it says.

A sender who changes the form of its answers without saying so has opened wrong doors: dates with another separator, a
clock without AM and PM, a new column. So every answer has a fingerprint, and a person accepts each new one
(law_and_procedure.md A-32). The fingerprint is made of the kind of table, its delimiter, the column names in order, and
the patterns of its times; `9` stands for one or two digits, `9999` for a year. What a value says never changes it: a
column may be empty in one file and filled in the next, and a single damaged value is none of the form. `shape` says
more, for a person to compare: the form of every column, and whether a day above 12 shows what comes first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.profile._fit import fingerprint as header_form
from kaval.engine.formats.profile._look import is_ip
from kaval.engine.formats.profile._time import parts_of
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError

LOOK_ROWS = 200
# So many of a column's values must look alike before the column is said to be of that form.
_MOST, _SOME = 0.9, 0.1
_RUN = re.compile(r"[+-]\d{2}:?\d{2}$|\d+|[A-Za-z]+\.?|\s+")
_HALF = re.compile(r"[ap]\.?m\.?", re.I)
_MONTH = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.I)
_WEEKDAY = re.compile(r"mon|tue|wed|thu|fri|sat|sun", re.I)
_FIRST_TWO = re.compile(r"(\d{1,2})([-/.:])(\d{1,2})\2\d{4}|(\d{1,2})([-/.])(\d{1,2})\5\d{2}(?!\d)")
_FORMS = (
    ("number", re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)),
    ("hex", re.compile(r"(?:0x)?[0-9A-Fa-f]+", re.ASCII)),
    ("hardware address", re.compile(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}", re.ASCII)),
)


@dataclass(frozen=True, slots=True)
class Template:
    """The outer form of a file: `fingerprint` is a SHA-256 in hex, `shape` plain JSON values behind it.

    `shape` holds `kind` (csv, xlsx, json, xml, or empty for what is no table), `delimiter`, `header`, `times` (the
    patterns), `forms` by column (of columns with values), and `order` (`day_first`, `month_first`, `both` or empty
    when no day above 12 shows it). The last two are not part of the fingerprint.
    """

    fingerprint: str
    shape: Mapping[str, Any]


def template_of(file: ReceivedFile) -> Template:
    """The form of a file by its header and first 200 rows; a file that is no table has the form of none.

    Nothing is read beyond those rows. Two files of one form have one fingerprint whatever their values.
    """
    try:
        layout = _table.sniff(file)
        if layout is None:
            return _template("", "", (), columns={})
        header = _table.header_of(file, layout)
        rows = [row for _, row in islice(_table.rows(file, layout, [], checked=False), LOOK_ROWS)]
    except ReaderError:
        return _template("", "", (), columns={})
    columns = {name: [row[name] for row in rows if row.get(name)] for name in header}
    delimiter = layout.delimiter if layout.kind == "csv" else ""
    return _template(layout.kind, delimiter, header_form(header, layout.kind), columns=columns)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What differs between two shapes, as (code, values): `kind`, `delimiter`, `added`, `removed`, `moved`, `times`,
    `order`, `form`. Values are those before and after, or names of columns. Nothing: the same form."""
    for code in ("kind", "delimiter"):
        if before.get(code, "") != after.get(code, ""):
            yield code, (str(before.get(code, "")), str(after.get(code, "")))
    was, now = list(before.get("header", ())), list(after.get("header", ()))
    added, removed = [name for name in now if name not in was], [name for name in was if name not in now]
    if added:
        yield "added", tuple(added)
    if removed:
        yield "removed", tuple(removed)
    if not added and not removed and was != now:
        yield "moved", tuple(name for old, name in zip(was, now, strict=True) if old != name)
    if list(before.get("times", ())) != list(after.get("times", ())):
        yield "times", (", ".join(before.get("times", ())), ", ".join(after.get("times", ())))
    orders = (before.get("order", ""), after.get("order", ""))
    if all(orders) and orders[0] != orders[1]:
        yield "order", orders
    forms, new = before.get("forms", {}), after.get("forms", {})
    for name in now:
        if name in forms and name in new and forms[name] != new[name] and "time" not in forms[name]:
            yield "form", (name, forms[name], new[name])


def time_pattern(text: str) -> str:
    """`9/9/9999 9:9:9` for `03/01/2026 10:00:00`; empty when the text is no time, or digits alone."""
    if text.isdigit() or parts_of(text) is None:
        return ""
    return _RUN.sub(_run, text.strip())


def _template(
    kind: str, delimiter: str, header: Sequence[str], *, columns: Mapping[str, list[str]]
) -> Template:
    forms, patterns, dates = {}, set(), []
    for name, values in columns.items():
        found = _patterns(values)
        if found:
            patterns |= found
            dates += values
        if values:
            forms[" ".join(name.split()).casefold()] = (
                f"time {' or '.join(sorted(found))}" if found else _form(values)
            )
    outer = {"kind": kind, "delimiter": delimiter, "header": list(header), "times": sorted(patterns)}
    return Template(content_digest(outer), {**outer, "forms": forms, "order": _order(dates)})


def _patterns(values: list[str]) -> set[str]:
    """The patterns in which a column of times writes them; empty when it is none."""
    counts = Counter(map(time_pattern, values))
    if not values or counts[""] > len(values) * (1 - _MOST):
        return set()
    return {pattern for pattern, count in counts.items() if pattern and count >= len(values) * _SOME}


def _run(match: re.Match[str]) -> str:
    text = match.group()
    if text[0] in "+-" and len(text) > 4 and match.start() > 7:
        return "+9:9" if ":" in text else "+9999"
    if text[0] in "+-":
        return text[0] + _digits(text[1:])
    if text.isspace():
        return " "
    if text.isdigit():
        return _digits(text)
    if _HALF.fullmatch(text):
        return "AM"
    if _MONTH.match(text):
        return "Mon" if len(text.rstrip(".")) == 3 else "Month"
    return "Day" if _WEEKDAY.match(text) else text.upper()


def _digits(text: str) -> str:
    return "9" if len(text) <= 2 else "9" * len(text)


def _order(dates: list[str]) -> str:
    found = set()
    for text in dates:
        match = _FIRST_TWO.match(text)
        if match is not None:
            first, second = int(match[1] or match[4]), int(match[3] or match[6])
            found |= {"day_first"} if first > 12 else {"month_first"} if second > 12 else set()
    return "both" if len(found) > 1 else next(iter(found), "")


def _form(values: list[str]) -> str:
    """The form most values have: address, number, hex, hardware address, or text."""
    if sum(map(is_ip, values)) >= len(values) * _MOST:
        return "address"
    for name, form in _FORMS:
        if sum(1 for value in values if form.fullmatch(value)) >= len(values) * _MOST:
            return name
    return "text"
