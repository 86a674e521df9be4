"""What stands behind a row of a sheet: the ledger entry of the act about it, else the attribution itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import OfficerFacts
from kaval.station.models import LedgerEntry, Officer


class Sources:
    """Ledger entries by the row their act is about, looked up once; `base` stands in for what has none of its own."""

    def __init__(self, base: SourceRef) -> None:
        self.base = base
        self._found: dict[uuid.UUID, SourceRef] = {}

    def load(self, ids: Iterable[uuid.UUID]) -> None:
        """Looks up many rows in one query."""
        wanted = {one for one in ids if one not in self._found}
        self._found |= dict.fromkeys(wanted, self.base)
        entries = LedgerEntry.objects.filter(act__subject__in=wanted).order_by("-index")
        for index, leaf, subject in entries.values_list("index", "leaf", "act__subject"):
            if subject is not None:
                self._found[subject] = SourceRef(leaf, f"ledger#{index}")

    def of(self, row_id: uuid.UUID) -> SourceRef:
        """The first entry about a row."""
        if row_id not in self._found:
            self.load((row_id,))
        return self._found[row_id]


def officer_facts(officer: Officer) -> OfficerFacts:
    """An officer as named on a paper."""
    return OfficerFacts(
        officer_id=officer.number,
        name=officer.name,
        name_ml=officer.name_ml or None,
        rank=officer.rank,
        woman=officer.gender == "F",
    )
