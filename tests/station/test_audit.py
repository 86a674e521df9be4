"""One act, one audit row, its ledger entries: together or not at all, once, and by those who may."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.engine.formats import roster
from kaval.engine.kernel.errors import KeyConflict, NotPermitted, RefusedError
from kaval.engine.rules.custody import verify_lines
from kaval.engine.rules.field.states import BEFORE_THE_DOOR
from kaval.station.audit import acting, one_transaction, postpone
from kaval.station.ids import derive
from kaval.station.models import Act, LedgerEntry, LedgerHead, Officer, Provider, Refusal, Station
from kaval.station.operations import intake, organisation
from kaval.station.operations.register import update_register
from kaval.station.queries.ledger import ledger_head, ledger_lines
from tests.station.plays import STEPS, footprint, last_refusal, refused

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("play")


@pytest.fixture
def clerk(play: Play) -> Officer:
    """An officer who may receive files."""
    return play.officer("intake_clerk")


def _provider(code: str) -> Provider:
    return Provider(
        id=derive("provider", code),
        code=code,
        name=code,
        kind="fixed",
        answer_layout="a",
        subscriber_layout="b",
        offset_minutes=330,
        shares_addresses=False,
    )


def test_an_act_and_its_entry_are_written_together(clerk: Officer) -> None:
    before = ledger_head()
    with acting("receive_file", by=clerk, at=AT, key="k1", request={"name": "a"}) as act:
        act.about("receipt", derive("row", 1))
        act.ledger("received", {"size": 3})
        assert not Act.objects.filter(key="receive_file:k1").exists(), (
            "nothing is written before the act is done"
        )
    row = Act.objects.get(key="receive_file:k1")
    entry = LedgerEntry.objects.get(act=row)
    content = json.loads(bytes(entry.content))
    assert (row.by, row.at, row.subject_kind, row.subject) == (clerk, AT, "receipt", derive("row", 1))
    assert content["by"] == clerk.number
    assert content["index"] == entry.index == before.size
    assert (content["kind"], content["facts"], content["request"]) == (
        "received",
        {"size": 3},
        row.request_digest,
    )
    assert ledger_head().size == before.size + 1
    assert verify_lines(ledger_lines()) == ledger_head()


def test_an_act_without_facts_of_its_own_is_in_the_ledger_all_the_same(clerk: Officer) -> None:
    with acting("receive_file", by=clerk, at=AT, key="k1", request={}):
        pass
    assert LedgerEntry.objects.filter(act__key="receive_file:k1").count() == 1


def test_when_the_act_fails_neither_is_written(clerk: Officer) -> None:
    before = footprint()

    def fail() -> None:
        with acting("receive_file", by=clerk, at=AT, key="k1", request={}) as act:
            _provider("HALF").save(force_insert=True)
            postpone(_provider("POSTPONED"))
            act.ledger("received", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert footprint() == before
    assert not Refusal.objects.exists(), "a bug is no refusal"


def test_when_the_ledger_cannot_be_written_the_act_is_undone(clerk: Officer) -> None:
    before = footprint()

    def fail() -> None:
        with acting("receive_file", by=clerk, at=AT, key="k1", request={}) as act:
            _provider("HALF").save(force_insert=True)
            act.ledger("received", {"size": float("nan")})

    with pytest.raises(ValueError, match="JSON"):
        fail()
    assert footprint() == before


def test_a_refusal_undoes_the_act_and_is_kept_itself(clerk: Officer) -> None:
    before = footprint()
    with refused("RULE"), acting("receive_file", by=clerk, at=AT, key="k1", request={}):
        _provider("HALF").save(force_insert=True)
        raise RefusedError("RULE", "not like this")
    assert footprint() == before
    kept = last_refusal()
    assert (kept.name, kept.by, kept.at, kept.code, kept.text) == (
        "receive_file",
        clerk,
        AT,
        "RULE",
        "not like this",
    )


def test_who_may_not_gets_nothing_and_the_attempt_is_kept(play: Play) -> None:
    auditor, before = play.officer("auditor"), footprint()
    entered = False
    with pytest.raises(NotPermitted), acting("receive_file", by=auditor, at=AT, key="k1", request={}):
        entered = True
    assert not entered, "permission is asked before anything is done"
    assert footprint() == before
    assert (last_refusal().by, last_refusal().code) == (auditor, "ROLE")
    assert "intake_clerk" in last_refusal().text


def test_an_act_that_is_on_no_page_is_done_by_nobody(play: Play) -> None:
    with (
        pytest.raises(NotPermitted),
        acting("delete_everything", by=play.officer("admin"), at=AT, key="k", request={}),
    ):
        pass


def test_the_same_request_again_finds_the_first_result(clerk: Officer) -> None:
    first = intake.receive_file(by=clerk, at=AT, key="k1", name="a.txt", content=b"abc", source="test")
    before = footprint()
    again = intake.receive_file(by=clerk, at=AT, key="k1", name="a.txt", content=b"abc", source="test")
    later = AT + timedelta(hours=1)
    retried = intake.receive_file(by=clerk, at=later, key="k1", name="a.txt", content=b"abc", source="test")
    assert first == again == retried, "a retry is the same act whenever it comes"
    assert Act.objects.get(key="receive_file:k1").at == AT
    assert footprint() == before


def test_the_same_key_for_another_request_is_refused_and_kept_aside(clerk: Officer) -> None:
    first = intake.receive_file(by=clerk, at=AT, key="k1", name="a.txt", content=b"abc", source="test")
    before = footprint()
    for change in ({"content": b"abd"}, {"name": "b.txt"}, {"source": "elsewhere"}):
        request = {"by": clerk, "at": AT, "key": "k1", "name": "a.txt", "content": b"abc", "source": "test"}
        with pytest.raises(KeyConflict):
            intake.receive_file(**{**request, **change})  # type: ignore[arg-type]
        assert last_refusal().code == "KEY"
    assert footprint() == before
    assert Act.objects.get(key="receive_file:k1").subject == first.id


def test_with_anothers_key_nobody_finds_anothers_act(play: Play, clerk: Officer) -> None:
    """A second clerk who sends the first one's request is refused: the act has one author."""
    other = Officer.objects.exclude(id=clerk.id).filter(roles=["analyst"]).earliest("number")
    other.roles = ["intake_clerk"]
    intake.receive_file(by=clerk, at=AT, key="k1", name="a.txt", content=b"abc", source="test")
    with pytest.raises(KeyConflict):
        intake.receive_file(by=other, at=AT, key="k1", name="a.txt", content=b"abc", source="test")


