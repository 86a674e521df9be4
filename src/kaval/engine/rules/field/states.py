"""The life of a site, from listed to closed, as a table: anything not in it is refused.

A site frozen into the plan leaves it only by `withdraw` or `defer` (numbered changes), by an outcome, or
not at all. A search that found nothing opens a re-audit of the attribution before the site closes (A-60).
"""

from __future__ import annotations

from kaval.engine.kernel.errors import RefusedError

FIRST_STATE = "listed"
OUTCOMES = ("crime_registered", "seizure_report", "nothing_found", "nobody_there", "wrong_place", "refused")
BEFORE_THE_DOOR = ("withdrawn", "deferred")
AUDITED = ("nothing_found", "wrong_place")  # outcomes that start the duty A-60

_TABLE: dict[tuple[str, str], str] = {
    ("listed", "plan"): "planned",
    ("planned", "approve"): "approved",
    ("planned", "unplan"): "listed",
    ("approved", "freeze"): "frozen",
    ("approved", "unplan"): "listed",
    ("frozen", "arrive"): "at_door",
    ("at_door", "start_search"): "searching",
    ("at_door", "nobody_there"): "nobody_there",
    ("at_door", "wrong_place"): "wrong_place",
    ("at_door", "refused"): "refused",
    ("searching", "wrong_place"): "wrong_place",
    ("searching", "crime_registered"): "crime_registered",
    ("searching", "seizure_report"): "seizure_report",
    ("searching", "nothing_found"): "nothing_found",
    ("seizure_report", "crime_registered"): "crime_registered",
    ("refused", "start_search"): "searching",
    ("crime_registered", "close"): "closed",
    ("seizure_report", "close"): "closed",
    ("nobody_there", "close"): "closed",
    ("refused", "close"): "closed",
    ("nothing_found", "start_audit"): "in_audit",
    ("wrong_place", "start_audit"): "in_audit",
    ("in_audit", "end_audit"): "closed",
    ("deferred", "plan"): "planned",
}
_LEAVE = {"withdraw": "withdrawn", "defer": "deferred"}
_BEFORE_ARRIVAL = ("listed", "planned", "approved", "frozen")

STATES = tuple(sorted({FIRST_STATE, *_TABLE.values(), *BEFORE_THE_DOOR}))
EVENTS = tuple(sorted({event for _, event in _TABLE} | set(_LEAVE)))


def allowed(state: str, event: str) -> bool:
    """True when the event may happen to a site in this state; unknown states and events never may."""
    return _next(state, event) is not None


def next_state(state: str, event: str) -> str:
    """The state after the event.

    Raises:
        RefusedError: the table does not allow it.
    """
    after = _next(state, event)
    if after is None:
        raise RefusedError("F-STATE", f"a site that is {state} cannot {event}")
    return after


def allowed_events(state: str) -> tuple[str, ...]:
    """Everything that may happen next, sorted; empty for a closed or withdrawn site."""
    return tuple(event for event in EVENTS if allowed(state, event))


def _next(state: str, event: str) -> str | None:
    if event in _LEAVE and state in _BEFORE_ARRIVAL:
        return _LEAVE[event]
    return _TABLE.get((state, event))
