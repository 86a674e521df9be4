"""Whether what attributions rest on is still what it was: every digest computed anew, and what broke shown by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import QuerySet

from kaval.engine.kernel.reason import CheckResult
from kaval.engine.rules.planning import gates
from kaval.station.audit import acting
from kaval.station.models import Attribution, Officer
from kaval.station.queries.attribution_basis import Seals

_CHUNK = 500
# An attribution made before this was kept, or by hand in the database.
_UNKNOWN = (
    "It is not on record what the attribution rests on: attribute the subject again.",
    "കണ്ടെത്തൽ എന്തിനെ ആശ്രയിക്കുന്നു എന്ന് രേഖയിലില്ല: വീണ്ടും പരിശോധിക്കുക.",
)


def verify_attributions(
    *, by: Officer, at: datetime, key: str, attributions: Collection[UUID] | None = None
) -> int:
    """Computes every digest behind these attributions (None: all of them) anew, each once; gives how many are broken.

    A broken one keeps saying which seal, since when; one whose seals all hold again, because the bytes were brought
    back from a copy, is broken no longer. The ledger keeps both.
    """
    request = {"attributions": None if attributions is None else sorted(map(str, attributions))}
    with acting("verify_attributions", by=by, at=at, key=key, request=request) as act:
        rows = Attribution.objects.order_by("id")
        if attributions is not None:
            rows = rows.filter(id__in=list(attributions))
        if act.repeated:
            return rows.exclude(broken=[]).count()
        seals, changed, broken = Seals(), [], 0
        for some in _chunks(rows.only("id", "basis", "broken", "broken_at")):
            seals.expect(row.basis for row in some)
            for row in some:
                found = seals.broken(row.basis)
                broken += bool(found)
                if found != row.broken:
                    row.broken_at = (row.broken_at or at) if found else None
                    row.broken = found
                    changed.append(row)
        Attribution.objects.bulk_update(changed, ["broken", "broken_at"], batch_size=_CHUNK)
        act.ledger(
            "seals_verified",
            {
                "attributions": rows.count(),
                "broken": broken,
                "digests": sorted({one["digest"] for row in changed for one in row.broken})[:_CHUNK],
                "again_whole": sum(not row.broken for row in changed),
            },
        )
        return broken


def _chunks(rows: QuerySet[Attribution]) -> Iterator[list[Attribution]]:
    listed = rows.iterator(chunk_size=_CHUNK)
    while some := list(islice(listed, _CHUNK)):
        yield some


def seal_gate(attribution: Attribution, seals: Seals) -> CheckResult:
    """Whether a place may be entered on this attribution as things stand now (G-SEAL)."""
    broken = [(one["text"], one["text_ml"]) for one in seals.broken(attribution.basis)]
    if not attribution.basis:
        broken.append(_UNKNOWN)
    return gates.seal_gate(broken, quarantined=attribution.quarantined_at is not None)
