"""What a file's columns may mean: proposed from their names and their values, with the evidence for each.

At most the first 5,000 rows are read (fewer when there are very many columns). Evidence names rows and counts; of the
values only times are shown, because two readings of a time can only be told by showing it. What the file does not
settle becomes a question; nothing is proposed against a row of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kaval.engine.formats import _table
from kaval.engine.formats._spec import ReadWarning, ReceivedFile
from kaval.engine.formats.profile._canonical import KINDS, SIBLINGS, Field
from kaval.engine.formats.profile._fit import fingerprint
from kaval.engine.formats.profile._look import STRICT, share, time_shape
from kaval.engine.formats.profile._model import Evidence, Layout, Profile
from kaval.engine.formats.profile._order import Finding, find, seen_in
from kaval.engine.formats.profile._suggestion import Question, Suggestion
from kaval.engine.kernel.errors import ReaderError

MAX_ROWS, MAX_CELLS = 5000, 1_000_000
_LOOKED_AT, _KEPT = 500, 200
_ENOUGH, _NEARLY, _RIVAL = 30, 0.8, 6
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_SIGNS = re.compile(r"[^\w]+|_+")
_TIME_WORDS = frozenset(
    ("date", "time", "of", "ist", "utc", "gmt", "hrs", "hours", "at", "on", "and", "datetime")
)
_STRONG = frozenset(("ip", "email", "guid"))

Rows = Sequence[tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One source column, or a date and a clock column taken together: keys of its name, values, kind of time."""

    names: tuple[str, ...]
    keys: tuple[str, ...]
    values: tuple[str, ...]
    time: str


