"""Rows for the pages of the plan: two districts of the simulated state with places, officers enough for teams, and
an operation in draft. Written directly; the plan itself is made by the operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction

from kaval.station.ids import forget_key
from kaval.station.models import (
    Account,
    Attribution,
    District,
    LedgerHead,
    Officer,
    Operation,
    Place,
    Provider,
    Site,
    SiteLink,
    Station,
    Subject,
    Unit,
)
from kaval.station.operations.planning import approve_plan, plan_operation
from tests.station.console_rows import uid

FIRST_ENTRY = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)  # 07:00 IST
NOW = FIRST_ENTRY - timedelta(days=4)
_HEADQUARTERS = (
    "commander", "deputy_commander", "supervisor", "analyst", "auditor", "custodian", "admin",
)  # fmt: skip
_DISTRICTS = (
    ("KTM", "Kottayam", "കോട്ടയം", ((76.4, 9.45), (76.9, 9.45), (76.9, 9.8), (76.4, 9.85))),
    ("IDK", "Idukki", "ഇടുക്കി", ((76.9, 9.45), (77.3, 9.5), (77.3, 10.1), (76.9, 9.8))),
)
_STATIONS = (
    ("KTM-1", "KTM", "Kottayam West", 76.52, 9.59),
    ("KTM-2", "KTM", "Vaikom", 76.62, 9.70),
    ("IDK-1", "IDK", "Thodupuzha", 77.02, 9.75),
)
_PLACES = (
    ("KTM-1", "Kumarakom", 76.43, 9.60), ("KTM-1", "Nattakom", 76.53, 9.56), ("KTM-1", "Thirunakkara", 76.52, 9.60),
    ("KTM-2", "Udayanapuram", 76.60, 9.72), ("KTM-2", "Chempu", 76.64, 9.76), ("KTM-2", "Vechoor", 76.68, 9.68),
    ("KTM-1", "Ettumanoor", 76.56, 9.67), ("IDK-1", "Muttom", 77.01, 9.80), ("IDK-1", "Arakkulam", 77.08, 9.72),
    ("IDK-1", "Karimannoor", 77.00, 9.76), ("IDK-1", "Udumbannoor", 77.12, 9.78),
)  # fmt: skip
# Sites 2 and 5 share an account: entered in one wave.
TIED = (2, 5)
_CREW = (("SI", "M", "search"), ("CPO", "M", "cyber"), ("CPO", "M", "technical"), ("SI", "F", "women_cell"))


@dataclass
class Planned:
    """What a test needs by name."""

    operation: Operation
    officers: dict[str, Officer] = field(default_factory=dict)

    def account(self, role: str) -> Account:
        """The account of the officer with this role."""
        return Account.objects.get(officer=self.officers[role])

    def site(self, number: int) -> Site:
        """The site of this number."""
        return Site.objects.get(operation=self.operation, number=number)


def build(*, teams: int = 3) -> Planned:
    """The rows: `teams` crews in Kottayam and two in Idukki."""
    Unit.objects.create(id=1, name="Unit of the tests", training=True, id_key="ab" * 32)
    LedgerHead.objects.get_or_create(id=1)
    for code, name, name_ml, ring in _DISTRICTS:
        District.objects.create(
            id=uid("district", code),
            code=code,
            name=name,
            name_ml=name_ml,
            outline=[[*map(list, ring), list(ring[0])]],
        )
    for code, district, name, longitude, latitude in _STATIONS:
        Station.objects.create(
            id=uid("station", code), code=code, district_id=uid("district", district), name=name, longitude=longitude,
            latitude=latitude,
        )  # fmt: skip
    officers = {role: _officer(f"HQ-{role}", role) for role in _HEADQUARTERS}
    officers["district_chief"] = _officer("KTM-CHIEF", "district_chief", "KTM")
    officers["field_officer"] = _crews("KTM", "KTM-1", teams)
    _crews("IDK", "IDK-1", 2)
    planned = Planned(_operation(officers["commander"]), officers)
    for number, place in enumerate(_PLACES, start=1):
        _site(planned, number, place)

    for number in TIED:
        SiteLink.objects.create(
            id=uid("tie", number), site_id=uid("plan site", number), kind="account", key="ab" * 32
        )
    return planned


@contextmanager
def lasting() -> Iterator[Planned]:
    """The rows with a plan for all tests of a module, rolled back at its end; each test works on a savepoint."""
    around = transaction.atomic()
    around.__enter__()
    try:
        forget_key()
        yield planned()
    finally:
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
        forget_key()


def planned() -> Planned:
    """The rows and a plan made of them, in draft."""
    rows = build()
    plan_operation(by=rows.officers["commander"], at=NOW, key="plan", operation=rows.operation, effort=0.02)
    rows.operation.refresh_from_db()
    return rows


def freeze(rows: Planned) -> None:
    """Two people sign; frozen as a row, because these places rest on no sealed answer and G-SEAL would refuse them."""
    rows.operation.refresh_from_db()
    for role in ("commander", "deputy_commander"):
        approve_plan(
            by=rows.officers[role],
            at=NOW,
            key=f"sign {role}",
            operation=rows.operation,
            plan_digest=rows.operation.plan_digest,
        )
    Operation.objects.filter(pk=rows.operation.pk).update(state="frozen", frozen_at=NOW + timedelta(days=1))
    rows.operation.refresh_from_db()


def _officer(number: str, role: str, district: str = "", **more: object) -> Officer:
    officer = Officer.objects.create(
        id=uid("plan officer", number),
        number=number,
        name=f"Officer {number}",
        district_id=uid("district", district) if district else None,
        roles=[role],
        **{"rank": "INSPECTOR", "gender": "M", **more},
    )
    Account.objects.create(username=number, officer=officer, password="!none")
    return officer


def _crews(district: str, station: str, number: int) -> Officer:
    """As many crews of four; the first one's leader."""
    rows = [
        _officer(
            f"{district}-{crew}{place}",
            "field_officer",
            district,
            rank=rank,
            gender=gender,
            skills=[skill],
            station_id=uid("station", station),
        )
        for crew in range(1, number + 1)
        for place, (rank, gender, skill) in enumerate(_CREW)
    ]
    return rows[0]


