"""What may be on record after a search, for every check of that stage, so that it passes, fails and is left open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kaval.engine.kernel.reason import Verdict
from kaval.engine.rules.attribution.case import GROUNDS, AfterFacts, ErrorFacts
from tests.engine.attribution.scenes import AS_OF, ASKED

P, F, U = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
ENTERED = ErrorFacts("zone", 3, 1, ASKED, True, ASKED, ASKED)


def after(**changes: Any) -> AfterFacts:
    """Nothing is on record but what is given."""
    return AfterFacts(AS_OF, **changes)


def _wrong(**changes: Any) -> AfterFacts:
    """A confirmed error, entered and settled but for the changes."""
    return after(error_confirmed=True, error=replace(ENTERED, **changes))


AFTER_CASES: list[tuple[str, Callable[[], AfterFacts], Verdict]] = [
    ("A-60", lambda: after(), P),
    (
        "A-60",
        lambda: after(searched_at=ASKED, link_found=False, reaudit_started_at=ASKED + timedelta(hours=23)),
        P,
    ),
    (
        "A-60",
        lambda: after(searched_at=ASKED, link_found=False, reaudit_started_at=ASKED + timedelta(hours=25)),
        F,
    ),
    ("A-60", lambda: after(searched_at=ASKED, link_found=False), F),
    ("A-60", lambda: after(searched_at=AS_OF - timedelta(hours=3), link_found=False), U),
    ("A-60", lambda: after(searched_at=ASKED), U),
    ("A-61", lambda: after(error_confirmed=False), P),
    ("A-61", lambda: after(error_confirmed=True, sharing=frozenset("ab"), quarantined=frozenset("abc")), P),
    ("A-61", lambda: after(error_confirmed=True, sharing=frozenset("ab"), quarantined=frozenset("a")), F),
    ("A-61", lambda: after(error_confirmed=True), U),
    ("A-62", lambda: after(error_confirmed=False), P),
    ("A-62", lambda: after(error_confirmed=True, error=ENTERED), P),
    ("A-62", lambda: after(error_confirmed=True, error=replace(ENTERED, devices_returned_at=None)), F),
    ("A-62", lambda: after(error_confirmed=True), F),
    ("A-62", lambda: after(error_confirmed=True, error=replace(ENTERED, children_affected=None)), U),
    ("A-63", lambda: after(arrest=False), P),
    ("A-63", lambda: after(arrest=True, level=4, person_evidence=("account logged in",)), P),
    ("A-63", lambda: after(arrest=True, level=4, person_evidence=("Subscriber", " lives  there ")), F),
    ("A-63", lambda: after(arrest=True, level=3, person_evidence=("account logged in",)), F),
    ("A-63", lambda: after(arrest=True, level=4), U),
    ("A-64", lambda: after(grounds=frozenset(GROUNDS)), P),
    ("A-64", lambda: after(grounds=frozenset(GROUNDS) - {"sharing"}), F),
    ("A-64", lambda: after(), U),
    ("A-65", lambda: after(leaves_to="court", names=True, level=2), P),
    ("A-65", lambda: after(leaves_to="press", names=False, level=1), P),
    ("A-65", lambda: after(leaves_to="press", names=True, level=4), F),
    ("A-65", lambda: after(leaves_to="partner", names=True, level=2), F),
    ("A-65", lambda: after(leaves_to="partner", names=True), U),
    ("A-60", lambda: after(searched_at=ASKED, link_found=True), P),
    ("A-62", lambda: _wrong(devices_taken=False, devices_returned_at=None), P),
    ("A-62", lambda: _wrong(notice_given_at=None), F),
    ("A-62", lambda: _wrong(sealed_at=None), F),
    ("A-65", lambda: after(leaves_to="partner", names=True, level=3), P),
]
