"""What happened and what was refused, for the auditor; and the head of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from kaval.engine.rules.custody import Head
from kaval.station.models import Act, LedgerHead, Officer, Refusal
from kaval.station.queries import scope
from kaval.station.queries.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Number of entries and the root over them (hex); both change with every act."""

    size: int
    root: str


def acts_done(viewer: Officer, *, name: str = "", page: int = 1) -> Page[Act]:
    """Acts, the latest first; empty for everybody but the auditor."""
    rows = Act.objects.all() if scope.area_is_shown(viewer, "audit") else Act.objects.none()
    if name:
        rows = rows.filter(name=name)
    return page_of(rows.select_related("by").order_by("-at", "-recorded_at", "key"), page, lambda row: row)


def names_of_acts(viewer: Officer) -> tuple[str, ...]:
    """The acts that occur."""
    if not scope.area_is_shown(viewer, "audit"):
        return ()
    return tuple(Act.objects.order_by("name").values_list("name", flat=True).distinct())


def refusals_kept(viewer: Officer, *, page: int = 1) -> Page[Refusal]:
    """Refusals, the latest first; empty for everybody but the auditor."""
    rows = Refusal.objects.all() if scope.area_is_shown(viewer, "audit") else Refusal.objects.none()
    return page_of(rows.select_related("by").order_by("-pk"), page, lambda row: row)


def ledger_state() -> LedgerState:
    """The head of the ledger: it names nobody, so every signed-in officer may compare it."""
    row = LedgerHead.objects.filter(pk=1).first()
    head = Head(row.size, tuple(row.peaks)) if row else Head(0, ())
    return LedgerState(head.size, head.root)
