"""Within how many days a subject is to be looked at, until when evidence can be had, and for how long data is kept.

Points where a band begins are in the table of the weights, days in `reference/triage_clocks.yaml`: both may be changed
by the unit, and neither stands in the code. Days are spans of 24 hours from a stated instant; months are calendar
months of the same day and hour, or the last day of a shorter month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from kaval.engine.kernel.instant import IST, require_aware
from kaval.engine.kernel.reason import Score
from kaval.engine.reference.load import Table, load
from kaval.engine.rules.cases.clocks import months_later
from kaval.engine.rules.triage.assess import STAGE_1, TABLES, weights_on

CLOCKS = "triage_clocks"


@dataclass(frozen=True, slots=True)
class Band:
    """Within how many days a subject is to be looked at; 0 is at once."""

    code: str
    days: int
    text: str
    text_ml: str


BAND_CODES = ("band_immediate", "band_1_day", "band_7_days", "band_14_days", "band_30_days")


@lru_cache(maxsize=64)
def bands_on(day: date) -> tuple[Band, ...]:
    """The bands of a day, the most urgent first, with the days of the table and their words."""
    table = load(CLOCKS)
    return tuple(_band(code, round(table.number(f"clock_{code}", day))) for code in BAND_CODES)


def _band(code: str, days: int) -> Band:
    if days < 1:
        return Band(code, 0, "at once", "ഉടൻ")
    if days == 1:
        return Band(code, 1, "within a day", "ഒരു ദിവസത്തിനകം")
    return Band(code, days, f"within {days} days", f"{days} ദിവസത്തിനകം")


def band(score: Score, *, at: datetime, weights: Table | None = None) -> Band:
    """The band a score falls into at an instant; the last one has no lower end.

    `weights` None: the table of the stage that made the score.
    """
    day = require_aware(at).astimezone(IST).date()
    return band_of(score.value, day=day, table=weights or table_of(score))


def band_of(value: float, *, day: date, table: Table) -> Band:
    """The band of a number of points by a table of weights."""
    begins = weights_on(table, day)
    *upper, last = bands_on(day)
    return next((each for each in upper if value >= begins[each.code]), last)


def table_of(score: Score) -> Table:
    """The table whose weights a score was made with, as it stands now: stage 1 or stage 2."""
    return load(TABLES.get(score.rule_version.partition("/")[0], TABLES[STAGE_1]))


def due_at(band_code: str, *, since: datetime) -> datetime | None:
    """When a band's clock runs out that began at `since`; None for no band. At once: `since` itself."""
    start = require_aware(since)
    found = next((b for b in bands_on(start.astimezone(IST).date()) if b.code == band_code), None)
    return None if found is None else start + timedelta(days=found.days)


def records_until(newest_observation_at: datetime | None, *, at: datetime) -> datetime | None:
    """Until when provider records of the newest address can be asked for, by the limits that hold at `at`: their
    retention less the time a request takes. None: no address has a usable time."""
    if newest_observation_at is None:
        return None
    limit, _ = request_limits(require_aware(at).astimezone(IST).date())
    return require_aware(newest_observation_at) + timedelta(days=limit)


@lru_cache(maxsize=64)
def request_limits(day: date) -> tuple[float, float]:
    """Days of age up to which records can be asked for, and from which the age is a warning (check A-20)."""
    limits = load("law_limits")
    limit = limits.number("isp_record_retention", day) - limits.number("isp_request_handling", day)
    return limit, limits.number("isp_expiry_warning", day)


@dataclass(frozen=True, slots=True)
class EvidenceAge:
    """How old the newest address is. `state`: `fresh` (recent enough for a search), `ageing` (too old for a search
    alone, records are there), `expiring`, `expired`. `days_left`: whole days in which records can be asked for."""

    days: int
    days_left: int
    state: str
    text: str
    text_ml: str


_STATES = {
    "fresh": ("recent", "അടുത്ത കാലത്തേത്"),
    "ageing": ("too old to search on alone", "ഇതു മാത്രം വച്ച് പരിശോധനയ്ക്ക് പോകാൻ കഴിയാത്തത്ര പഴയത്"),
    "expiring": ("provider records will soon be gone", "സേവനദാതാവിന്റെ രേഖകൾ ഉടൻ ഇല്ലാതാകും"),
    "expired": ("provider records can no longer be asked for", "സേവനദാതാവിന്റെ രേഖകൾ ഇനി ചോദിക്കാനാവില്ല"),
}


def evidence_age(newest_observation_at: datetime | None, *, at: datetime) -> EvidenceAge | None:
    """The age of the newest address at an instant; None when no address has a usable time. A time after `at` counts as
    now."""
    if newest_observation_at is None:
        return None
    day = require_aware(at).astimezone(IST).date()
    limit, warning = request_limits(day)
    age = max((at - require_aware(newest_observation_at)).total_seconds() / 86400, 0.0)
    state = "expired" if age >= limit else "expiring" if age >= warning else "ageing"
    if age <= load("law_limits").number("observation_age", day):
        state = "fresh"
    words, words_ml = _STATES[state]
    days = int(age)
    return EvidenceAge(
        days,
        max(int(limit - age), 0),
        state,
        f"newest address {days} days old: {words}",
        f"ഏറ്റവും പുതിയ വിലാസത്തിന് {days} ദിവസം പഴക്കം: {words_ml}",
    )


@dataclass(frozen=True, slots=True)
class Retention:
    """When data that led to nothing is looked at again and when it is sealed: taken out of search and linking and kept
    for audit only (law_and_procedure.md 1.10, 2.6)."""

    review_at: datetime
    seal_at: datetime
    text: str
    text_ml: str


def keep_until(last_act_at: datetime, *, open_matter: bool = False) -> Retention | None:
    """The retention clock of a subject whose leads never resolved or that was cleared, from the last act on it.

    None while an investigation is open or a court has it: then no clock runs. Months are in `triage_clocks`
    (law_and_procedure.md 2.6: review at 12, seal at 24; not settled by a jurist yet, 5.10).
    """
    if open_matter:
        return None
    start = require_aware(last_act_at)
    table, day = load(CLOCKS), start.astimezone(IST).date()
    review, seal = (
        months_later(start, round(table.number(id, day))) for id in ("retention_review", "retention_seal")
    )
    days = review.astimezone(IST).date().isoformat(), seal.astimezone(IST).date().isoformat()
    return Retention(
        review,
        seal,
        f"to be reviewed on {days[0]}, sealed on {days[1]} if nothing new comes",
        f"{days[0]}-ന് പുനഃപരിശോധിക്കണം; പുതിയതൊന്നും വന്നില്ലെങ്കിൽ {days[1]}-ന് മുദ്രവയ്ക്കണം",
    )
