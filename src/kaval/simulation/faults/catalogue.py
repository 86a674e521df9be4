"""Every way an attribution is known to go wrong, one entry each, and the harmless twists that must not stop anything.

An entry is a function that breaks a clean subject in exactly one respect. Sources are sections of
law_and_procedure.md; `DESIGN` marks kinds that follow from a check and not from a published case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaval.simulation.faults.story import Sight, Story

if TYPE_CHECKING:
    from kaval.simulation.faults.scene import Scene

CLEAN = "clean"
CASES, FIXTURES, RULES = (
    "law_and_procedure.md 3.1",
    "law_and_procedure.md 3.4, fixtures",
    "law_and_procedure.md 3.4",
)
DUTIES, INDIA = "law_and_procedure.md 3.2", "law_and_procedure.md 3.1, India"
DESIGN = "design: the check's own rule, 3.4"
ANY, FIXED4, DYNAMIC = ("dynamic", "cgnat", "ipv6", "static"), ("dynamic", "static"), ("dynamic",)
CGNAT, IPV6, STATIC, MOBILE = ("cgnat",), ("ipv6",), ("static",), ("mobile",)
# A clean subject as often as twenty kinds together.
CLEAN_WEIGHT = 20.0

Make = Callable[["Scene", Story, list[Sight]], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind. `causes` are the checks that may be named as the cause (empty for a benign twist, which must pass).

    `access` are the kinds of line it happens on; `scope` is `one` observation of the subject, `all`, or `any` of
    the two by chance; `sights` how many observations a subject has; `bundle` how many subjects it takes to show at all.
    `door` False: no household may be entered at all, whatever line is named.
    """

    kind: str
    what: str
    source: str
    causes: tuple[str, ...]
    access: tuple[str, ...]
    scope: str
    sights: tuple[int, int]
    bundle: int
    door: bool
    make: Make

    @property
    def benign(self) -> bool:
        """True for a twist that must not stop a right attribution."""
        return not self.causes


CATALOGUE: dict[str, Fault] = {}


def fault(
    what: str,
    *causes: str,
    source: str,
    access: tuple[str, ...] = ANY,
    scope: str = "any",
    sights: tuple[int, int] = (3, 4),
    bundle: int = 1,
    door: bool = True,
) -> Callable[[Make], Make]:
    """Enters the function into the catalogue under its own name."""

    def enter(make: Make) -> Make:
        kind = make.__name__
        if kind in CATALOGUE:
            raise ValueError(f"two faults are called {kind}")
        CATALOGUE[kind] = Fault(kind, what, source, causes, access, scope, sights, bundle, door, make)
        return make

    return enter


def mix_of(text: str) -> dict[str, float]:
    """Weights by kind for `all`, `none`, a comma list of kinds, or `kind=weight` pairs; `clean` may be one of them.

    Raises:
        ValueError: a kind nobody knows, a weight that is no positive number, or nothing named.
    """
    if text.strip() == "none":
        return {CLEAN: 1.0}
    if text.strip() == "all":
        return {CLEAN: CLEAN_WEIGHT, **dict.fromkeys(CATALOGUE, 1.0)}
    mix: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        kind, equals, weight = part.partition("=")
        if kind != CLEAN and kind not in CATALOGUE:
            raise ValueError(f"{kind!r} is no kind of fault; `--faults list` prints them")
        mix[kind] = mix.get(kind, 0.0) + (_weight(kind, weight) if equals else 1.0)
    if not mix:
        raise ValueError("name at least one kind of fault, or `none`")
    return mix


def _weight(kind: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0 < weight < 1e6:
        raise ValueError(f"{kind}: {text!r} is no weight above 0")
    return weight