def test_keys_of_different_acts_do_not_meet(clerk: Officer) -> None:
    intake.receive_file(by=clerk, at=AT, key="k", name="a", content=b"abc", source="test")
    update_register(by=clerk, at=AT, key="k")
    assert set(Act.objects.filter(key__endswith=":k").values_list("name", flat=True)) == {
        "receive_file",
        "update_register",
    }


def test_a_time_without_a_zone_is_no_time(clerk: Officer) -> None:
    with (
        pytest.raises(ValueError, match="aware"),
        acting("receive_file", by=clerk, at=AT.replace(tzinfo=None), key="k", request={}),
    ):
        pass


def test_several_acts_of_one_transaction_commit_together(clerk: Officer) -> None:
    before = footprint()

    def fail() -> None:
        with one_transaction():
            intake.receive_file(by=clerk, at=AT, key="k1", name="a", content=b"abc", source="test")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert footprint() == before
    with one_transaction():
        intake.receive_file(by=clerk, at=AT, key="k1", name="a", content=b"abc", source="test")
        intake.receive_file(by=clerk, at=AT, key="k2", name="b", content=b"abd", source="test")
    assert footprint()[1] == before[1] + 2
    assert verify_lines(ledger_lines()).size == before[3] + 2


def test_a_key_is_known_at_once_within_a_transaction(clerk: Officer) -> None:
    before = footprint()
    with one_transaction(keys=["receive_file:k1"]):
        for _ in range(3):
            with acting("receive_file", by=clerk, at=AT, key="k1", request={"n": 1}) as act:
                act.about("receipt", derive("one"))
            assert act.subject == derive("one")
    assert footprint()[1] == before[1] + 1


def test_a_refused_act_cannot_be_swallowed_by_the_transaction_around_it(clerk: Officer) -> None:
    """Its rows would be committed without an audit row: whoever catches the refusal inside loses the whole."""
    before = footprint()

    def swallow() -> None:
        with one_transaction():
            intake.receive_file(by=clerk, at=AT, key="k1", name="a", content=b"abc", source="test")
            with suppress(RefusedError), acting("receive_file", by=clerk, at=AT, key="k2", request={}):
                _provider("HALF").save(force_insert=True)
                raise RefusedError("RULE", "late")

    with pytest.raises(RuntimeError, match="receive_file:k2"):
        swallow()
    assert footprint() == before


def test_outside_an_act_nothing_can_be_postponed() -> None:
    with pytest.raises(RuntimeError, match="inside an act"):
        postpone(_provider("NOBODY"))


def test_an_officer_without_permission_leaves_no_bytes_behind(play: Play, tmp_path: Path) -> None:
    auditor = play.officer("auditor")
    with override_settings(HOME=tmp_path), pytest.raises(NotPermitted):
        intake.receive_file(by=auditor, at=AT, key="k", name="a", content=b"planted", source="test")
    assert not list(tmp_path.rglob("*"))


def test_identifiers_are_the_same_again_and_say_nothing(play: Play) -> None:
    assert derive("site", 1) == derive("site", 1)
    assert len({derive("site", 1), derive("site", 2), derive("sit", "e1"), derive("site1")}) == 4
    assert str(play.world.order["code"]) not in str(derive("operation", play.world.order["code"]))


def test_installing_again_changes_nothing_and_another_unit_is_refused(play: Play) -> None:
    """`install_unit` is the one act without `by`: before it there is nobody. Its actor is the roster's admin."""
    before = footprint()
    STEPS["install"](play)
    assert footprint() == before
    install = Act.objects.get(name="install_unit")
    assert install.by.roles == ["admin"]
    other = organisation.Roster("Another Unit", "", [], [], [], [], [])
    with refused("ROSTER"):
        organisation.install_unit(at=AT, roster=other, training=True)


def test_a_station_belongs_to_one_unit(play: Play) -> None:
    officers = roster.read_officers(play.world.content("station/officers.csv"), file="officers.csv")
    before = footprint()
    with refused("UNIT"):
        organisation.install_unit(
            at=AT, roster=organisation.Roster("Another Unit", "", [], [], officers, [], []), training=True
        )
    changed = organisation.Roster(
        "CCSE Training Unit", "", [], [], [row for row in officers if row.role], [], []
    )
    with refused("KEY"):
        organisation.install_unit(at=AT, roster=changed, training=True)
    assert footprint() == before


def test_rows_protect_what_they_refer_to(play: Play) -> None:
    """Foreign keys hold in the database itself, at the latest when the transaction is checked."""
    nowhere = derive("no such district")

    def write() -> None:
        with transaction.atomic():
            Station.objects.create(
                id=derive("x"), code="X", district_id=nowhere, name="X", longitude=0, latitude=0
            )
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        write()


def test_the_head_has_one_row(play: Play) -> None:
    assert LedgerHead.objects.count() == 1
    assert BEFORE_THE_DOOR == ("withdrawn", "deferred")
