"""What a run came to, counted from stored rows: the numbers a demo prints and a scorer starts from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kaval.engine.rules.statistics.figures import DEFINITIONS
from kaval.engine.rules.statistics.handling import HANDLING
from kaval.station.models import (
    Attribution,
    Finding,
    Lead,
    LedgerHead,
    Officer,
    Operation,
    Receipt,
    Report,
    Subject,
)
from kaval.station.queries.handling import reports_by_handling
from kaval.station.queries.statistics import figures_of


def run_counts(code: str, *, as_of: datetime) -> dict[str, Any]:
    """Counts of everything from receipts to findings; the operation's figures by their definitions, zero before
    it exists.

    `reports` are those of every source; `reports_by_handling` sorts NCMEC's own, which nobody adds up.
    """
    handled = reports_by_handling()
    counts: dict[str, Any] = {
        "receipts": Receipt.objects.count(),
        "reports": Report.objects.count(),
        "reports_by_handling": {one.key: handled.value(one.key) for one in HANDLING},
        "leads": Lead.objects.filter(state="accepted").count(),
        "subjects": Subject.objects.filter(merged_into=None).count(),
        "attributed": Attribution.objects.filter(level__gte=2).count(),
        "findings": Finding.objects.count(),
        "ledger_entries": LedgerHead.objects.filter(id=1).values_list("size", flat=True).first() or 0,
    }
    operation = Operation.objects.filter(code=code).first()
    viewer = Officer.objects.filter(roles__contains=["commander"]).first()
    figures = figures_of(viewer, operation, as_of=as_of).state if operation and viewer else None
    for definition in DEFINITIONS:
        counts[definition.key] = figures.value(definition.key) if figures else 0
    return counts
