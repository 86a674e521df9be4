"""Why a subject stands where it stands, in sentences for a supervisor, in English and Malayalam.

Nothing is said that the score does not hold: every sentence about a reason gives its points, the table they come from
and the source of the weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import Table
from kaval.engine.rules.triage.assess import factor_named, without
from kaval.engine.rules.triage.clocks import Band, band_of, table_of


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence. `kind`: `raises`, `lowers`, `noted` (no points), `unknown`, `without` or `none`. `code`: the reason
    or factor it is about, or empty. `points` as in the score; 0 where the sentence gives none."""

    kind: str
    code: str
    text: str
    text_ml: str
    points: float = 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """The place in words, then the reasons, what is not known, and what would be without the heaviest reason."""

    headline: str
    headline_ml: str
    lines: tuple[Line, ...]

    def of_kind(self, *kinds: str) -> tuple[Line, ...]:
        """The sentences of some kinds, in their order."""
        return tuple(line for line in self.lines if line.kind in kinds)


def explain(
    score: Score,
    *,
    band: Band,
    rank: int | None = None,
    of: int | None = None,
    at: datetime | None = None,
    language_free: str = "",
    weights: Table | None = None,
) -> Explanation:
    """The explanation of a score.

    `rank` from 1 among `of` subjects; None: the place is not said. `at`: the instant of the assessment, whose weights
    are cited; None: the newest. `language_free` is a name that is the same in both languages, the subject's number.
    `weights` None: the table of the score's stage; give the changed table for a what-if.
    """
    table = weights or table_of(score)
    day = (
        require_aware(at).astimezone(IST).date()
        if at is not None
        else max(e.valid_from for e in table.entries)
    )
    lines = [_reason(reason, table=table, day=day) for reason in score.reasons]
    if not lines:
        lines.append(Line("none", "", _NONE[0], _NONE[1]))
    lines += _unknown(score)
    lines += _without(score, band=band, table=table, day=day)
    return Explanation(*_headline(score, band=band, place=(rank, of), name=language_free), tuple(lines))


_NONE = (
    "No report says anything that raises or lowers the priority.",
    "മുൻഗണന കൂട്ടുകയോ കുറയ്ക്കുകയോ ചെയ്യുന്ന ഒന്നും റിപ്പോർട്ടുകളിലില്ല.",
)


def points_text(points: float, *, signed: bool = False) -> str:
    """`35`, `+3.5`, `-25`, with at most two decimals.

    >>> points_text(35.0, signed=True), points_text(-4.25, signed=True), points_text(0.0, signed=True), points_text(7.5)
    ('+35', '-4.25', '0', '7.5')
    """
    rounded = round(points, 2) or 0.0
    return f"{rounded:{'+' if signed and rounded else ''}g}" if abs(rounded) < 1e6 else f"{rounded:.0f}"


def _headline(
    score: Score, *, band: Band, place: tuple[int | None, int | None], name: str
) -> tuple[str, str]:
    points = points_text(score.value)
    lead = f"{name}: " if name else ""
    english = f"to be taken up {band.text}, with {points} points."
    malayalam = f"{band.text_ml} പരിശോധിക്കണം; ആകെ {points} പോയിന്റ്."
    rank, of = place
    if rank is not None:
        among, among_ml = (f" of {of}", f"{of} പേരിൽ ") if of is not None else ("", "")
        english = f"place {rank}{among} in the queue; {english}"
        malayalam = f"വരിയിൽ {among_ml}{rank}-ആം സ്ഥാനം; {malayalam}"
    return lead + (english if lead else english[0].upper() + english[1:]), lead + malayalam


def _reason(reason: Reason, *, table: Table, day: date) -> Line:
    points = points_text(reason.weight, signed=True)
    source = next((e.source for e in table.entries if e.id == reason.code and e.holds_on(day)), "")
    cited = (
        f"weight table {table.version}, source: {source}" if source else f"rule with table {table.version}"
    )
    cited_ml = (
        f"മൂല്യപ്പട്ടിക {table.version}, ഉറവിടം: {source}"
        if source
        else f"മൂല്യപ്പട്ടിക {table.version} പ്രകാരമുള്ള ചട്ടം"
    )
    kind = "raises" if reason.weight > 0 else "lowers" if reason.weight < 0 else "noted"
    return Line(
        kind,
        reason.code,
        f"{points} {reason.text} ({cited})",
        f"{points} {reason.text_ml} ({cited_ml})",
        reason.weight,
    )


def _unknown(score: Score) -> Iterator[Line]:
    for code in score.missing:
        module = factor_named(code)
        asks, asks_ml = (module.ASKS, module.ASKS_ML) if module is not None else (code, code)
        lowers = module is not None and module.RANGE[1] <= 0
        yield Line(
            "unknown",
            code,
            f"Not known: {asks}. It counts neither way; the place may {'fall' if lowers else 'rise'} when it is known.",
            f"അറിയില്ല: {asks_ml}. ഇപ്പോൾ ഇത് കണക്കിലെടുത്തിട്ടില്ല; അറിയുമ്പോൾ സ്ഥാനം {'താഴാം' if lowers else 'ഉയരാം'}.",
        )


def _without(score: Score, *, band: Band, table: Table, day: date) -> Iterator[Line]:
    heaviest = next((reason for reason in score.reasons if reason.weight), None)
    if heaviest is None:
        return
    value = without(score, heaviest.code).value
    other = band_of(value, day=day, table=table)
    points = points_text(value)
    same, same_ml = ("still ", "അപ്പോഴും ") if other.code == band.code else ("", "")
    yield Line(
        "without",
        heaviest.code,
        f"Without its heaviest reason ({heaviest.text}) it would stand at {points} points, {same}to be taken up "
        f"{other.text}.",
        f"ഏറ്റവും പ്രധാന കാരണം ({heaviest.text_ml}) ഇല്ലായിരുന്നെങ്കിൽ {points} പോയിന്റ് ആകുമായിരുന്നു; {same_ml}{other.text_ml} "
        "പരിശോധിക്കണം.",
        value,
    )