def _operation(commander: Officer) -> Operation:
    return Operation.objects.create(
        id=uid("plan operation"),
        code="TRAINING P",
        name="Planning morning",
        name_ml="പരിശീലന പ്രഭാതം",
        state="draft",
        first_entry_at=FIRST_ENTRY,
        day_end_at=FIRST_ENTRY + timedelta(hours=9),
        commander=commander,
        legal_basis={"search_basis": "WARRANT_96"},
    )


def _site(planned: Planned, number: int, place: tuple[str, str, float, float]) -> None:
    code, locality, longitude, latitude = place
    station = Station.objects.get(code=code)
    provider, _ = Provider.objects.get_or_create(
        code="isp",
        defaults={
            "id": uid("plan provider"), "name": "Example Fibre", "kind": "fixed", "answer_layout": "a",
            "subscriber_layout": "b", "offset_minutes": 330, "shares_addresses": False,
        },
    )  # fmt: skip
    subject = Subject.objects.create(
        id=uid("plan subject", number), number=f"P-{number}", lead_count=1, score=50, band="high",
        first_seen_at=NOW, last_seen_at=NOW, assessed_at=NOW,
    )  # fmt: skip
    row = Place.objects.create(
        id=uid("plan place", number), provider=provider, customer_ref=f"PC{number}", address=f"Veedu {number}/14",
        locality=locality, latitude=latitude, longitude=longitude, district=station.district, station=station,
    )  # fmt: skip
    attribution = Attribution.objects.create(
        id=uid("plan attribution", number), subject=subject, level=2, provider=provider,
        customer_ref=f"PC{number}", place=row, analyst=planned.officers["analyst"], at=NOW, digest="f" * 64,
    )  # fmt: skip
    Site.objects.create(
        id=uid("plan site", number), operation=planned.operation, number=number, place=row, attribution=attribution,
        district=station.district, state="planned", search_basis="WARRANT_96", kind="house",
    )  # fmt: skip


__all__ = ["FIRST_ENTRY", "NOW", "TIED", "Planned", "build", "freeze", "lasting", "planned"]
