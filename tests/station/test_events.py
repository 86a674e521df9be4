"""Other units' events in the station: who meets whom, what is open, what is cleared, and what goes out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from kaval.engine.formats.planning.events import ToldEvent
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.planning.deconflict import agreed_digest
from kaval.station.models import Act, EventPointer, LedgerEntry, Operation, Place, Site, Stop, UnitEvent
from kaval.station.operations import deconfliction_events as acts
from kaval.station.queries.events import identity_key, open_pointers
from tests.station.console_rows import NOON, World, build, uid
from tests.station.event_rows import at_site, table
from tests.station.plays import refused

pytestmark = pytest.mark.django_db
AT = NOON - timedelta(days=3)
ROW = "{},Unit North,duty desk,{},{},{},{},200,{}"


@pytest.fixture
def world() -> World:
    """Four sites of a draft, 11 km from one another, each planned from NOON for 75 minutes."""
    built = build(operation_state="draft")
    for number in range(4):
        Place.objects.filter(pk=uid("place", number)).update(latitude=9.5 + number / 10)
    return built


@pytest.fixture
def operation(world: World) -> Operation:
    return Operation.objects.get(pk=world.alpha["operation_id"])


def site(number: int) -> Site:
    return Site.objects.select_related("place", "operation").get(place=uid("place", number))


def told(world: World, event: ToldEvent, *, at: Any = AT, key: str = "told") -> UnitEvent:
    return acts.add_event(by=world.officers["analyst"], at=at, key=key, event=event)


def cleared(world: World, operation: Operation, *, at: Any = AT + timedelta(hours=1)) -> EventPointer:
    (one,) = open_pointers(operation)
    return acts.clear_pointer(
        by=world.officers["supervisor"],
        at=at,
        key=f"clear {at}",
        operation=operation,
        pointer=one.id,
        text="rang the duty desk: they wait until noon",
    )


def test_an_event_at_a_door_points_to_whom_to_ring_and_nothing_else(
    world: World, operation: Operation
) -> None:
    told(world, at_site(site(1)))
    (found,) = open_pointers(operation)
    assert (found.site, found.why) == (site(1).number, "place")
    assert (found.unit, found.reference, found.contact) == ("Unit North", "M-17", "duty desk, 0000 000001")


def test_the_stop_counts_and_before_there_is_one_the_whole_day(world: World, operation: Operation) -> None:
    later = NOON + timedelta(hours=5)
    told(world, at_site(site(1), from_at=later + timedelta(hours=24), to_at=later + timedelta(hours=25)))
    assert open_pointers(operation) == ()
    Stop.objects.filter(site=site(1)).update(arrive_at=later, leave_at=later + timedelta(hours=1))
    assert len(open_pointers(operation)) == 1


def test_an_identity_points_without_a_place_and_is_held_as_a_digest_only(
    world: World, operation: Operation
) -> None:
    event = at_site(site(0), latitude=None, longitude=None, radius_m=None)
    row = told(world, ToldEvent(**{**_facts(event), "identifiers": (("email", "user2@example.org"),)}))
    (found,) = open_pointers(operation)
    assert (found.site, found.why) == (site(2).number, "identity")
    assert row.identity_keys == [identity_key("email", "user2@example.org")]
    assert "user2" not in json.dumps(list(UnitEvent.objects.values("identity_keys", "reference", "contact")))


def test_what_stands_for_others_than_the_subject_is_not_compared(world: World, operation: Operation) -> None:
    event = at_site(site(0), latitude=None, longitude=None, radius_m=None)
    told(world, ToldEvent(**{**_facts(event), "identifiers": (("email", "secret-victim2@example.org"),)}))
    assert open_pointers(operation) == ()


def test_a_withdrawn_event_or_site_points_nowhere(world: World, operation: Operation) -> None:
    event = told(world, at_site(site(1)))
    Site.objects.filter(pk=site(1).pk).update(state="withdrawn")
    assert open_pointers(operation) == ()
    Site.objects.filter(pk=site(1).pk).update(state="planned")
    by = world.officers["commander"]
    with refused("REASON"):
        acts.withdraw_event(by=by, at=AT, key="no reason", event=event, text=" ")
    acts.withdraw_event(by=by, at=AT, key="away", event=event, text="their matter is closed")
    assert open_pointers(operation) == ()
    assert acts.withdraw_event(by=by, at=AT, key="away", event=event, text="their matter is closed") == event
    with refused("EVENT"):
        acts.withdraw_event(by=by, at=AT, key="again", event=event, text="once more")


def test_a_cleared_pointer_stays_cleared_until_the_event_is_told_anew(
    world: World, operation: Operation
) -> None:
    told(world, at_site(site(1)))
    row = cleared(world, operation)
    assert open_pointers(operation) == ()
    assert (row.cleared_by, row.cleared_text) == (
        world.officers["supervisor"],
        "rang the duty desk: they wait until noon",
    )
    told(world, at_site(site(1)), at=AT + timedelta(hours=2), key="the same again")
    assert open_pointers(operation) == ()
    told(world, at_site(site(1), radius_m=900), at=AT + timedelta(hours=3), key="wider")
    assert len(open_pointers(operation)) == 1
    assert cleared(world, operation, at=AT + timedelta(hours=4)).pk == row.pk
    assert open_pointers(operation) == ()
    assert EventPointer.objects.count() == 1


def test_clearing_needs_words_and_an_open_pointer_and_is_one_act(world: World, operation: Operation) -> None:
    told(world, at_site(site(1)))
    (one,) = open_pointers(operation)
    given: dict[str, Any] = {"by": world.officers["supervisor"], "at": AT, "operation": operation}
    with refused("REASON"):
        acts.clear_pointer(**given, key="a", pointer=one.id, text=" ")
    with refused("POINTER"):
        acts.clear_pointer(**given, key="b", pointer=uid("nothing"), text="rang them")
    first = acts.clear_pointer(**given, key="c", pointer=one.id, text="rang them")
    assert acts.clear_pointer(**given, key="c", pointer=one.id, text="rang them") == first
    assert Act.objects.get(key="clear_pointer:c").note == "rang them"


def test_looking_is_kept_with_when_each_was_first_found(world: World, operation: Operation) -> None:
    told(world, at_site(site(1)))
    look: dict[str, Any] = {"by": world.officers["analyst"], "operation": operation}
    assert acts.find_pointers(**look, at=AT, key="one") == 1
    assert acts.find_pointers(**look, at=AT + timedelta(hours=1), key="two") == 1
    assert EventPointer.objects.get().found_at == AT
    assert _ledger("pointers_found")[0]["open"] == 1


def test_a_table_is_taken_whole_or_not_at_all(world: World, operation: Operation) -> None:
    begins, ends = NOON.isoformat(), (NOON + timedelta(hours=1)).isoformat()
    rows = [
        ROW.format("N-1", begins, ends, 9.6, 76.5, ""),
        ROW.format("N-2", begins, ends, "", "", "email:USER3@example.org"),
    ]
    analyst = world.officers["analyst"]
    bad = table(rows[0], ROW.format("N-3", ends, begins, 9.6, 76.5, ""))
    with pytest.raises(ReaderError, match=r"row 3.*to_at"):
        acts.import_events(by=analyst, at=AT, key="bad", content=bad, file="north.csv")
    assert not UnitEvent.objects.exists()
    done = acts.import_events(by=analyst, at=AT, key="good", content=table(*rows), file="north.csv")
    assert done == acts.Imported(new=2, changed=0, same=0)
    assert [(one.site, one.why) for one in open_pointers(operation)] == [
        (site(1).number, "place"),
        (site(3).number, "identity"),
    ]
    again = acts.import_events(by=analyst, at=AT, key="again", content=table(*rows), file="north.csv")
    assert again == acts.Imported(new=0, changed=0, same=2)


@pytest.mark.parametrize(
    "event",
    [
        {"to_at": NOON - timedelta(days=9)},
        {"longitude": None},
        {"latitude": None, "longitude": None, "radius_m": None},
        {"digests": frozenset({"0" * 64})},
        {"unit": " "},
    ],
)
def test_an_event_nothing_could_meet_is_refused(world: World, event: dict[str, Any]) -> None:
    with refused("EVENT"):
        told(world, ToldEvent(**{**_facts(at_site(site(1))), **event}))


def answers(world: World, content: bytes, **given: Any) -> tuple[acts.Answer, ...]:
    return acts.answer_questions(
        by=world.officers["commander"],
        at=AT,
        key=f"ask {len(content)}",
        content=content,
        file="questions.csv",
        **{"contact": "operations desk", **given},
    )


def test_another_unit_learns_whom_to_ring_and_nothing_of_the_site(world: World, operation: Operation) -> None:
    begins, ends = NOON.isoformat(), (NOON + timedelta(hours=1)).isoformat()
    asked = table(
        ROW.format("Q-near", begins, ends, 9.6005, 76.5, ""),
        ROW.format("Q-both", begins, ends, 9.6, 76.5, "email:user1@example.org"),
        ROW.format("Q-far", begins, ends, 8.6, 76.5, ""),
        ROW.format("Q-who", begins, ends, "", "", "email:user3@example.org"),
        ROW.format("Q-other", begins, ends, "", "", "email:somebody@example.org"),
    )
    found = answers(world, asked)
    assert [one.asked for one in found] == ["Q-near", "Q-both", "Q-who"]
    assert {one.contact for one in found} == {"operations desk"}
    (reference,) = {one.reference for one in found}
    kept = json.dumps(_ledger("unit_answered"))
    assert reference in kept
    for secret in (
        operation.code,
        str(operation.pk),
        site(1).place.address,
        "user1",
        "Q-near",
        str(site(1).pk),
    ):
        assert secret not in f"{found} {kept}".replace("asked='Q-near'", "")
    Operation.objects.filter(pk=operation.pk).update(state="closed")
    assert answers(world, asked + b"\n") == ()


def test_digests_are_compared_under_the_agreed_key_only(world: World) -> None:
    key = b"a key of two units"
    digest = agreed_digest("email", "user1@example.org", key=key)
    asked = table(ROW.format("Q-1", NOON.isoformat(), NOON.isoformat(), "", "", digest))
    with refused("KEY"):
        answers(world, asked)
    assert answers(world, asked, agreed_key=b"some other agreed key") == ()
    (found,) = acts.answer_questions(
        by=world.officers["commander"],
        at=AT,
        key="with the key",
        content=asked,
        file="q.csv",
        contact="desk",
        agreed_key=key,
    )
    assert found.asked == "Q-1"


def test_a_question_as_wide_as_a_search_is_refused(world: World) -> None:
    begins, ends = NOON.isoformat(), (NOON + timedelta(days=32)).isoformat()
    with refused("WIDE"):
        answers(world, table(ROW.format("Q", begins, ends, 9.6, 76.5, "")))
    with refused("WIDE"):
        answers(world, table(f"Q,Unit,desk,{begins},{begins},9.6,76.5,5001,"))
    with refused("CONTACT"):
        answers(world, table(ROW.format("Q", begins, begins, 9.6, 76.5, "")), contact=" ")


def _facts(event: ToldEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ToldEvent.__slots__}


def _ledger(kind: str) -> list[dict[str, Any]]:
    entries = [json.loads(bytes(one.content)) for one in LedgerEntry.objects.order_by("index")]
    return [one["facts"] for one in entries if one["kind"] == kind]
