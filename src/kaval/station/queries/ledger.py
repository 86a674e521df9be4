"""The ledger as it is exported: straight from the stored bytes."""

from __future__ import annotations

from collections.abc import Iterator

from kaval.engine.rules.custody import Head, export_lines
from kaval.station.models import LedgerEntry, LedgerHead


def ledger_head() -> Head:
    """The present head of the ledger; an empty one before the unit is installed."""
    row = LedgerHead.objects.filter(id=1).first()
    return Head(row.size, tuple(row.peaks)) if row else Head()


def ledger_lines() -> Iterator[bytes]:
    """The lines of a ledger file, from the first entry to the head as it stands now."""
    head = ledger_head()
    entries = (
        LedgerEntry.objects.filter(index__lt=head.size).order_by("index").values_list("content", flat=True)
    )
    yield from export_lines(
        (bytes(content) for content in entries.iterator(chunk_size=2000)), size=head.size, root=head.root
    )
