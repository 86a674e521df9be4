"""The life of a site on the day, as one table: a step that is not in it is refused.

A site's state as the board shows it: planned, en_route, at_door, entered, searching, done (an outcome is recorded), or
withdrawn or deferred by a numbered change before anybody stood at the door. Outcomes that name a place where
nothing was
found, or which was the wrong one, start a re-audit of the attribution (A-60).
"""

from __future__ import annotations

from kaval.engine.kernel.errors import RefusedError

FIRST_STATE = "planned"
STEPS = ("en_route", "at_door", "entered", "search_started", "search_ended", "left")
OUTCOMES = ("crime_registered", "seizure_report", "nothing_found", "nobody_there", "wrong_place", "refused")
BEFORE_THE_DOOR = ("withdrawn", "deferred")
AUDITED = ("nothing_found", "wrong_place")
CHANGEABLE = ("planned", "en_route")
SEARCHABLE = ("searching",)

_TABLE: dict[tuple[str, str], str] = {
    ("planned", "en_route"): "en_route",
    ("planned", "at_door"): "at_door",
    ("en_route", "at_door"): "at_door",
    ("at_door", "entered"): "entered",
    ("at_door", "left"): "at_door",
    ("entered", "search_started"): "searching",
    ("entered", "left"): "entered",
    ("searching", "search_ended"): "searching",
    ("searching", "left"): "searching",
}
STATES = tuple(sorted({FIRST_STATE, *_TABLE.values(), *BEFORE_THE_DOOR, "done"}))


def state_after(state: str, step: str) -> str:
    """The state of a site after a step.

    Raises:
        RefusedError: F-STEP, the step cannot follow.
    """
    after = _TABLE.get((state, step))
    if after is None:
        raise RefusedError(
            "F-STEP",
            f"a site that is {state.replace('_', ' ')} cannot have the step {step.replace('_', ' ')}",
        )
    return after


def allowed_steps(state: str) -> tuple[str, ...]:
    """Every step that may come next, in the order of a visit; empty once the site is done or was taken out."""
    return tuple(step for step in STEPS if (state, step) in _TABLE)
