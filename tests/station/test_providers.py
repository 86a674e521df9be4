"""The register of providers: what is kept has its days, nothing is removed, and our own requests teach figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kaval.engine.kernel.errors import NotPermitted
from kaval.station.models import (
    AnswerFile,
    LedgerEntry,
    Officer,
    Provider,
    ProviderContact,
    ProviderQuirk,
    ProviderRequest,
    SealedFile,
)
from kaval.station.operations import providers as operations
from kaval.station.operations.providers import ContactFacts, ProviderFigures, QuirkFacts
from kaval.station.queries.providers import in_force, learned_of, provider_by_id, providers_listed
from kaval.station.queries.requests import retention_days
from kaval.station.queries.scope import NotVisible
from tests.station.console_rows import World, build, uid
from tests.station.plays import footprint, refused

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
FIGURES = ProviderFigures(
    kind="fixed",
    contact="nodal@example.org",
    office="1 Example Road",
    answer_channel="portal",
    answer_layout="dot_ipdr_2013",
    subscriber_layout="lattice_csv",
    shares_addresses=False,
    retention_days=365,
    typical_days=5,
    as_numbers=(64500,),
    nat64=("2001:db8:64::/96",),
)
CONTACT = ContactFacts("Nodal Officer", "law enforcement desk", "nodal@example.org", "", date(2026, 1, 1))
QUIRK = QuirkFacts("half-day", "Writes hours 1 to 12 without AM and PM", date(2025, 6, 1), "letter 14/25")


@pytest.fixture
def world() -> World:
    return build(size=0)


@pytest.fixture
def boss(world: World) -> Officer:
    return world.officers["supervisor"]


@pytest.fixture
def provider(boss: Officer) -> Provider:
    return operations.add_provider(by=boss, at=AT, key="p", code="NEELA", name="Neela Net", figures=FIGURES)


def given(boss: Officer, key: str = "k") -> dict[str, Any]:
    return {"by": boss, "at": AT, "key": key}


def test_a_provider_is_added_once_and_its_figures_stand(provider: Provider, boss: Officer) -> None:
    assert (provider.code, provider.retention_days, provider.as_numbers) == ("NEELA", 365, [64500])
    with refused("PROVIDER"):
        operations.add_provider(code="NEELA", name="Another", figures=FIGURES, **given(boss))
    with refused("PROVIDER"):
        operations.add_provider(code="a b", name="Another", figures=FIGURES, **given(boss))


def test_editing_says_in_the_ledger_what_changed(provider: Provider, boss: Officer) -> None:
    row = operations.edit_provider(
        provider=provider, figures=replace(FIGURES, retention_days=None, typical_days=9), **given(boss)
    )
    assert (row.retention_days, row.typical_days) == (None, 9)
    said = bytes(LedgerEntry.objects.latest("index").content)
    assert b'"changed":["retention_days","typical_days"]' in said
    assert retention_days(row, AT) == 730, "the general limit"
    assert retention_days(provider, AT) == 365


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "satellite"},
        {"retention_days": 0},
        {"typical_days": 99999},
        {"as_numbers": (0,)},
        {"nat64": ("192.0.2.0/24",)},
        {"nat64": ("x",)},
    ],
)
def test_figures_that_make_no_sense_are_refused(
    provider: Provider, boss: Officer, wrong: dict[str, Any]
) -> None:
    before = footprint()
    with refused("PROVIDER"):
        operations.edit_provider(provider=provider, figures=replace(FIGURES, **wrong), **given(boss))
    assert footprint() == before


def test_contacts_and_quirks_hold_over_their_days(provider: Provider, boss: Officer) -> None:
    contact = operations.add_contact(provider=provider, details=CONTACT, **given(boss))
    quirk = operations.add_quirk(provider=provider, details=QUIRK, **given(boss))
    assert operations.add_contact(provider=provider, details=CONTACT, **given(boss)) == contact, "sent twice"
    operations.end_contact(contact=contact, last_day=date(2026, 2, 1), **given(boss))
    operations.end_quirk(quirk=quirk, last_day=date(2026, 2, 1), **given(boss))
    contacts, quirks = ProviderContact.objects.all(), ProviderQuirk.objects.all()
    before, after = date(2025, 5, 31), date(2026, 2, 2)
    for day, held in ((before, (False, False)), (date(2026, 2, 1), (True, True)), (after, (False, False))):
        assert (in_force(contacts, day).exists(), in_force(quirks, day).exists()) == held
    assert not in_force(contacts, QUIRK.valid_from).exists()
    assert in_force(quirks, QUIRK.valid_from).exists()
    with refused("ENDED"):
        operations.end_quirk(quirk=quirk, last_day=date(2026, 2, 2), **given(boss, "again"))


def test_nothing_ends_before_it_began(provider: Provider, boss: Officer) -> None:
    contact = operations.add_contact(provider=provider, details=CONTACT, **given(boss))
    with refused("ENDED"):
        operations.end_contact(contact=contact, last_day=date(2025, 12, 31), **given(boss))


@pytest.mark.parametrize("wrong", [{"name": " "}, {"email": ""}])
def test_a_contact_nobody_can_reach_is_none(provider: Provider, boss: Officer, wrong: dict[str, Any]) -> None:
    with refused("CONTACT"):
        operations.add_contact(provider=provider, details=replace(CONTACT, **wrong), **given(boss))


@pytest.mark.parametrize("wrong", [{"code": " "}, {"text": ""}])
def test_a_quirk_says_what_it_is(provider: Provider, boss: Officer, wrong: dict[str, Any]) -> None:
    with refused("QUIRK"):
        operations.add_quirk(provider=provider, details=replace(QUIRK, **wrong), **given(boss))


def test_our_own_requests_teach_the_figures(provider: Provider, boss: Officer) -> None:
    for number, days in enumerate((2, 4, 9, None)):
        ProviderRequest.objects.create(
            id=uid("r", number),
            number=f"R{number}",
            provider=provider,
            legal_basis="BNSS 94",
            signed_by=boss,
            sent_at=AT,
            due_at=AT,
            answered_at=None if days is None else AT + timedelta(days=days),
        )
    faulty: list[dict[str, Any]] = [
        {},
        {"half_day": True},
        {"zone_drift_minutes": 60},
        {"conflicts": [["a", "b", "c"]]},
    ]
    for number, faults in enumerate(faulty):
        sealed = SealedFile.objects.create(
            id=uid("s", number), sha256=f"{number:064x}", sha1="", md5="", size=1
        )
        AnswerFile.objects.create(
            id=uid("f", number),
            provider=provider,
            sealed=sealed,
            rows=10,
            unmatched=number,
            by=boss,
            at=AT,
            **faults,
        )
    found = learned_of([provider])[provider.id]
    assert (found.requests, found.open, found.median_days) == (4, 1, 4.0)
    assert (found.files, found.faulty, found.faulty_percent) == (4, 3, 75.0)
    assert (found.rows, found.unmatched, found.errors) == (40, 6, 0)


def test_who_lacks_the_area_sees_no_provider(world: World, provider: Provider) -> None:
    assert provider in [one.provider for one in providers_listed(world.officers["analyst"])]
    assert providers_listed(world.officers["press_officer"]) == ()
    with pytest.raises(NotVisible):
        provider_by_id(world.officers["press_officer"], provider.id)


@pytest.mark.parametrize(
    "act",
    [
        lambda by: operations.add_provider(code="X", name="X", figures=FIGURES, **given(by)),
        lambda by: operations.edit_provider(provider=Provider(code="X"), figures=FIGURES, **given(by)),
        lambda by: operations.add_contact(provider=Provider(code="X"), details=CONTACT, **given(by)),
        lambda by: operations.end_contact(contact=ProviderContact(), last_day=AT.date(), **given(by)),
        lambda by: operations.add_quirk(provider=Provider(code="X"), details=QUIRK, **given(by)),
        lambda by: operations.end_quirk(quirk=ProviderQuirk(), last_day=AT.date(), **given(by)),
    ],
)
@pytest.mark.parametrize("role", ["auditor", "analyst"])
def test_an_outsider_is_refused(world: World, role: str, act: Any) -> None:
    before = footprint()
    with pytest.raises(NotPermitted):
        act(world.officers[role])
    assert footprint() == before
