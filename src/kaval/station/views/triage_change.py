"""What if a weight were another: the last weeks put in order twice, side by side. Nothing is stored."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaval.engine.kernel.instant import IST
from kaval.engine.reference.load import Table, load
from kaval.engine.rules import triage
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations.triage_facts import facts_by_part
from kaval.station.queries import triage_change as queries
from kaval.station.queries.content import lists_held
from kaval.station.queries.people import station_time
from kaval.station.views.asked import choice_asked, text_asked
from kaval.station.views.frame import is_malayalam, words_of_request
from kaval.station.views.triage_words import band_words, words_here

DAYS: Final = (7, 30, 90, 365)
SHOWN: Final = 50
_COLUMNS: Final = (
    "subject", "place_before", "place_after", "band_before", "band_after", "points_before", "points_after", "reasons",
)  # fmt: skip
_MOST: Final = 1000.0
_PREFIX: Final = "w_"


@dataclass(frozen=True, slots=True)
class Weight:
    """A number of the table with what was asked instead; `problem`: what was asked is no number."""

    id: str
    text: str
    now: float
    asked: str
    is_band: bool
    problem: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What the change would do; `subjects` maps numbers to identifiers for links."""

    result: triage.WhatIf
    compared: queries.Compared
    subjects: Mapping[str, Any]
    outcomes: tuple[tuple[str, int, int, int], ...]

    @property
    def up(self) -> list[triage.Mover]:
        """Those that would move up, the farthest first."""
        rose = [each for each in self.result.movers if each.after.rank < each.before.rank]
        return sorted(rose, key=lambda each: each.after.rank - each.before.rank)

    @property
    def down(self) -> list[triage.Mover]:
        """Those that would move down, the farthest first."""
        fell = [each for each in self.result.movers if each.after.rank > each.before.rank]
        return sorted(fell, key=lambda each: each.before.rank - each.after.rank)

    @property
    def same(self) -> list[triage.Mover]:
        """Those that would keep their place and get another clock."""
        return [
            each for each in self.result.movers if each.after.rank == each.before.rank and each.band_changes
        ]


@require_safe
def what_if(request: OfficerRequest) -> HttpResponse:
    """The form of weights and, once one was changed, what would move."""
    now = station_time(timezone.now())
    table, days = load("triage_weights"), _days(request)
    weights = _weights(request, table, now)
    tried = _try(request, table, weights, now=now, days=days) if _changed(weights) else None
    context = {
        "t": words_here(),
        "part": "what-if",
        "version": table.version,
        "weights": [one for one in weights if not one.is_band],
        "limits": [one for one in weights if one.is_band],
        "days": days,
        "choices": DAYS,
        "tried": tried,
        "sides": _sides(tried, now) if tried else (),
        "bands": _bands(tried.result, now) if tried else (),
        "query": request.GET.urlencode(),
        "problem": any(one.problem for one in weights),
    }
    return render(request, "triage_what_if.html", context)


@require_safe
def what_if_csv(request: OfficerRequest) -> HttpResponse:
    """Every subject that would stand elsewhere, one per line (UTF-8, comma); no line when no weight is changed."""
    now, table = station_time(timezone.now()), load("triage_weights")
    weights = _weights(request, table, now)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="kaval-what-if.csv"'
    out = csv.writer(response)
    out.writerow(_COLUMNS)
    if _changed(weights):
        out.writerows(_lines(_try(request, table, weights, now=now, days=_days(request)).result))
    return response


def _lines(result: triage.WhatIf) -> Iterator[tuple[object, ...]]:
    """The lines of the file: those whose points change, then those that others would pass."""
    reasons = {mover.key: mover.reasons for mover in result.movers}
    for key in [*reasons, *result.passed]:
        before, after = result.before[key], result.after[key]
        because = "; ".join(f"{one.code} {one.before:g} to {one.after:g}" for one in reasons.get(key, ()))
        points = f"{before.value:g}", f"{after.value:g}"
        yield key, before.rank, after.rank, before.band, after.band, *points, because


