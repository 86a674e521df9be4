"""Reports of the linking benchmark as rows of the station, without intake: what is measured is linking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench._intake_run import _install
from bench._linking_world import Made
from kaval.engine.formats._spec import IdentifierRecord, LeadRecord
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.rules import leads as rules
from kaval.station.copying import Rows
from kaval.station.ids import derive_text
from kaval.station.models import Identifier, Officer, SealedFile
from kaval.station.operations import lead_rows, linking


def install(folder: Path) -> Officer:
    """A training unit; its analyst."""
    _install(folder)
    return Officer.objects.filter(roles__contains=["analyst"]).order_by("number")[0]


def link(by: Officer, *, at: datetime, key: str) -> int:
    """The station's own operation."""
    return linking.link_leads(by=by, at=at, key=key)


def put(made: Sequence[Made], *, by: Officer, at: datetime) -> None:
    """Reports and leads with what they name, as intake would have left them."""
    sealed = _sealed()
    for start in range(0, len(made), 5000):
        rows = Rows()
        leads = lead_rows.LeadRows(rows, at=at, by=by)
        for each in made[start : start + 5000]:
            record = _record(each)
            verdict = rules.accept(record, seen={}, content=f"{each.number:064x}")
            identity = derive_text("report", "bench", str(each.number))
            received = at - timedelta(days=40) + timedelta(seconds=each.number % 3_000_000)
            taken = lead_rows.Taken(identity, record, verdict, sealed, received, "bench")
            leads.add(taken, each.number)
        _identifiers(rows, leads)
        rows.write()


def _identifiers(rows: Rows, leads: lead_rows.LeadRows) -> None:
    """Identifiers must be there before those who use them are copied."""
    found = leads.identifiers
    there = {row.hex for row in Identifier.objects.filter(id__in=list(found)).values_list("id", flat=True)}
    first = Rows()
    first.table(Identifier, lead_rows.IDENTIFIER).extend(row for id, row in found.items() if id not in there)
    first.write()
    del rows


def _record(each: Made) -> LeadRecord:
    named = []
    for key in each.keys:
        kind, _, value = key.partition("|")
        scope, value = value.split(":", 1) if kind in ("esp_account", "handle") else ("", value)
        named.append(IdentifierRecord(kind, value, scope, "reported", "/"))
    restricted: dict[str, Any] = {}
    if each.name:
        first, last = each.name.split(" ", 1)
        place = "personOrUserReported/personOrUserReportedPerson"
        restricted = {
            f"{place}/firstName": first,
            f"{place}/lastName": last,
            f"{place}/dateOfBirth": each.birth,
        }
    return LeadRecord(
        "bench", str(each.number), "cybertip", "", None, (), tuple(named), (), (), {}, restricted, "/report"
    )


def _sealed() -> str:
    digests = digest_bytes(b"bench")
    identity = derive_text("sealed", digests.sha256)
    if not SealedFile.objects.filter(id=identity).exists():
        SealedFile.objects.create(
            id=identity,
            sha256=digests.sha256,
            sha1=digests.sha1,
            md5=digests.md5,
            size=5,
            pack="",
            pack_offset=None,
        )
    return identity
