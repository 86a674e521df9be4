"""The steps of a team at a site, in the only order that makes sense; anything not in the table is refused.

A site's state as the board shows it: planned, en_route, at_door, entered, searching, done (an outcome is recorded), or
withdrawn or deferred before anybody went there.
"""

from __future__ import annotations

from kaval.engine.kernel.errors import RefusedError

STEPS = ("en_route", "at_door", "entered", "search_started", "search_ended", "left")

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
SEARCHABLE = ("searching",)


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