def suggest(file: ReceivedFile, *, kind: str | None = None) -> Suggestion:
    """The profile proposed for a file (version 0, confirmed by nobody), the evidence, and the open questions.

    Raises:
        ReaderError: no table, no rows, or an unknown kind.
    """
    if kind is not None and kind not in KINDS:
        raise ReaderError(f"{kind!r} is not one of {', '.join(KINDS)}", file=file.name)
    layout = _table.sniff(file)
    if layout is None:
        raise ReaderError(
            "no table was found in this file",
            file=file.name,
            mend="Ask for CSV, XLSX, JSON or XML with a header",
        )
    header = _table.header_of(file, layout)
    trouble: list[ReadWarning] = []
    limit = min(MAX_ROWS, max(MAX_CELLS // max(len(header), 1), 50))
    rows = [
        (place, {name: text[:_KEPT] for name, text in row.items()})
        for place, row in islice(_table.rows(file, layout, trouble, checked=False), limit)
    ]
    columns = _columns(header, rows)
    ranked = sorted(
        ((_total(_assign(columns, fields)), name) for name, fields in KINDS.items()),
        key=lambda item: -item[0],
    )
    chosen = kind or ranked[0][1]
    found = _assign(columns, KINDS[chosen])
    draft = _Draft(chosen, found, columns=columns, rows=rows, layout=layout)
    suggestion = draft.suggestion(header, trouble)
    if kind is None and ranked[1][0] > 0.8 * ranked[0][0]:
        text = f"the columns fit {ranked[0][1]} and {ranked[1][1]}: which is it?"
        options = tuple(
            (name, "suggest again with --kind" if name != chosen else "as proposed") for _, name in ranked[:2]
        )
        return replace(suggestion, questions=(Question("kind", "", text, options), *suggestion.questions))
    return suggestion


def keys_of(name: str) -> tuple[str, ...]:
    """Plain forms of a column's name: the whole, and the last part of a nested one."""
    found: dict[str, None] = {}
    for part in (name, name.rsplit("/", 1)[-1]):
        plain = _SIGNS.sub(" ", _BRACKETS.sub(" ", _CAMEL.sub(" ", part))).casefold()
        found[" ".join(plain.split())] = None
        found[" ".join(_SIGNS.sub(" ", _BRACKETS.sub(" ", part)).casefold().split())] = None
    return tuple(key for key in found if key)


def _columns(header: Sequence[str], rows: Rows) -> list[Column]:
    singles = []
    for name in header:
        values = tuple(islice((row[name] for _, row in rows if row.get(name)), _LOOKED_AT))
        shapes = [time_shape(value) for value in values]
        time = max(set(shapes), key=lambda shape: (shapes.count(shape), shape)) if shapes else ""
        enough = bool(shapes) and shapes.count("") <= (1 - _NEARLY) * len(shapes)
        singles.append(Column((name,), keys_of(name), values, time if enough else ""))
    return [*singles, *_pairs(singles)]


def _pairs(singles: Sequence[Column]) -> list[Column]:
    """A date column and the clock column that belongs to it: by the rest of their names, else side by side."""
    days = [column for column in singles if column.time in ("day", "moment")]
    pairs, used = [], set()
    for at, clock in enumerate(singles):
        if clock.time != "clock":
            continue
        same = [day for day in days if _rest(day) == _rest(clock) and day.names not in used]
        beside = [day for day in singles[max(at - 1, 0) : at] if day.time == "day" and day.names not in used]
        for day in (same or beside)[:1]:
            used.add(day.names)
            rest = _rest(day) if same else ""
            keys = {
                *day.keys,
                *clock.keys,
                *(f"{rest} {end}".strip() for end in ("", "time", "date", "date time")),
            }
            pairs.append(Column((*day.names, *clock.names), tuple(sorted(keys - {""})), day.values, "moment"))
    return pairs


def _rest(column: Column) -> str:
    return " ".join(word for word in column.keys[0].split() if word not in _TIME_WORDS) if column.keys else ""


def score(column: Column, field: Field) -> float:
    """How well a column suits a field; 0 or less: not at all."""
    if field.shape == "time":
        if column.time in ("", "clock") and column.values:
            return 0
    elif len(column.names) > 1:
        return 0
    best = 0.0
    for at, name in enumerate(field.names):
        best = max(best, *(_by_name(key, name) - (2 if at else 0) for key in column.keys), 0.0)
    if field.shape == "time":
        bare = {" ".join(w for w in key.split() if w not in _TIME_WORDS) for key in column.keys} - {""}
        best = max([best, *(_by_name(key, name) - 5 for key in bare for name in field.names)])
        best += 4 if len(column.names) > 1 and best > 0 else 0
    if column.values and field.shape and field.shape != "time":
        part = share(column.values, field.shape)
        if field.shape in STRICT and part < 0.5:
            return 0
        if part >= _NEARLY:
            best = best + 15 if best > 0 else 31.0 if field.shape in _STRONG else 0
        if field.shape == "ip" and share(column.values, "inner_ip") >= _NEARLY:
            best -= 25
    return best


def _by_name(key: str, name: str) -> float:
    if key == name:
        return 100
    words, wanted = key.split(), name.split()
    if set(wanted) <= set(words):
        extra = len(words) - len(wanted)
        return (66 + 4 * len(wanted) if len(wanted) > 1 else 50) - 4 * extra
    return 0


@dataclass(frozen=True, slots=True)
class Match:
    """A field given to a column, with the score and the column that came close (None: none)."""

    field: Field
    column: Column
    score: float
    rival: Column | None = None


def _assign(columns: Sequence[Column], fields: Iterable[Field]) -> list[Match]:
    scored = [
        (value, -at, -rank, column, field)
        for at, column in enumerate(columns)
        for rank, field in enumerate(fields)
        if (value := score(column, field)) >= _ENOUGH
    ]
    scored.sort(key=lambda item: item[:3], reverse=True)
    taken: set[str] = set()
    found: dict[str, Match] = {}
    for value, _, _, column, field in scored:
        if field.name in found or taken & set(column.names):
            continue
        taken |= set(column.names)
        found[field.name] = Match(field, column, value)
    for value, _, _, column, field in scored:
        match = found.get(field.name)
        close = match is not None and match.score - value < _RIVAL and match.rival is None
        if match and close and not taken & set(column.names) and len(column.names) == len(match.column.names):
            found[field.name] = replace(match, rival=column)
    return list(found.values())


def _total(matches: Iterable[Match]) -> float:
    return sum(match.score for match in matches)


class _Draft:
    """Gathers the parts of a suggestion."""

    def __init__(
        self, kind: str, matches: list[Match], *, columns: Sequence[Column], rows: Rows, layout: Layout
    ) -> None:
        self._kind, self._layout, self._rows = kind, layout, rows
        self._matches = {match.field.name: match for match in matches}
        self._columns = columns
        self._evidence: dict[str, list[Evidence]] = {}
        self._questions: list[Question] = []

    def suggestion(self, header: tuple[str, ...], trouble: Sequence[ReadWarning]) -> Suggestion:
        """Everything in the order of the canonical fields."""
        self._layout_evidence(trouble)
        columns, times = {}, {}
        findings = self._findings()
        for field in KINDS[self._kind]:
            match = self._matches.get(field.name)
            if match is None:
                self._missing(field, header)
                continue
            self._evidence[field.name] = self._why(match)
            if match.rival is not None:
                self._rival(match)
            if field.shape == "time":
                finding = findings[field.name]
                times[field.name] = finding.rule
                self._evidence[field.name] += finding.evidence
                self._questions += finding.questions
            else:
                columns[field.name] = match.column.names[0]
        profile = Profile(
            name="", version=0, kind=self._kind, layout=self._layout, columns=columns, times=times,
            fingerprint=fingerprint(header, self._layout.kind),
        )  # fmt: skip
        evidence = {name: tuple(items) for name, items in self._evidence.items()}
        return Suggestion(profile, evidence, tuple(self._questions), header)

    def _layout_evidence(self, trouble: Sequence[ReadWarning]) -> None:
        layout = self._layout
        said = {
            "csv": f"text separated by {layout.delimiter!r}, header in row {layout.header_row}",
            "xlsx": f"sheet {layout.sheet or '(the first)'}, header in row {layout.header_row}",
            "json": f"the list at {layout.records or '/'}",
            "xml": f"the elements {layout.records}",
        }[layout.kind]
        if layout.encoding:
            said += f", encoding {layout.encoding}"
        items = [Evidence("layout", f"{said}; {len(self._rows)} rows looked at")]
        items += [Evidence(warning.code, warning.text, warning.place) for warning in trouble[:20]]
        if len(trouble) > 20:
            items.append(Evidence("warnings", f"{len(trouble) - 20} more warnings"))
        self._evidence["layout"] = items

    def _findings(self) -> dict[str, Finding]:
        findings = {
            name: find(name, match.column.names, seen_in(self._rows, match.column.names))
            for name, match in self._matches.items()
            if match.field.shape == "time"
        }
        for group in SIBLINGS:
            _settle([findings[name] for name in sorted(group & findings.keys())])
        return findings

    def _why(self, match: Match) -> list[Evidence]:
        named = " + ".join(match.column.names)
        items = []
        if match.score >= _ENOUGH and any(
            _by_name(key, name) for key in match.column.keys for name in match.field.names
        ):
            items.append(Evidence("header", f"{named!r} is a known name of {match.field.name}", "header"))
        if match.field.shape and match.column.values and match.field.shape != "time":
            count = round(share(match.column.values, match.field.shape) * len(match.column.values))
            text = f"{count} of {len(match.column.values)} values look like {match.field.shape}"
            items.append(Evidence("values", text))
        return items

    def _rival(self, match: Match) -> None:
        rival = match.rival.names if match.rival else ()
        if match.field.shape == "time":
            return
        text = f"{match.column.names[0]!r} and {rival[0]!r} both suit {match.field.name}: which holds it?"
        options = ((match.column.names[0], "as proposed"), (rival[0], "instead"))
        self._questions.append(Question("column", match.field.name, text, options))

    def _missing(self, field: Field, header: tuple[str, ...]) -> None:
        if field.need == "fixed":
            text = f"no column names the {field.name.replace('_', ' ')}: what is it for the whole file?"
            self._questions.append(Question("fixed", field.name, text))
        elif field.need == "column":
            used = {name for match in self._matches.values() for name in match.column.names}
            options = tuple((name, "") for name in header if name not in used)[:20]
            text = f"no column was recognised as {field.name.replace('_', ' ')}: which one holds it?"
            self._questions.append(
                Question("column", field.name, text, (*options, ("none", "the file has none")))
            )


def _settle(group: Sequence[Finding]) -> None:
    """One export writes its first and its last time alike: a proof in one settles the other, unless they differ.

    A time without any value is taken to be written as its sibling is.
    """
    filled = [item for item in group if item.filled]
    proven = {item.order for item in group for piece in item.evidence if piece.code == "proof"}
    broken = any(piece.code in ("contradiction", "mixed_dates") for item in group for piece in item.evidence)
    if len(proven) == 1 and not broken:
        witness = next(item for item in group for piece in item.evidence if piece.code == "proof")
        for item in filled:
            if item is not witness and item.asks("order"):
                item.order = witness.order
                item.questions = [question for question in item.questions if question.code != "order"]
                item.tell("sibling", f"{' + '.join(witness.columns)!r} of the same rows settles it")
    for item in group:
        if not item.filled and filled:
            like = filled[0]
            item.order, item.clock = like.order, like.clock
            item.zone_minutes, item.zone_source = like.zone_minutes, like.zone_source
            item.questions = [replace(question, about=item.about) for question in like.questions]
            item.tell(
                "no_value", f"no value to look at: taken to be written as {' + '.join(like.columns)!r} is"
            )
