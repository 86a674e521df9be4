"""What attributions share with each other: answer files, forms of answers, requests, people (A-61)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kaval.engine.kernel.instant import IST, iso_utc
from kaval.engine.reference.load import load
from kaval.engine.rules.attribution.aftermath import Basis, Held, quarantine
from kaval.station.models import AnswerFile, Attribution, GroundVerification, RequestRow, SecondReading

_ANSWERS: Final = frozenset({"answer", "subscriber"})


def bases(at: datetime) -> tuple[Basis, ...]:
    """What every attribution rests on that others may share (A-61).

    Files are the answers, templates their forms and the reading profiles, batches the requests, people the customer and
    (`error_rules`) the officers who read by hand or looked at the place; with `quarantine_by_act`, a batch is also what
    was attributed in one act.
    """
    by_act, by_officer = (_flag(name, at) for name in ("quarantine_by_act", "quarantine_by_officer"))
    rows = Attribution.objects.select_related("provider", "analyst").order_by("pk")
    shared = _Shared.loaded(by_officer=by_officer)
    return tuple(shared.basis(row, by_act=by_act) for row in rows.iterator(chunk_size=2000))


def held_with(attribution: uuid.UUID, at: datetime) -> tuple[Held, ...]:
    """What an error of this attribution holds back: everything that shares something with it, and itself (A-61)."""
    every = {one.attribution: one for one in bases(at)}
    mine = str(attribution)
    return quarantine(every.get(mine, Basis(mine)), every.values())


def _flag(name: str, at: datetime) -> bool:
    return bool(load("error_rules").number(name, at.astimezone(IST).date()))


@dataclass(frozen=True, slots=True)
class _Shared:
    """Lookups over the whole station, read once: forms and requests by file, requests and readers by observation."""

    forms: Mapping[str, set[str]]
    orders: Mapping[str, set[str]]
    asked: Mapping[str, str]
    readers: Mapping[str, set[str]]
    lookers: Mapping[uuid.UUID, set[str]]

    @classmethod
    def loaded(cls, *, by_officer: bool) -> _Shared:
        """All of them; no officers unless they count."""
        forms: dict[str, set[str]] = defaultdict(set)
        orders: dict[str, set[str]] = defaultdict(set)
        files = AnswerFile.objects.values_list(
            "sealed__sha256", "provider__code", "template__fingerprint", "request__number"
        )
        for digest, provider, form, order in files:
            if form:
                forms[digest].add(f"{provider} {form}")
            if order:
                orders[digest].add(order)
        asked = {
            str(observation): number
            for observation, number in RequestRow.objects.values_list("observation_id", "request__number")
        }
        readers: dict[str, set[str]] = defaultdict(set)
        lookers: dict[uuid.UUID, set[str]] = defaultdict(set)
        if by_officer:
            by_hand = SecondReading.objects.exclude(method="machine")
            for observation, officer in by_hand.values_list("observation_id", "by__number"):
                readers[str(observation)].add(officer)
            for place, officer in GroundVerification.objects.values_list("place_id", "by__number"):
                lookers[place].add(officer)
        return cls(forms, orders, asked, readers, lookers)

    def basis(self, row: Attribution, *, by_act: bool) -> Basis:
        """What one attribution rests on."""
        files = frozenset(one["digest"] for one in row.basis if one["role"] in _ANSWERS)
        profiles = {one["digest"] for one in row.basis if one["role"] == "profile"}
        forms = {form for file in files for form in self.forms.get(file, ())}
        orders = {order for file in files for order in self.orders.get(file, ())}
        orders |= {self.asked[one] for one in row.support if one in self.asked}
        acts = {f"{row.analyst.number} {iso_utc(row.at)}"} if by_act else set()
        people = {officer for one in row.support for officer in self.readers.get(one, ())}
        if row.place_id:
            people |= self.lookers.get(row.place_id, set())
        if row.provider and row.customer_ref:
            people.add(f"{row.provider.code}/{row.customer_ref}")
        return Basis(
            str(row.pk), files, frozenset(forms | profiles), frozenset(orders | acts), frozenset(people)
        )