def _try(request: OfficerRequest, table: Table, weights: list[Weight], *, now: datetime, days: int) -> Tried:
    compared = queries.subjects_of_time(request.officer, since=now - timedelta(days=days), until=now)
    rows = [
        (compared.numbers[one.subject], one.facts, one.received_at)
        for part in facts_by_part(lists_held(), list(compared.numbers))
        for one in part
    ]
    result = triage.what_if(rows, at=now, weights=triage.changed_weights(table, _changed(weights)))
    known = queries.outcomes_known(request.officer, list(compared.numbers))
    subjects = {number: pk for pk, number in compared.numbers.items()}
    return Tried(result, compared, subjects, _outcomes(result, known))


def _outcomes(result: triage.WhatIf, known: Mapping[str, str]) -> tuple[tuple[str, int, int, int], ...]:
    """For each outcome: how many would have moved up, down, and stayed."""
    say = words_of_request()
    counted: Counter[tuple[str, int]] = Counter()
    for number, code in known.items():
        if number in result.before:
            step = result.before[number].rank - result.after[number].rank
            counted[code, (step > 0) - (step < 0)] += 1
    codes = sorted({code for code, _ in counted})
    return tuple((say[code], counted[code, 1], counted[code, -1], counted[code, 0]) for code in codes)


def _sides(tried: Tried, now: datetime) -> list[tuple[str, int, list[tuple[Any, ...]]]]:
    """Movers up and down, each with its subject's identifier, its reasons and its two bands in words."""
    t = words_here()
    return [
        (
            t[name],
            len(movers),
            [
                (
                    one,
                    tried.subjects[one.key],
                    _because(one),
                    band_words(one.before.band, now),
                    band_words(one.after.band, now),
                )
                for one in movers[:SHOWN]
            ],
        )
        for name, movers in (("wi_up", tried.up), ("wi_down", tried.down), ("wi_same_place", tried.same))
    ]


def _because(mover: triage.Mover) -> str:
    """The reasons that moved a subject, each with its points before and after."""
    said = [
        f"{(one.text_ml if is_malayalam() else '') or one.text} ({one.before:g} → {one.after:g})"
        for one in mover.reasons
    ]
    return "; ".join(said)


def _bands(result: triage.WhatIf, now: datetime) -> list[tuple[str, int, int, int]]:
    """Each band with how many stand in it before and after, and the difference."""
    after = dict(result.bands_after)
    return [
        (band_words(code, now), number, after[code], after[code] - number)
        for code, number in result.bands_before
    ]


def _weights(request: HttpRequest, table: Table, now: datetime) -> list[Weight]:
    day = now.astimezone(IST).date()
    words = _factor_words()
    found = []
    for entry in (one for one in table.entries if one.holds_on(day)):
        is_band = entry.id in triage.BAND_CODES
        asked = text_asked(request, f"{_PREFIX}{entry.id}")
        text = band_words(entry.id, now) if is_band else words.get(entry.id, entry.id)
        value = _number(asked)
        found.append(
            Weight(entry.id, text, float(entry.value), asked, is_band, bool(asked) and value is None)
        )
    return found


def _factor_words() -> dict[str, str]:
    """What each factor says, in the language of the request."""
    return {
        one.ID: (one.EXPLANATION_ML if is_malayalam() else one.EXPLANATION).strip(" :,")
        for one in triage.factors()
    }


def _changed(weights: list[Weight]) -> dict[str, float]:
    """The values that were asked for and differ."""
    asked = {one.id: _number(one.asked) for one in weights if one.asked}
    now = {one.id: one.now for one in weights}
    return {id: value for id, value in asked.items() if value is not None and value != now[id]}


def _number(text: str) -> float | None:
    """A plain decimal number within reach; None when there is none."""
    plain = text.replace("\N{MINUS SIGN}", "-")
    digits = plain.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        return None
    value = float(plain)
    return value if abs(value) <= _MOST else None


def _days(request: HttpRequest) -> int:
    return choice_asked(request, "days", choices=DAYS, default=30)
