"""How the reports about one subject follow each other: whether what they say becomes worse, or more frequent, and
whether it moves from an open place to a private one.

Only what is dated counts. Reports of one day have no order; their worst stands for the day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kaval.engine.rules.leads.shape import Lead
from kaval.engine.rules.triage.said import Sign, signs_in

HANDS_ON = frozenset(
    ("child_sexual_molestation", "child_sex_trafficking", "child_sex_tourism", "live_streaming")
)
IN_CONTACT = frozenset(
    (
        "online_enticement",
        "sextortion",
        "cseam_solicitation",
        "unsolicited_to_child",
        "sadistic_exploitation",
        "possible_self_production",
    )
)
_DAY = timedelta(days=1)
LEAST_REPORTS, LEAST_SPAN, TIMES_MORE, LEAST_MORE, MANY_NEW = 4, timedelta(days=14), 2, 2, 10


@dataclass(frozen=True, slots=True)
class Course:
    """`worse`: a later report says something graver than all at least a day before it; None: no two days to compare.
    `denser`: the later half of the time holds twice as many reports as the earlier, and two more; None: fewer than
    four dated reports or fewer than 14 days. `to_private`: first seen in an open place, later in a private one; None:
    no two dated reports that name the place. `more_new`: new files keep coming, ten or more in four reports or more,
    or the later half of the reports names half as many again as the earlier; None: fewer than four dated reports that
    name files, or nobody looked."""

    worse: bool | None = None
    denser: bool | None = None
    to_private: bool | None = None
    more_new: bool | None = None


NO_COURSE = Course()


def course_of(
    leads: Iterable[Lead],
    *,
    speaking: Iterable[Lead],
    new_in: Mapping[tuple[str, str], int] | None = None,
) -> Course:
    """The course of one subject's leads, whatever their order; `speaking` are those that can say how grave it is, and
    `new_in` says of reports how many files in them are new to the unit (None: nobody looked)."""
    found = list(leads)
    days: dict[tuple[str, str], datetime] = {}
    for lead in found:
        if (at := _when(lead)) is not None:
            key = (lead.source_system, lead.source_id)
            days[key] = min(days.get(key, at), at)
    if len(days) < 2:
        return NO_COURSE
    told = list(speaking)
    return Course(
        _worse(days, told),
        _denser(sorted(days.values())),
        _to_private(days, told),
        None if new_in is None else _more_new(days, told, new_in=new_in),
    )


def _when(lead: Lead) -> datetime | None:
    if lead.incident is not None and lead.incident.utc is not None:
        return lead.incident.utc
    return min((o.time.utc for o in lead.observations if o.role == "client" and o.time.utc), default=None)


def _grave(lead: Lead) -> int:
    signals = lead.signals
    if not HANDS_ON.isdisjoint(signals):
        return 2
    return 0 if IN_CONTACT.isdisjoint(signals) else 1


def _worse(days: dict[tuple[str, str], datetime], speaking: Iterable[Lead]) -> bool | None:
    graves: dict[tuple[str, str], int] = {}
    for lead in speaking:
        key = (lead.source_system, lead.source_id)
        if key in days:
            graves[key] = max(graves.get(key, 0), _grave(lead))
    dated = sorted((days[key], grave) for key, grave in graves.items())
    if len(dated) < 2 or dated[-1][0] - dated[0][0] < _DAY:
        return None
    at = [day for day, _ in dated]
    for day, grave in dated:
        before = dated[: bisect_left(at, day - _DAY + timedelta(microseconds=1))]
        if before and grave > max(earlier for _, earlier in before):
            return True
    return False


def _denser(at: list[datetime]) -> bool | None:
    span = at[-1] - at[0]
    if len(at) < LEAST_REPORTS or span < LEAST_SPAN:
        return None
    earlier = bisect_left(at, at[0] + span / 2)
    later = len(at) - earlier
    return later >= TIMES_MORE * earlier and later - earlier >= LEAST_MORE


def _more_new(
    days: dict[tuple[str, str], datetime],
    speaking: Iterable[Lead],
    *,
    new_in: Mapping[tuple[str, str], int],
) -> bool | None:
    keys = {(lead.source_system, lead.source_id) for lead in speaking} & days.keys() & new_in.keys()
    counts = [new_in[key] for key in sorted(keys, key=lambda key: (days[key], key))]
    if len(counts) < LEAST_REPORTS:
        return None
    if sum(counts) >= MANY_NEW and sum(map(bool, counts)) >= LEAST_REPORTS:
        return True
    half = len(counts) // 2
    earlier, later = sum(counts[:half]), sum(counts[-half:])
    return earlier > 0 and 2 * later >= 3 * earlier and later - earlier >= LEAST_MORE


def _to_private(days: dict[tuple[str, str], datetime], speaking: Iterable[Lead]) -> bool | None:
    places: list[tuple[datetime, bool]] = []
    for lead in speaking:
        day = days.get((lead.source_system, lead.source_id))
        signs = signs_in(lead) if day is not None else ()
        if day is not None and (Sign.OPEN in signs) != (Sign.PRIVATE in signs):
            places.append((day, Sign.PRIVATE in signs))
    if len(places) < 2:
        return None
    first_open = min((day for day, private in places if not private), default=None)
    last_private = max((day for day, private in places if private), default=None)
    return first_open is not None and last_private is not None and last_private - first_open >= _DAY
