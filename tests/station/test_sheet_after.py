"""The checks after a search, from rows: a duty nothing called for is met, and what is owed is said until it is done."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from kaval.engine.documents.india.grounds_of_belief import SPEC, parts_said
from kaval.engine.kernel.reason import CheckResult, Verdict
from kaval.engine.rules.attribution.case import GROUNDS
from kaval.engine.rules.attribution.checks import AFTER_CHECKS, after_results
from kaval.station.models import (
    Arrest,
    Attribution,
    AttributionError,
    Crime,
    Exhibit,
    FieldEvent,
    Operation,
    Outcome,
    Quarantine,
    Reaudit,
    RenderedDocument,
    Site,
    Subject,
    Team,
)
from kaval.station.queries.sheet_after import after_facts
from tests.station.console_rows import NOON, World, build, uid

pytestmark = pytest.mark.django_db
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
SEARCHED = NOON + timedelta(days=3)
SOON = SEARCHED + timedelta(hours=3)
LATE = SEARCHED + timedelta(hours=25)


@pytest.fixture
def world() -> World:
    return build(size=1)


@pytest.fixture
def row(world: World) -> Attribution:
    """An attribution at level 2 that shares nothing with any other, with one planned site."""
    return _attributed(world, "A")


def told(row: Attribution, at: datetime = SOON) -> dict[str, CheckResult]:
    return {one.check: one for one in after_results(after_facts(row, at=at))}


def verdicts(row: Attribution, *checks: str, at: datetime = SOON) -> tuple[Verdict, ...]:
    found = told(row, at)
    return tuple(found[check].verdict for check in checks)


def test_before_any_search_every_duty_is_met_and_no_text_of_grounds_is_the_only_thing_open(
    row: Attribution,
) -> None:
    found = told(row)
    assert list(found) == [check.id for check in AFTER_CHECKS]
    assert found["A-60"].reason.text == "No search has been made."
    assert found["A-61"].reason.text == found["A-62"].reason.text == "No error is confirmed."
    assert found["A-63"].reason.text == "No arrest is entered."
    assert found["A-65"].reason.text == "It stays within the procedure."
    assert [check for check, one in found.items() if one.verdict is not PASS] == ["A-64"]
    assert found["A-64"].reason.text == "No text of the grounds has been written."
    assert all(one.reason.text_ml for one in found.values())


@pytest.mark.parametrize("code", ["nobody_there", "refused"])
def test_a_door_that_stayed_shut_is_no_search(world: World, row: Attribution, code: str) -> None:
    _outcome(world, row, code, entered=False)
    assert told(row, LATE)["A-60"].reason.text == "No search has been made."


def test_a_search_that_found_a_link_owes_nothing(world: World, row: Attribution) -> None:
    _outcome(world, row, "crime_registered")
    assert told(row, LATE)["A-60"].reason.text == "The search found a link."
    assert verdicts(row, "A-61", "A-62", at=LATE) == (PASS, PASS)


def test_a_search_that_ended_without_an_outcome_is_not_on_record(world: World, row: Attribution) -> None:
    site = row.sites.get()
    team = Team.objects.create(
        id=uid("after team"), operation=site.operation, district=site.district, number=9
    )
    FieldEvent.objects.create(
        id=uid("ended"), operation=site.operation, site=site, team=team, kind="search_ended", at=SEARCHED,
        by=world.officers["supervisor"],
    )  # fmt: skip
    assert told(row)["A-60"].reason.text == "What the search found is not on record."


@pytest.mark.parametrize("code", ["nothing_found", "wrong_place"])
def test_an_empty_search_waits_for_its_reaudit_and_then_is_overdue(
    world: World, row: Attribution, code: str
) -> None:
    _outcome(world, row, code, entered=code == "nothing_found")
    assert verdicts(row, "A-60", "A-61", "A-62") == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert "must begin by" in told(row)["A-60"].reason.text
    assert verdicts(row, "A-60", at=LATE) == (FAIL,)
    assert "no re-audit began" in told(row, LATE)["A-60"].reason.text


def test_a_reaudit_begun_in_time_meets_the_duty_and_its_verdict_answers_whether_it_was_wrong(
    world: World, row: Attribution
) -> None:
    audit = _audit(world, row, _outcome(world, row, "nothing_found"), began=SOON)
    assert verdicts(row, "A-60", "A-61", "A-62", at=LATE) == (PASS, UNKNOWN, UNKNOWN)
    for verdict, then in (("error", UNKNOWN), ("sound", PASS)):
        Reaudit.objects.filter(pk=audit.pk).update(finished_at=LATE, verdict=verdict)
        assert verdicts(row, "A-60", "A-61", "A-62", at=LATE) == (PASS, then, then)


def test_a_reaudit_begun_late_stays_late(world: World, row: Attribution) -> None:
    _audit(world, row, _outcome(world, row, "nothing_found"), began=LATE)
    assert verdicts(row, "A-60", at=LATE) == (FAIL,)


def test_of_two_searches_the_one_that_owes_more_speaks(world: World, row: Attribution) -> None:
    _outcome(world, row, "crime_registered")
    second = _site(row, Operation.objects.create(**_operation_like(row.sites.get().operation)), "second")
    _outcome(world, row, "nothing_found", site=second)
    assert verdicts(row, "A-60", at=LATE) == (FAIL,)


def test_a_confirmed_error_holds_back_what_shares_or_says_how_many_are_free(
    world: World, row: Attribution
) -> None:
    other = _attributed(world, "B")
    _same_answer(row, other)
    error = _error(world, row)
    assert told(row)["A-61"].reason.text.startswith("2 attributions")
    _hold(error, row, "itself")
    assert told(row)["A-61"].reason.text.startswith("1 attributions")
    held = _hold(error, other, "file")
    assert verdicts(row, "A-61") == (PASS,)
    Quarantine.objects.filter(pk=held.pk).update(lifted_at=LATE)  # let go after a re-audit: it was held
    assert verdicts(row, "A-61", at=LATE) == (PASS,)


def test_an_entry_in_the_register_names_what_is_owed_until_the_record_is_sealed(
    world: World, row: Attribution
) -> None:
    outcome = _outcome(world, row, "nothing_found")
    error = _error(world, row, outcome)
    assert told(row)["A-62"].reason.text == "Still owed: notice to those affected, the sealing of the record."
    _device(world, outcome.site)
    assert "return of the devices" in told(row)["A-62"].reason.text
    AttributionError.objects.filter(pk=error.pk).update(
        notice_given_at=LATE, devices_returned_at=LATE, sealed_at=LATE
    )
    assert verdicts(row, "A-62", at=LATE) == (PASS,)
    _error(world, row, number=2)  # a later one speaks as long as it is open
    assert verdicts(row, "A-62", at=LATE) == (FAIL,)


@pytest.mark.parametrize(
    ("evidence", "device", "expected"),
    [
        (["unlocked the phone", "account on the phone"], True, PASS),
        (["unlocked the phone"], False, FAIL),
        (["subscriber", "lives there"], True, FAIL),
        ([], True, FAIL),
    ],
)
def test_an_arrest_entry_rests_on_a_device_and_named_evidence(
    world: World, row: Attribution, evidence: list[str], device: bool, expected: Verdict
) -> None:
    site = row.sites.get()
    if device:
        _device(world, site)
    _arrest(world, site, evidence, 1)
    assert verdicts(row, "A-63") == (expected,)
    assert row.level == 2


def test_of_two_arrests_the_one_that_rests_on_less_speaks(world: World, row: Attribution) -> None:
    site = row.sites.get()
    _device(world, site)
    _arrest(world, site, ["unlocked the phone"], 1)
    _arrest(world, site, ["account holder"], 2)
    assert verdicts(row, "A-63") == (FAIL,)


def test_the_newest_text_of_grounds_is_read_and_an_older_attribution_s_is_not(
    world: World, row: Attribution
) -> None:
    _paper(world, row, "in.grounds_of_belief", at=row.at - timedelta(days=1))
    assert verdicts(row, "A-64") == (UNKNOWN,)
    _paper(world, row, "in.grounds_of_belief", at=SEARCHED, gaps=["missing: A-64: Who viewed the files"])
    assert told(row)["A-64"].reason.text == "The text does not say: who viewed it."
    _paper(world, row, "in.grounds_of_belief", at=SOON, gaps=["missing: power applied for"])
    assert verdicts(row, "A-64") == (PASS,)


def test_a_text_without_gaps_says_every_part() -> None:
    assert SPEC.id == "in.grounds_of_belief"
    assert parts_said([]) == frozenset(GROUNDS)


def test_a_redacted_copy_for_the_defence_names_nobody(world: World, row: Attribution) -> None:
    _paper(world, row, "in.disclosure_pack", at=SOON)
    assert told(row)["A-65"].reason.text == "It stays within the procedure."
    _paper(world, row, "in.disclosure_pack_redacted", at=SOON)
    assert told(row)["A-65"].reason.text == "It names and locates nobody."


def _attributed(world: World, name: str) -> Attribution:
    subject = Subject.objects.create(id=uid("after", name), number=f"S-AFTER-{name}", lead_count=0)
    like = Attribution.objects.exclude(place=None)[0]
    row = Attribution.objects.create(
        id=uid("after attribution", name), subject=subject, level=2, customer_ref="", place=like.place,
        blocked_by=[], analyst=world.officers["analyst"], checks=[], at=NOON, digest="e" * 64,
    )  # fmt: skip
    if name == "A":
        first = Site.objects.all()[0].operation
        _site(row, Operation.objects.create(**_operation_like(first, "first")), "first")
    return row


def _operation_like(like: Operation, name: str = "second") -> dict[str, Any]:
    kept = {
        one.attname: getattr(like, one.attname) for one in Operation._meta.concrete_fields if not one.unique
    }
    return kept | {"id": uid("operation", name), "code": f"OP AFTER {name}"}


def _site(row: Attribution, operation: Operation, name: str) -> Site:
    assert row.place is not None
    return Site.objects.create(
        id=uid("after site", name), operation=operation, number=70, place=row.place, attribution=row,
        district=row.place.district, state="done", search_basis="WARRANT_96",
    )  # fmt: skip


def _outcome(
    world: World, row: Attribution, code: str, *, entered: bool = True, site: Site | None = None
) -> Outcome:
    empty = code in ("nothing_found", "wrong_place")
    return Outcome.objects.create(
        id=uuid.uuid4(), site=site or row.sites.get(), code=code, entered=entered, at=SEARCHED,
        by=world.officers["supervisor"], audit_due_at=SEARCHED + timedelta(hours=24) if empty else None,
    )  # fmt: skip


def _audit(world: World, row: Attribution, outcome: Outcome, *, began: datetime) -> Reaudit:
    assert outcome.audit_due_at is not None
    return Reaudit.objects.create(
        id=uid("after audit"), outcome=outcome, attribution=row, due_at=outcome.audit_due_at, started_at=began,
        by=world.officers["supervisor"],
    )  # fmt: skip


def _error(
    world: World, row: Attribution, outcome: Outcome | None = None, *, number: int = 1
) -> AttributionError:
    return AttributionError.objects.create(
        id=uid("after error", number), number=f"ERR/AFTER/{number}", attribution=row, outcome=outcome, cause="zone",
        text="one hour off", people_affected=2, children_affected=1, confirmed_by=world.officers["supervisor"],
        confirmed_at=SOON + timedelta(days=number),
    )  # fmt: skip


def _hold(error: AttributionError, row: Attribution, shared: str) -> Quarantine:
    return Quarantine.objects.create(
        id=uuid.uuid4(), error=error, attribution=row, shared=shared, reference="x", at=SOON
    )


def _same_answer(*rows: Attribution) -> None:
    for row in rows:
        row.basis = [{"role": "answer", "digest": "d" * 64, "reference": "same.csv"}]
        row.save(update_fields=["basis"])


def _device(world: World, site: Site) -> None:
    Exhibit.objects.create(
        id=uid("after device"), number="EX/AFTER", site=site, kind="phone", make="m", model="m", serial="s",
        imei=None, capacity_gb=None, state="off", found_at="desk", seal="KL-AFTER", seized_at=SEARCHED,
        seized_by=world.officers["supervisor"],
    )  # fmt: skip


def _arrest(world: World, site: Site, evidence: list[str], number: int) -> None:
    officer = world.officers["supervisor"]
    crime, _ = Crime.objects.get_or_create(
        site=site,
        defaults={
            "id": uid("after crime"), "number": "CR/AFTER", "sections": ["IT Act 67B"],
            "investigating_officer": officer, "registered_at": SEARCHED,
        },
    )  # fmt: skip
    Arrest.objects.create(
        id=uid("after arrest", number), number=f"AR/AFTER/{number}", crime=crime, person_ref="P1", age=30, gender="M",
        evidence=evidence, reason="entered", by=officer, at=SEARCHED,
    )  # fmt: skip


def _paper(world: World, row: Attribution, kind: str, *, at: datetime, gaps: list[str] | None = None) -> None:
    RenderedDocument.objects.create(
        id=uuid.uuid4(), number=f"{kind} {at:%H}{at:%d}", kind=kind, subject=row.subject_id, language="en",
        facts_digest="a" * 64, plain_text="", gaps=gaps or [], by=world.officers["supervisor"], at=at,
    )  # fmt: skip
