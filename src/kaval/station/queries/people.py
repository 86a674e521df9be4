"""Who may sign in and who is signed in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from kaval.station.ids import derive
from kaval.station.models import Account, Act, Officer, Refusal, Unit
from kaval.station.roles import ROLES


@dataclass(frozen=True, slots=True)
class Person:
    """One of the training station's people, as the sign-in page names them."""

    id: uuid.UUID
    name: str
    name_ml: str
    rank: str
    role: str
    role_name: str
    district: str


def unit_here() -> Unit | None:
    """The unit this station belongs to, None before it is installed."""
    return Unit.objects.filter(pk=1).first()


def account_with_officer(account_id: int | None) -> Account | None:
    """The account with its officer and district in one query, None when it is gone or closed."""
    rows = Account.objects.select_related("officer__district", "officer__station")
    return rows.filter(pk=account_id or 0, is_active=True).first()


def training_account(officer_id: uuid.UUID) -> Account | None:
    """The account of an officer, on a training station only: elsewhere nobody signs in by choosing a name."""
    unit = unit_here()
    if unit is None or not unit.training:
        return None
    return Account.objects.select_related("officer").filter(officer_id=officer_id, is_active=True).first()


def training_people() -> tuple[Person, ...]:
    """One person for each role and all district chiefs, in the order of the roles page; empty on a real station."""
    unit = unit_here()
    if unit is None or not unit.training:
        return ()
    signed = Officer.objects.filter(account__is_active=True).select_related("district").order_by("number")
    named = list(signed.exclude(roles=["field_officer"]).exclude(roles=[])[:200])
    members = signed.filter(roles__contains=["field_officer"])
    member = members.filter(memberships__role="leader").first() or members.first()
    return _one_for_each_role([*named, member] if member else named)


def station_time(now: datetime) -> datetime:
    """The instant that ages are measured at: now, but on a training station the time of the last act.

    A training state lives in its own calendar; measured by the wall clock every contact would be months old.
    """
    unit = unit_here()
    if unit is None or not unit.training:
        return now
    last: datetime | None = Act.objects.aggregate(last=Max("at"))["last"]
    return last or now


def sign_in_mark(username: str) -> str:
    """What a refused sign-in is counted by: not the name as typed, since people type passwords into the wrong field."""
    return f"wrong name or password ({derive('sign-in', username)})"


def sign_ins_refused(username: str, *, since: datetime) -> tuple[Officer | None, int]:
    """Whose name this is (None: nobody's), and how often it was refused since; unknown names are counted too."""
    account = Account.objects.select_related("officer").filter(username=username).first()
    refused = Refusal.objects.filter(name="sign_in", at__gte=since, text=sign_in_mark(username))
    return (account.officer if account else None), refused.count()


def _one_for_each_role(officers: Sequence[Officer]) -> tuple[Person, ...]:
    people: list[Person] = []
    for role in ROLES:
        holders = [officer for officer in officers if role in officer.roles]
        for officer in holders if role == "district_chief" else holders[:1]:
            district = officer.district
            people.append(
                Person(
                    officer.pk,
                    officer.name,
                    officer.name_ml,
                    officer.rank,
                    role,
                    ROLES[role],
                    district.name if district else "",
                )
            )
    return tuple(people)
