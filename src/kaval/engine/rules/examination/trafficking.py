"""Indications of trafficking in conversations: reviewed rules over the roles of the unit's own term lists.

A rule says which roles must meet, within how many days, and in how many conversations of one owner. What comes out
asks a person to look, with what was met, with innocent explanations, and with the rule's source; it decides nothing.
Source of the rules: `engine/reference/trafficking_indications.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.reference.load import Entry, load

STRENGTHS = ("weak", "moderate", "strong")
_MOST_DAYS = 200


@dataclass(frozen=True, slots=True)
class RoleDays:
    """A conversation by its key: for each role the days on which its lists were hit, None a hit without a day."""

    conversation: str
    days: Mapping[str, frozenset[date | None]]


@dataclass(frozen=True, slots=True)
class Indication:
    """A rule that was met: where, how strongly, why in words, and what else would explain it."""

    rule: str
    version: str
    strength: str
    conversations: tuple[str, ...]
    because: str
    text_en: str
    text_ml: str
    innocent: tuple[str, ...]
    source: str
    checked_by: str


def indications(conversations: Sequence[RoleDays], *, on: date) -> tuple[Indication, ...]:
    """What the rules in force on a day find among the conversations of one owner, in the order of the rules.

    Raises:
        ConfigurationError: a rule of the table is not written as it must be.
    """
    rules = load("trafficking_indications")
    found = []
    for entry in rules.entries:
        if not entry.holds_on(on):
            continue
        rule = _rule(entry)
        met = [one for one in conversations if _meets(one, rule)]
        if len(met) >= max(1, rule.counterparts):
            found.append(_indication(entry, rule, [one.conversation for one in met], version=rules.version))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Rule:
    roles: tuple[str, ...]
    within_days: int | None
    counterparts: int
    strength: str


def _rule(entry: Entry) -> _Rule:
    said = entry.value
    try:
        rule = _Rule(tuple(said["roles"]), said["within_days"], int(said["counterparts"]), said["strength"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"trafficking_indications.yaml: {entry.id} is not written as a rule"
        ) from error
    if len(rule.roles) < 2 or rule.strength not in STRENGTHS:
        raise ConfigurationError(
            f"trafficking_indications.yaml: {entry.id} needs two roles and a known strength"
        )
    return rule


def _meets(one: RoleDays, rule: _Rule) -> bool:
    by_role = [one.days.get(role, frozenset()) for role in rule.roles]
    if not all(by_role):
        return False
    if rule.within_days is None:
        return True
    # A hit without a day cannot be said to be close to anything.
    known = [sorted(day for day in days if day is not None)[:_MOST_DAYS] for days in by_role]
    first, *others = known
    return any(_close(day, others, within=rule.within_days) for day in first)


def _close(day: date, others: Sequence[Sequence[date]], *, within: int) -> bool:
    """True when one day of each other role lies so that all together span no more than the days allowed."""
    near = [[other for other in days if abs((other - day).days) <= within] for days in others]
    return any((max(day, *some) - min(day, *some)).days <= within for some in product(*near))


def _indication(entry: Entry, rule: _Rule, met: list[str], *, version: str) -> Indication:
    near = "" if rule.within_days is None else f" within {rule.within_days} days"
    lists = " and ".join(rule.roles)
    return Indication(
        rule=entry.id,
        version=version,
        strength=rule.strength,
        conversations=tuple(met),
        because=f"lists with the roles {lists} were hit{near} in {len(met)} conversation(s)",
        text_en=str(entry.value["text_en"]),
        text_ml=str(entry.value["text_ml"]),
        innocent=tuple(entry.value["innocent"]),
        source=entry.source,
        checked_by=entry.checked_by,
    )
