"""Linking by the station's own operations: one after another as all at once, decided by people, taken back exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station.models import (
    Investigation,
    Lead,
    LinkDecision,
    LinkProposal,
    Notice,
    Officer,
    Subject,
    SubjectLead,
    WatchedKey,
)
from kaval.station.operations import decisions, linking, notices, watched
from kaval.station.queries import linkable
from tests.station.link_rows import key, picture, put

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
NAMES = [("Anil Puthenveedu", "1980-02-03"), ("അനിൽ പുത്തൻവീട്", "1980-02-03"), ("Biju Melethara", "1975-06-07")]


def link(by: Officer, name: str) -> int:
    return linking.link_leads(by=by, at=AT, key=name)


def drawn(draw: Random) -> tuple[list[Any], str, str]:
    named = [
        draw.choice([
            key("email", f"p{draw.randrange(8)}@example.net"),
            key("phone", f"+9155500000{draw.randrange(6):02d}"),
            key("esp_account", f"{draw.randrange(8)}", "Example Chat"),
            key("handle", f"blue_{draw.randrange(8)}", "Example Chat"),
            key("device_id", f"35693803564{draw.randrange(4)}"),
        ])
        for _ in range(draw.randrange(4))
    ]  # fmt: skip
    name, birth = draw.choice([*NAMES, ("", ""), ("", "")])
    return named, name, birth


@pytest.mark.parametrize("seed", range(3))
def test_one_after_another_gives_the_same_rows_as_all_at_once(play: Play, seed: int) -> None:
    draw, analyst = Random(seed), play.officer("analyst")
    rows = [drawn(draw) for _ in range(12)]
    rows += [draw.choice(rows) for _ in range(12)]  # the same account reported again and again

    def linked(steps: list[range]) -> dict[str, Any]:
        with transaction.atomic():
            for step in steps:
                for number in step:
                    named, name, birth = rows[number]
                    put(number + 1, *named, by=analyst, at=AT, name=name, birth=birth)
                link(analyst, f"step {step.start}")
            found = picture()
            transaction.set_rollback(True)
        # One after another, some subjects were merged into others; their rows stay.
        found["subjects"] = {number: row for number, row in found["subjects"].items() if row[0]}
        return found

    at_once = linked([range(24)])
    assert linked([range(n, n + 1) for n in range(24)]) == at_once
    assert linked([range(10), range(10, 13), range(13, 24)]) == at_once


def test_linking_around_some_leads_is_linking_all_of_them(play: Play) -> None:
    draw, analyst = Random(99), play.officer("analyst")
    for number in range(1, 41):
        named, name, birth = drawn(draw)
        put(number, *named, by=analyst, at=AT, name=name, birth=birth)
    link(analyst, "all")
    whole = linkable.everything().resolution
    for lead in Lead.objects.all():
        some = linkable.around([lead.id])
        assert {number: some.resolution.subjects[number] for number in some.ids} == {
            number: whole.subjects[number] for number in some.ids
        }


def four(play: Play) -> list[Lead]:
    """Two people by their e-mail, alike in name and birth: proposed or linked by likeness alone they are not."""
    analyst = play.officer("analyst")
    ones = [put(n, key("email", "a@example.net"), by=analyst, at=AT) for n in (1, 2)]
    others = [put(n, key("email", "b@example.net"), by=analyst, at=AT) for n in (3, 4)]
    link(analyst, "four")
    return [*ones, *others]


def test_a_join_makes_one_subject_loses_nothing_and_taking_it_back_restores_every_row(play: Play) -> None:
    leads, analyst = four(play), play.officer("analyst")
    before = picture()
    decision = decisions.join_leads(
        by=analyst, at=AT, key="j", leads=[leads[0], leads[2]], text="one handset seized"
    )
    assert Subject.objects.get(number="S-000001").lead_count == 4
    gone = Subject.objects.get(number="S-000003")
    assert (gone.lead_count, gone.merged_into) == (0, Subject.objects.get(number="S-000001"))
    late = AT + timedelta(hours=1)
    decisions.withdraw_decision(
        by=analyst, at=late, key="w", decision=decision, text="the seizure was another's"
    )
    assert picture() == before
    with pytest.raises(RefusedError, match="does not hold any more"):
        decisions.withdraw_decision(by=analyst, at=late, key="w2", decision=decision, text="again")
    assert LinkDecision.objects.count() == 2


def test_un_merging_an_exact_link_keeps_both_sides_and_taking_that_back_restores_every_row(
    play: Play,
) -> None:
    analyst = play.officer("analyst")
    leads = [put(n, key("email", "family@example.net"), by=analyst, at=AT) for n in (1, 2, 3, 4)]
    link(analyst, "family")
    before = picture()
    line = decisions.part_leads(
        by=analyst,
        at=AT,
        key="p",
        these=[leads[1], leads[3]],
        those=[leads[0], leads[2]],
        text="a family's mailbox",
    )
    homes = dict(SubjectLead.objects.values_list("lead__number", "subject__number"))
    assert homes == {1: "S-000001", 3: "S-000001", 2: "S-000002", 4: "S-000002"}
    put(5, key("email", "family@example.net"), by=analyst, at=AT)
    link(analyst, "later")
    assert SubjectLead.objects.get(lead__number=5).subject.number == "S-000005"
    decisions.withdraw_decision(
        by=analyst, at=AT, key="w", decision=line, text="it is one person's after all"
    )
    after = picture()
    assert {n: s for n, (s, _) in after["links"].items()} == dict.fromkeys(range(1, 6), "S-000001")
    assert {n: after["links"][n] for n in range(1, 5)} == before["links"]


def test_a_proposal_is_accepted_or_refused_once_with_a_reason_and_is_not_made_again(play: Play) -> None:
    analyst = play.officer("analyst")
    for n in (1, 2, 3):
        put(n, key("email", f"p{n}@example.net"), key("device_id", "356938035643809"), by=analyst, at=AT)
    link(analyst, "device")
    found = list(LinkProposal.objects.filter(state="open").order_by("first__number", "second__number"))
    assert [(p.first.number, p.second.number) for p in found] == [(1, 2), (1, 3), (2, 3)]
    with pytest.raises(RefusedError, match="say why"):
        decisions.refuse_proposal(by=analyst, at=AT, key="r0", proposal=found[0], text="  ")
    decisions.refuse_proposal(by=analyst, at=AT, key="r", proposal=found[0], text="brothers share the phone")
    decisions.accept_proposal(by=analyst, at=AT, key="a", proposal=found[1], text="same handset, same room")
    put(4, key("email", "p1@example.net"), by=analyst, at=AT)
    link(analyst, "later")
    states = {(p.first.number, p.second.number): p.state for p in LinkProposal.objects.all()}
    assert states == {(1, 2): "refused", (1, 3): "accepted", (2, 3): "gone"}
    homes = dict(SubjectLead.objects.values_list("lead__number", "subject__number"))
    assert homes == {1: "S-000001", 2: "S-000002", 3: "S-000001", 4: "S-000001"}
    with pytest.raises(RefusedError, match="is accepted"):
        decisions.accept_proposal(by=analyst, at=AT, key="a2", proposal=found[1], text="again")


def test_decisions_that_contradict_each_other_are_refused_and_change_nothing(play: Play) -> None:
    leads, analyst = four(play), play.officer("analyst")
    decisions.join_leads(by=analyst, at=AT, key="j", leads=[leads[0], leads[2]], text="one handset")
    before = picture()
    with pytest.raises(RefusedError, match="joined some of these"), transaction.atomic():
        decisions.part_leads(by=analyst, at=AT, key="p", these=[leads[0]], those=[leads[2]], text="no")
    assert picture() == before
    outsider = play.officer("press_officer")
    with pytest.raises(NotPermitted):
        decisions.join_leads(by=outsider, at=AT, key="x", leads=leads[:2], text="no right to")


def test_an_arriving_report_of_an_open_investigation_a_register_and_another_units_matter_raises_notices(
    play: Play,
) -> None:
    leads, analyst = four(play), play.officer("analyst")
    supervisor = play.officer("supervisor")
    subject = SubjectLead.objects.get(lead=leads[0]).subject
    Investigation.objects.create(
        id=subject.id,
        number="CCSE/2026/1",
        subject=subject,
        opened_at=AT,
        opened_by=supervisor,
        regime="BNSS/BSA",
    )
    entries = [watched.Watched("phone", "98460 12345", "M-17")]
    for kind, holder in (("other_unit", "Cyber Cell North"), ("registered_offender", "State register")):
        watched.watch_keys(
            by=supervisor, at=AT, key=kind, kind=kind, holder=holder, basis="agreement 12/2026",
            until=AT.date() + timedelta(days=30), entries=entries,
        )  # fmt: skip
    assert not WatchedKey.objects.filter(digest__contains="98460").exists()
    put(5, key("email", "a@example.net"), key("phone", "+919846012345"), by=analyst, at=AT)
    put(6, key("email", "stranger@example.net"), by=analyst, at=AT)
    link(analyst, "arrived")
    found = {(n.kind, n.lead.number, n.reference) for n in Notice.objects.all()}
    assert found == {
        ("open_case", 5, "CCSE/2026/1"),
        ("other_unit", 5, "Cyber Cell North M-17"),
        ("registered_offender", 5, "State register M-17"),
    }
    link(analyst, "again")
    assert Notice.objects.count() == 3
    notice = Notice.objects.get(kind="open_case")
    notices.see_notice(by=analyst, at=AT, key="seen", notice=notice)
    notice.refresh_from_db()
    assert (notice.seen_by, notice.seen_at) == (analyst, AT)
    assert all(each.text and each.text_ml for each in Notice.objects.all())


def test_an_investigation_whose_reports_come_apart_raises_a_notice(play: Play) -> None:
    analyst = play.officer("analyst")
    leads = [put(n, key("email", "family@example.net"), by=analyst, at=AT) for n in (1, 2)]
    link(analyst, "family")
    subject = SubjectLead.objects.get(lead=leads[0]).subject
    Investigation.objects.create(
        id=subject.id,
        number="CCSE/2026/2",
        subject=subject,
        opened_at=AT,
        opened_by=analyst,
        regime="BNSS/BSA",
    )
    decisions.part_leads(by=analyst, at=AT, key="p", these=[leads[1]], those=[leads[0]], text="two brothers")
    assert [(n.kind, n.lead.number, n.reference) for n in Notice.objects.all()] == [
        ("split_subject", 2, "CCSE/2026/2")
    ]


@pytest.mark.parametrize("entry, until, problem", [
    (watched.Watched("ip", "192.0.2.1", "R"), 30, "no identifier of one person"),
    (watched.Watched("phone", "12", "R"), 30, "no identifier of one person"),
    (watched.Watched("phone", "9846012345", "R"), -1, "has passed"),
])  # fmt: skip
def test_what_stands_for_many_or_is_over_is_not_watched(
    play: Play, entry: watched.Watched, until: int, problem: str
) -> None:
    with pytest.raises(RefusedError, match=problem):
        watched.watch_keys(
            by=play.officer("supervisor"), at=AT, key="k", kind="other_unit", holder="H", basis="B",
            until=AT.date() + timedelta(days=until), entries=[entry],
        )  # fmt: skip
    assert not WatchedKey.objects.exists()
