"""What people do about an attribution: who may, who may not, what is kept, and that a BLOCK is lifted by nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from kaval.engine.kernel.errors import NotPermitted
from kaval.station.models import (
    Act,
    Attribution,
    CheckOverride,
    ChildNote,
    ContradictionNote,
    CorroborationNote,
    DeconflictionNote,
    Observation,
    Officer,
    Operation,
    Site,
    Subject,
)
from kaval.station.operations import attribution_desk as acts
from kaval.station.queries.attribution_desk import open_holds
from kaval.station.roles import ROLES
from tests.station import attribution_rows, net_rows
from tests.station.console_rows import HOSTILE, NOON, World, uid
from tests.station.plays import refused

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(hours=3)
OWN = uid("to read", 11)


@pytest.fixture(scope="module", autouse=True)
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), net_rows.lasting() as built:
        yield built


@pytest.fixture
def subject(world: World) -> Subject:
    """A subject with open HOLDs and a BLOCK, attributed by the analyst."""
    return attribution_rows.held(world)


def ranked(world: World, role: str, rank: str) -> Officer:
    """The officer of a role, in this rank."""
    officer = world.officers[role]
    officer.rank = rank
    return officer


def override(
    by: Officer, subject: Subject, *, check: str = "A-07", text: str = "seen in the file", **more: object
) -> CheckOverride:
    key = str(more.pop("key", uuid.uuid4()))
    return acts.override_hold(by=by, at=AT, key=key, subject=subject.pk, check=check, text=text, **more)  # type: ignore[arg-type]


def holds(subject: Subject) -> set[str]:
    return {one.check for one in open_holds(Attribution.objects.get(subject=subject))}


def test_an_open_hold_passes_by_name_rank_and_reason_and_comes_back(world: World, subject: Subject) -> None:
    by = ranked(world, "supervisor", "DYSP")
    given = override(by, subject)
    assert (given.by, given.rank, given.check_id) == (by, "DYSP", "A-07")
    assert (given.observation, given.text) == (None, "seen in the file")
    back = acts.withdraw_override(by=by, at=AT, key="back", override=given.pk, text="it was another list")
    assert (back.withdrawn_at, back.withdrawn_by) == (AT, by)
    assert Act.objects.get(subject=given.pk, name="withdraw_override").note == "it was another list"
    with refused("OVERRIDE"):
        acts.withdraw_override(by=by, at=AT, key="twice", override=given.pk, text="again")
    assert CheckOverride.objects.filter(pk=given.pk).exists()


def test_a_hold_is_open_until_somebody_lets_it_pass_and_again_when_it_is_taken_back(
    world: World, subject: Subject
) -> None:
    by = ranked(world, "supervisor", "DYSP")
    assert holds(subject) == {"A-07", "A-25", "A-40"}
    given = override(by, subject)
    attribution_rows.held(world)  # as if nothing had been computed anew
    assert holds(subject) == {"A-25", "A-40"}
    with refused("CHECK"):
        override(by, subject)
    acts.withdraw_override(by=by, at=AT, key="back", override=given.pk, text="it was another list")
    attribution_rows.held(world)
    assert holds(subject) == {"A-07", "A-25", "A-40"}
    override(by, subject, check="A-25", observation=OWN)
    attribution_rows.held(world)
    assert holds(subject) == {"A-07", "A-25", "A-40"}, "for one observation: the attribution names it still"


@pytest.mark.parametrize("act", ["override", "explain", "link", "ask", "child"])
def test_after_each_act_the_attribution_is_computed_anew_and_keeps_its_analyst(
    world: World, subject: Subject, act: str
) -> None:
    by = ranked(world, "supervisor", "DYSP")
    if act == "override":
        override(by, subject)
    elif act == "explain":
        acts.explain_contradiction(by=by, at=AT, key="k", subject=subject.pk, observation=OWN, text="x")
    elif act == "link":
        acts.add_corroboration(by=by, at=AT, key="k", subject=subject.pk, kind="phone", text="x")
    elif act == "ask":
        acts.record_deconfliction(by=by, at=AT, key="k", subjects=[subject.pk], asked="x", conflict=False)
    else:
        acts.note_child(by=by, at=AT, key="k", subject=subject.pk, likely=True, text="x")
    row = Attribution.objects.get(subject=subject)
    assert (row.at, row.analyst) == (AT, world.officers["analyst"])
    assert row.digest != "f" * 64


@pytest.mark.parametrize(
    ("code", "check", "text"),
    [
        ("BLOCK", "A-46", "x"),
        ("BLOCK", "A-44", "x"),
        ("CHECK", "A-42", "x"),
        ("CHECK", "A-99", "x"),
        ("REASON", "A-07", " \n"),
    ],
)
def test_only_an_open_hold_passes_and_never_without_a_reason(
    world: World, subject: Subject, code: str, check: str, text: str
) -> None:
    with refused(code):
        override(ranked(world, "supervisor", "SP"), subject, check=check, text=text)
    assert not CheckOverride.objects.exists()


def test_the_analyst_of_the_attribution_cannot_let_it_pass_and_another_one_can(
    world: World, subject: Subject
) -> None:
    with refused("SELF"):
        override(ranked(world, "analyst", "SP"), subject)
    Attribution.objects.filter(subject=subject).update(analyst=world.officers["supervisor"])
    assert override(ranked(world, "analyst", "SI"), subject).rank == "SI"


@pytest.mark.parametrize("rank", ["CPO", "SCPO", "ASI", ""])
def test_a_rank_below_si_lets_nothing_pass(world: World, subject: Subject, rank: str) -> None:
    with refused("RANK"):
        override(ranked(world, "supervisor", rank), subject)


def test_one_observation_alone_passes_for_a_gazetted_officer_and_a_child_at_risk_only(
    world: World, subject: Subject
) -> None:
    for rank in ("SI", "INSPECTOR"):
        with refused("RANK"):
            override(ranked(world, "supervisor", rank), subject, check="A-40", child_at_risk=True)
    by = ranked(world, "supervisor", "DYSP")
    with refused("A-40"):
        override(by, subject, check="A-40")
    assert override(by, subject, check="A-40", child_at_risk=True).check_id == "A-40"


def test_an_override_for_one_observation_is_for_one_of_the_subject_and_a_check_of_observations(
    world: World, subject: Subject
) -> None:
    by = ranked(world, "supervisor", "DYSP")
    with refused("OBSERVATION"):
        override(by, subject, check="A-25", observation=uid("observation", 1))
    with refused("OBSERVATION"):
        override(by, subject, check="A-40", observation=OWN, child_at_risk=True)
    given = override(by, subject, check="A-25", observation=OWN)
    assert given.observation_id == OWN


def test_the_same_act_again_is_one_act(world: World, subject: Subject) -> None:
    by = ranked(world, "supervisor", "DYSP")
    first = override(by, subject, key="once")
    assert override(by, subject, key="once") == first
    notes = [
        acts.add_corroboration(by=by, at=AT, key="k", subject=subject.pk, kind="phone", text="rang")
        for _ in "ab"
    ]
    assert notes[0] == notes[1]
    for _ in "ab":
        acts.record_deconfliction(by=by, at=AT, key="d", subjects=[subject.pk], asked="CBI", conflict=None)
    assert (
        CheckOverride.objects.count(),
        CorroborationNote.objects.count(),
        DeconflictionNote.objects.count(),
    ) == (
        1,
        1,
        1,
    )


def test_a_subject_nobody_attributed_has_nothing_to_let_pass(world: World) -> None:
    lonely = net_rows.subject(777)
    with refused("ATTRIBUTION"):
        override(ranked(world, "supervisor", "DYSP"), lonely)


def test_an_explanation_is_about_an_observation_that_points_elsewhere(world: World, subject: Subject) -> None:
    def explain(observation: uuid.UUID, text: str) -> ContradictionNote:
        return acts.explain_contradiction(
            by=world.officers["analyst"], at=AT, key=str(uuid.uuid4()), subject=subject.pk,
            observation=observation, text=text,
        )  # fmt: skip

    with refused("OBSERVATION"):
        explain(uid("observation", 1), "x")
    with refused("REASON"):
        explain(OWN, " ")
    note = explain(OWN, "a guest's telephone")
    assert (note.by, note.text) == (world.officers["analyst"], "a guest's telephone")


def test_a_link_names_its_kind_and_a_source_of_the_subject(world: World, subject: Subject) -> None:
    by = world.officers["analyst"]
    source = Observation.objects.get(pk=OWN).lead.report.sealed_id
    note = acts.add_corroboration(
        by=by, at=AT, key="a", subject=subject.pk, kind="device", text="same device", sealed=source,
        locator="line 4",
    )  # fmt: skip
    assert (note.sealed_id, note.locator) == (source, "line 4")
    with refused("SOURCE"):
        acts.add_corroboration(
            by=by, at=AT, key="b", subject=subject.pk, kind="device", text="x", sealed=uid("sealed", 1)
        )
    with refused("KIND"):
        acts.add_corroboration(by=by, at=AT, key="c", subject=subject.pk, kind="hearsay", text="x")
    with refused("REASON"):
        acts.add_corroboration(by=by, at=AT, key="d", subject=subject.pk, kind="device", text="")


def test_a_conflict_names_whom_to_ask(world: World, subject: Subject) -> None:
    by = world.officers["supervisor"]
    other = attribution_rows.held(world, 12)
    both = [subject.pk, other.pk]
    assert (
        acts.record_deconfliction(by=by, at=AT, key="a", subjects=both, asked="all states", conflict=False)
        == 2
    )
    assert {one.subject_id for one in DeconflictionNote.objects.all()} == set(both)
    with refused("REFERENCE"):
        acts.record_deconfliction(by=by, at=AT, key="b", subjects=both, asked="all states", conflict=True)
    with refused("ASKED"):
        acts.record_deconfliction(by=by, at=AT, key="c", subjects=both, asked=" ", conflict=False)
    with refused("SUBJECT"):
        acts.record_deconfliction(by=by, at=AT, key="d", subjects=[], asked="x", conflict=False)
    with refused("SUBJECT"):
        acts.record_deconfliction(
            by=by, at=AT, key="e", subjects=[subject.pk, uuid.UUID(int=7)], asked="x", conflict=False
        )


def test_anybody_on_the_desk_says_child_and_a_supervisor_alone_takes_it_back(
    world: World, subject: Subject
) -> None:
    def say(role: str, likely: bool) -> ChildNote:
        return acts.note_child(
            by=world.officers[role], at=AT + timedelta(minutes=ChildNote.objects.count()), key=str(uuid.uuid4()),
            subject=subject.pk, likely=likely, text="the profile says class 8",
        )  # fmt: skip

    assert say("analyst", likely=False).likely is False
    assert say("analyst", likely=True).likely
    with refused("A-51"):
        say("analyst", likely=False)
    assert say("supervisor", likely=False).likely is False
    with refused("REASON"):
        acts.note_child(
            by=world.officers["analyst"], at=AT, key="n", subject=subject.pk, likely=True, text="  "
        )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_is_not_on_the_desk_does_nothing_there(world: World, subject: Subject, role: str) -> None:
    """Each act by each role: those not named for it are refused before anything is looked at."""
    officer = world.officers[role]
    tried: dict[str, Callable[[], object]] = {
        "override_hold": lambda: override(officer, subject),
        "explain_contradiction": lambda: acts.explain_contradiction(
            by=officer, at=AT, key="1", subject=subject.pk, observation=uuid.UUID(int=1), text="x"
        ),
        "add_corroboration": lambda: acts.add_corroboration(
            by=officer, at=AT, key="2", subject=subject.pk, kind="phone", text="x"
        ),
        "note_child": lambda: acts.note_child(
            by=officer, at=AT, key="3", subject=subject.pk, likely=True, text="x"
        ),
    }
    may = {"analyst", "supervisor"} if role in ("analyst", "supervisor") else set()
    outside = {"commander", "deputy_commander"} | may
    for name, do in tried.items():
        if role not in (outside if name in ("override_hold", "note_child") else may):
            with pytest.raises(NotPermitted):
                do()


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.account(role))
    return client


def test_the_page_offers_what_the_officer_may_and_says_why_not(world: World, subject: Subject) -> None:
    Officer.objects.filter(pk=world.officers["supervisor"].pk).update(rank="DYSP")
    address = f"/subjects/{subject.pk}/attribution/desk"
    page = browser(world, "supervisor").get(address).content.decode()
    assert page.count('value="override_hold"') == 3
    assert "DYSP or above" in page
    assert HOSTILE not in page
    own = browser(world, "analyst").get(address).content.decode()
    assert 'value="override_hold"' not in own
    assert own.count("You made this attribution") == 3
    assert 'value="explain_contradiction"' in own
    auditor = browser(world, "auditor").get(address).content.decode()
    assert "<form" not in auditor.split('id="content"')[1]
    assert "A-07" in auditor
    assert browser(world, "district_chief").get(address).status_code == 404


def test_every_form_of_the_page_does_its_act_and_the_history_names_it(world: World, subject: Subject) -> None:
    Officer.objects.filter(pk=world.officers["supervisor"].pk).update(rank="DYSP")
    client, address = browser(world, "supervisor"), f"/subjects/{subject.pk}/attribution/desk"
    key = str(uuid.uuid4())
    sent = [
        {"act": "override_hold", "check": "A-07", "text": "why it passes"},
        {"act": "override_hold", "check": "A-40", "text": "why alone", "child_at_risk": "on"},
        {"act": "explain_contradiction", "observation": str(OWN), "text": "why elsewhere"},
        {"act": "add_corroboration", "kind": "phone", "text": "what ties it"},
        {"act": "record_deconfliction", "asked": "who was asked", "conflict": "open"},
        {"act": "note_child", "likely": "yes", "text": "what speaks for a child"},
    ]
    for form in sent:
        attribution_rows.held(world)
        answer = client.post(f"{address}/act", {"key": key, **form})
        assert (answer.status_code, answer["Location"]) == (303, f"{address}?done={form['act']}")
    given = CheckOverride.objects.get(check_id="A-07")
    back = {"key": key, "act": "withdraw_override", "override": str(given.pk), "text": "taken back"}
    assert client.post(f"{address}/act", back).status_code == 303
    page = client.get(f"{address}?done=note_child").content.decode()
    history = page.split('id="history"')[1]
    for form in sent:
        assert form.get("text", form.get("asked", "")) in history
    assert "override taken back" in history
    assert "Officer " in history
    assert "The note is kept." in page
    client.cookies["django_language"] = "ml"
    assert "കുറിപ്പ് സൂക്ഷിച്ചു." in client.get(f"{address}?done=note_child").content.decode()


@pytest.mark.parametrize(
    ("form", "english", "malayalam"),
    [
        ({"act": "override_hold", "check": "A-46", "text": "x"}, "nobody lets it pass", "ആർക്കും ഇളവ്"),
        ({"act": "override_hold", "check": "A-07", "text": " "}, "Say why", "കാരണം എഴുതുക"),
        (
            {"act": "record_deconfliction", "asked": "x", "conflict": "yes"},
            "whom to ask",
            "ആരോടാണ് അന്വേഷിക്കേണ്ട",
        ),
        ({"act": "burn_everything"}, "no such act", "ഇങ്ങനെയൊരു നടപടിയില്ല"),
    ],
)
def test_a_refusal_is_said_on_the_page_in_both_languages(
    world: World, subject: Subject, form: dict[str, str], english: str, malayalam: str
) -> None:
    Officer.objects.filter(pk=world.officers["supervisor"].pk).update(rank="DYSP")
    client, address = browser(world, "supervisor"), f"/subjects/{subject.pk}/attribution/desk/act"
    for language, words in (("en", english), ("ml", malayalam)):
        client.cookies["django_language"] = language
        answer = client.post(address, {"key": str(uuid.uuid4()), **form})
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert not CheckOverride.objects.exists()


def test_others_are_asked_about_a_whole_operation_at_once(world: World) -> None:
    operation = Operation.objects.get()
    own = [attribution_rows.held(world, number) for number in (11, 12, 13)]
    for number, subject in enumerate(own, start=70):
        place = attribution_rows.place(world, number)
        Site.objects.create(
            id=uid("site", number), operation=operation, number=number, place=place, district=place.district,
            attribution=subject.attribution, state="planned", search_basis="WARRANT_96",
        )  # fmt: skip
    client, address = browser(world, "commander"), f"/operations/{operation.pk}/deconfliction"
    listed = client.get(address).content.decode()
    assert listed.count('name="subject"') == listed.count(" checked") == 7
    stranger = net_rows.subject(778)
    ticked = [str(own[0].pk), str(own[2].pk), str(stranger.pk)]
    sent = {"key": str(uuid.uuid4()), "subject": ticked, "asked": "all districts", "conflict": "no"}
    for _ in "ab":
        assert client.post(f"{address}/record", sent).status_code == 303
    notes = list(DeconflictionNote.objects.order_by("subject__number"))
    assert [one.subject for one in notes] == [own[0], own[2]]
    assert {(one.asked, one.conflict) for one in notes} == {("all districts", False)}
    assert client.get(address).content.decode().count(" checked") == 5
    assert "all districts" in browser(world, "auditor").get(address).content.decode()
    assert 'name="asked"' not in browser(world, "auditor").get(address).content.decode()
    assert (
        client.post(f"{address}/record", {**sent, "key": str(uuid.uuid4()), "asked": ""}).status_code == 400
    )
    assert browser(world, "second_reader").post(f"{address}/record", sent).status_code == 403
