"""The facts stage 2 weighs: about a person, once somebody knows who it is. Every one may be unknown, and unknown is
not no.

Four steps as published (peers.md 4.4): earlier behaviour, access to children, behaviour now, other things. How many
devices are in use is not asked: it tells how much there is to search, not whether a child is in danger. How many
homes is: each is a place where a child may be met.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kaval.engine.rules.leads.shape import Lead
from kaval.engine.rules.triage.said import Sign, said_by, yes


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known about a person; None: nobody knows.

    Earlier: `convicted` (an offence against a child, as far as the unit may hold that), `earlier_operations` (number).
    Access: `child_in_household` (children seen on ground verification), `works_with_children`, `child_among_contacts`
    (relatives, friends, neighbours), `school_metres` (to the nearest school), `lives_alone`, `homes` (connections of
    different homes at which the person was attributed).
    Now: `child_in_contact` (stage 1: a child is near), `may_produce`.
    Other: `violence_at_home`.
    """

    convicted: bool | None = None
    earlier_operations: int | None = None
    child_in_household: bool | None = None
    works_with_children: bool | None = None
    child_among_contacts: bool | None = None
    school_metres: float | None = None
    lives_alone: bool | None = None
    homes: int | None = None
    child_in_contact: bool | None = None
    may_produce: bool | None = None
    violence_at_home: bool | None = None

    @property
    def child_near(self) -> bool:
        """True when something is known that brings a child near."""
        return bool(
            self.child_in_household
            or self.works_with_children
            or self.child_among_contacts
            or self.child_in_contact
        )


def stated_of(leads: Iterable[Lead]) -> PersonFacts:
    """What reports state about the person in fields of their own (law-enforcement download, formats.md 1.2); all the
    rest is None. An occupation is kept for an officer to judge: no list of ours says which one is among children."""
    said = said_by(leads)
    return PersonFacts(
        convicted=yes(said.get(Sign.CONVICTED)),
        child_among_contacts=yes(said.get(Sign.CHILDREN)),
    )
