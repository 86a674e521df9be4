"""After the day: a search without a link is gone through anew, an error holds what it touches, a record is sealed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kaval.cli.play.chain import Play
from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station import sealed
from kaval.station.models import (
    Account,
    Act,
    AnswerFile,
    Attribution,
    AttributionError,
    ErrorNotice,
    Officer,
    Outcome,
    Quarantine,
    Reaudit,
)
from kaval.station.operations import aftermath as acts
from kaval.station.queries import aftermath as queries
from kaval.station.queries.scope import NotVisible
from kaval.station.queries.unit_figures import unit_figures
from kaval.station.queries.whole import rows_digest
from tests.station.plays import last_refusal, refused

PLAYED_UNTIL = "day"
pytestmark = pytest.mark.django_db


def owing(number: int = 0) -> Outcome:
    """A search of the small world that found nothing."""
    rows = Outcome.objects.filter(audit_due_at__isnull=False).select_related("site__attribution__analyst")
    return rows.order_by("at")[number]


def due(outcome: Outcome) -> Any:
    assert outcome.audit_due_at is not None
    return outcome.audit_due_at


def supervisor(play: Play) -> Officer:
    return play.officer("supervisor")


def begun(play: Play, outcome: Outcome) -> Reaudit:
    at = outcome.at + timedelta(hours=2)
    return acts.start_reaudit(by=supervisor(play), at=at, key=f"start {outcome.pk}", outcome=outcome)


def wrong(play: Play, outcome: Outcome, **given: Any) -> AttributionError:
    said: dict[str, Any] = {
        "attribution": outcome.site.attribution, "cause": "lease_edge", "text": "the lease had ended",
        "people_affected": 3, "children_affected": 1, "outcome": outcome,
    } | given  # fmt: skip
    at = outcome.at + timedelta(hours=5)
    return acts.confirm_error(by=supervisor(play), at=at, key=f"error {outcome.pk}", **said)


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(officer=officer))
    return client


# ---------------------------------------------------------------- re-audit


def test_a_search_without_a_link_owes_a_reaudit_until_it_is_finished(play: Play) -> None:
    outcome, viewer = owing(), supervisor(play)
    assert queries.reaudits_owed(viewer)[0].outcome_id == outcome.pk
    stored = Attribution.objects.values_list("checks", "digest", "level").get(pk=outcome.site.attribution_id)
    row = begun(play, outcome)
    assert row.due_at == due(outcome)
    assert row.findings == [], "nothing has changed since, so every check comes out as it did"
    again = Attribution.objects.values_list("checks", "digest", "level").get(pk=outcome.site.attribution_id)
    assert again == stored
    done = acts.finish_reaudit(
        by=viewer,
        at=outcome.at + timedelta(hours=3),
        key="f",
        reaudit=row,
        verdict="sound",
        text="read again",
    )
    assert (done.verdict, done.by) == ("sound", viewer)
    assert outcome.pk not in [row.outcome_id for row in queries.reaudits_owed(viewer)]
    assert [row.verdict for row in queries.reaudits_made(viewer)] == ["sound"]


def test_the_same_request_again_begins_nothing_and_another_is_refused(play: Play) -> None:
    row = begun(play, owing())
    assert begun(play, owing()) == row
    with refused("TWICE"):
        acts.start_reaudit(by=supervisor(play), at=owing().at, key="other", outcome=owing())


def test_an_outcome_with_a_link_owes_none(play: Play) -> None:
    linked = Outcome.objects.filter(code="crime_registered").select_related("site").earliest("at")
    with refused("A-60"):
        acts.start_reaudit(by=supervisor(play), at=linked.at, key="k", outcome=linked)


def test_what_changed_in_the_sealed_answer_comes_out_in_words(play: Play, monkeypatch: Any) -> None:
    outcome = owing()
    digests = {one["digest"] for one in outcome.site.attribution.basis if one["role"] == "answer"}
    broken = set(AnswerFile.objects.filter(sealed__sha256__in=digests).values_list("sealed", flat=True))
    assert broken
    real = sealed.read

    def reads(row: Any, *args: Any, **named: Any) -> bytes:
        if row.pk in broken:
            raise sealed.SealBroken(str(row.pk))
        return real(row, *args, **named)

    monkeypatch.setattr(sealed, "read", reads)
    row = begun(play, outcome)
    seal = next(one for one in row.findings if one["check"] == "A-01")
    assert (seal["before"], seal["now"], seal["worse"]) == ("PASS", "FAIL", True)
    assert seal["text"]
    assert seal["text_ml"]
    level = next(one for one in row.findings if not one["check"])
    assert (level["before"], level["worse"]) == ("L2", True)
    with refused("A-01"):
        acts.finish_reaudit(
            by=supervisor(play), at=row.due_at, key="f", reaudit=row, verdict="sound", text="looks right"
        )


@pytest.mark.parametrize(
    "given, code", [({"verdict": "maybe"}, "A-60"), ({"text": " "}, "TEXT")], ids=["verdict", "text"]
)
def test_a_verdict_needs_a_word_and_a_reason(play: Play, given: dict[str, str], code: str) -> None:
    row = begun(play, owing())
    said = {"verdict": "sound", "text": "read again"} | given
    with refused(code):
        acts.finish_reaudit(by=supervisor(play), at=row.due_at, key="f", reaudit=row, **said)


def test_the_analyst_does_not_judge_and_a_verdict_is_given_once(play: Play) -> None:
    outcome = owing()
    analyst, judge = outcome.site.attribution.analyst, supervisor(play)
    Officer.objects.filter(pk=analyst.pk).update(roles=[*analyst.roles, "supervisor"])
    analyst.refresh_from_db()
    row = begun(play, outcome)
    said: dict[str, Any] = {"at": row.due_at, "reaudit": row, "verdict": "sound", "text": "read again"}
    with refused("A-60"):
        acts.finish_reaudit(by=analyst, key="a", **said)
    acts.finish_reaudit(by=judge, key="b", **said)
    with refused("TWICE"):
        acts.finish_reaudit(by=judge, key="c", **said)
    with pytest.raises(NotPermitted):
        acts.finish_reaudit(by=play.officer("commander"), key="d", **said)
    assert last_refusal().code == "ROLE"


# ---------------------------------------------------------------- errors


def test_an_error_holds_what_shares_something_and_nothing_else_in_the_same_act(play: Play) -> None:
    outcome = owing()
    error = wrong(play, outcome)
    held = set(error.quarantines.values_list("attribution", flat=True))
    assert outcome.site.attribution_id in held
    files = {
        one["digest"] for one in outcome.site.attribution.basis if one["role"] in ("answer", "subscriber")
    }
    for row in Attribution.objects.all():
        mine = {one["digest"] for one in row.basis if one["role"] in ("answer", "subscriber")}
        if mine & files:
            assert row.pk in held
        assert (row.quarantined_at is not None) == (row.pk in held)
    free = Attribution.objects.filter(quarantined_at=None, level=2)
    assert free.exists(), "another provider's customers share nothing with it"
    assert error.number == "ERR/2026/0001"
    assert Act.objects.get(key__startswith="confirm_error:").subject == error.pk


def test_an_error_enters_the_notices_that_are_owed(play: Play) -> None:
    error = wrong(play, owing())
    assert set(error.notices.values_list("owed_to", flat=True)) == {
        "unit_head",
        "child_committee",
        "person",
        "court",
    }
    other = acts.confirm_error(
        by=supervisor(play), at=owing().at, key="other", attribution=owing(1).site.attribution, cause="zone",
        text="x", people_affected=0, children_affected=0,
    )  # fmt: skip
    assert set(other.notices.values_list("owed_to", flat=True)) == {"unit_head"}


@pytest.mark.parametrize(
    "given, code",
    [
        ({"cause": "bad luck"}, "A-62"),
        ({"text": " "}, "TEXT"),
        ({"people_affected": 1, "children_affected": 2}, "A-62"),
        ({"people_affected": -1, "children_affected": -1}, "A-62"),
    ],
    ids=["cause", "text", "children", "negative"],
)
def test_an_error_that_cannot_be_is_refused_and_holds_nothing(
    play: Play, given: dict[str, Any], code: str
) -> None:
    before = rows_digest()
    with refused(code):
        wrong(play, owing(), **given)
    assert rows_digest() == before
    assert not Quarantine.objects.exists()


def test_an_error_is_of_its_own_search_and_on_record_once(play: Play) -> None:
    with refused("A-62"):
        wrong(play, owing(), attribution=owing(1).site.attribution)
    wrong(play, owing())
    with refused("TWICE"):
        acts.confirm_error(
            by=supervisor(play), at=owing().at, key="again", attribution=owing().site.attribution, cause="zone",
            text="x", people_affected=0, children_affected=0, outcome=owing(),
        )  # fmt: skip


def test_who_made_it_does_not_confirm_its_error(play: Play) -> None:
    analyst = owing().site.attribution.analyst
    Officer.objects.filter(pk=analyst.pk).update(roles=["supervisor"])
    analyst.refresh_from_db()
    with refused("A-62"):
        acts.confirm_error(
            by=analyst, at=owing().at, key="k", attribution=owing().site.attribution, cause="zone", text="x",
            people_affected=0, children_affected=0,
        )  # fmt: skip


def test_a_record_is_sealed_when_all_is_given_and_then_nothing_changes(play: Play) -> None:
    by, error = supervisor(play), wrong(play, owing())
    at = error.confirmed_at + timedelta(hours=1)
    with refused("A-62"):
        acts.seal_error(by=by, at=at, key="early", error=error)
    for owed in error.notices.all():
        acts.give_error_notice(by=by, at=at, key=str(owed.pk), owed=owed, text="letter 7")
    with refused("TWICE"):
        acts.give_error_notice(by=by, at=at, key="again", owed=error.notices.all()[0], text="letter 8")
    error.refresh_from_db()
    assert error.notice_given_at == at
    with refused("A-62"):  # nothing was taken at this place
        acts.return_devices(by=by, at=at, key="d", error=error, text="receipt 1")
    acts.seal_error(by=by, at=at, key="seal", error=error)
    for act in (
        lambda: acts.seal_error(by=by, at=at, key="seal2", error=error),
        lambda: acts.return_devices(by=by, at=at, key="d2", error=error, text="receipt 1"),
        lambda: acts.give_error_notice(by=by, at=at, key="n2", owed=error.notices.all()[0], text="x"),
    ):
        with pytest.raises(RefusedError, match="sealed"):
            act()


def test_devices_taken_at_the_place_go_back_before_the_record_is_sealed(play: Play) -> None:
    taken = Outcome.objects.filter(code="seizure_report").select_related("site__attribution").earliest("at")
    by, error = supervisor(play), wrong(play, taken)
    at = error.confirmed_at + timedelta(hours=1)
    for owed in error.notices.all():
        acts.give_error_notice(by=by, at=at, key=str(owed.pk), owed=owed, text="letter 7")
    with refused("A-62"):
        acts.seal_error(by=by, at=at, key="early", error=error)
    with refused("TEXT"):
        acts.return_devices(by=by, at=at, key="t", error=error, text=" ")
    acts.return_devices(by=by, at=at, key="d", error=error, text="receipt 1")
    with refused("TWICE"):
        acts.return_devices(by=by, at=at, key="e", error=error, text="receipt 2")
    acts.seal_error(by=by, at=at, key="seal", error=error)
    assert Act.objects.get(key="return_devices:d").note == "receipt 1"


def test_a_held_attribution_is_let_go_after_a_sound_reaudit_of_its_own(play: Play) -> None:
    by, error = supervisor(play), wrong(play, owing())
    own = owing().site.attribution_id
    hold = error.quarantines.exclude(attribution=own).order_by("pk").first()
    assert hold is not None
    at = error.confirmed_at + timedelta(hours=1)
    with refused("A-61"):
        acts.lift_quarantine(by=by, at=at, key="early", quarantine=hold, text="looks right")
    row = acts.reaudit_held(by=by, at=at, key="r", quarantine=hold)
    assert (row.outcome_id, row.due_at) == (None, hold.at + timedelta(hours=24))
    with refused("TWICE"):
        acts.reaudit_held(by=by, at=at, key="r2", quarantine=hold)
    acts.finish_reaudit(by=by, at=at, key="f", reaudit=row, verdict="sound", text="read again")
    with refused("TEXT"):
        acts.lift_quarantine(by=by, at=at, key="t", quarantine=hold, text="")
    acts.lift_quarantine(by=by, at=at, key="l", quarantine=hold, text="its lease holds")
    freed = Attribution.objects.get(pk=hold.attribution_id)
    assert freed.quarantined_at is None
    assert not Quarantine.objects.filter(attribution=freed, lifted_at=None).exists()
    assert Attribution.objects.get(pk=own).quarantined_at is not None
    with refused("A-61"):
        acts.lift_quarantine(by=by, at=at, key="l2", quarantine=hold, text="again")


def test_one_of_two_errors_let_go_leaves_it_held(play: Play) -> None:
    by = supervisor(play)
    first = wrong(play, owing())
    second = wrong(play, owing(1))
    both = set(first.quarantines.values_list("attribution", flat=True)) & set(
        second.quarantines.values_list("attribution", flat=True)
    )
    assert both, "two customers of one provider"
    hold = first.quarantines.filter(attribution__in=both).order_by("pk")[0]
    at = second.confirmed_at + timedelta(days=1)
    row = acts.reaudit_held(by=by, at=at, key="r", quarantine=hold)
    acts.finish_reaudit(by=by, at=at, key="f", reaudit=row, verdict="sound", text="read again")
    acts.lift_quarantine(by=by, at=at, key="l", quarantine=hold, text="its lease holds")
    assert Attribution.objects.get(pk=hold.attribution_id).quarantined_at is not None


# ---------------------------------------------------------------- pages


def test_the_pages_go_from_the_search_to_the_sealed_record(play: Play) -> None:
    client, outcome = browser(supervisor(play)), owing()
    listed = client.get("/aftermath").content.decode()
    assert f"/aftermath/{outcome.pk}" in listed
    assert "overdue" in listed or "left" in listed
    page = f"/aftermath/{outcome.pk}"
    assert "Begin the re-audit" in client.get(page).content.decode()
    assert client.post(f"{page}/act", {"key": str(uuid.uuid4())}).status_code == 303
    assert "Every check comes out as it did" in client.get(page).content.decode()
    judged = {"key": str(uuid.uuid4()), "verdict": "error", "text": ""}
    assert "Say why" in client.post(f"{page}/act", judged).content.decode()
    assert client.post(f"{page}/act", {**judged, "text": "the lease had ended"}).status_code == 303
    number = outcome.site.attribution.subject.number
    said = {
        "key": str(uuid.uuid4()), "subject": number, "outcome": str(outcome.pk), "cause": "lease_edge",
        "text": "the lease had ended", "people": "2", "children": "",
    }  # fmt: skip
    assert "Give the number" in client.post("/aftermath/errors/confirm", said).content.decode()
    done = client.post("/aftermath/errors/confirm", {**said, "children": "0"})
    assert done.status_code == 303
    error = AttributionError.objects.get()
    assert str(error.pk) in done["Location"]
    assert error.number in client.get("/aftermath/errors").content.decode()
    text = client.get(f"/aftermath/errors/{error.pk}").content.decode()
    assert "Head of the unit" in text
    assert "the same answer file" in text


def test_the_page_of_an_error_does_its_acts(play: Play) -> None:
    client, error = browser(supervisor(play)), wrong(play, owing())
    page = f"/aftermath/errors/{error.pk}"

    def act(name: str, **given: object) -> int:
        sent = {"key": str(uuid.uuid4()), "act": name, **{key: str(value) for key, value in given.items()}}
        return int(client.post(f"{page}/act", sent).status_code)

    assert act("seal") == 400
    for owed in ErrorNotice.objects.filter(error=error):
        assert act("notice", row=owed.pk, text="letter 7") == 303
    assert act("notice", row=uuid.UUID(int=7), text="x") == 404
    assert act("nonsense") == 400
    hold = error.quarantines.exclude(attribution=owing().site.attribution_id).order_by("shared", "pk")[0]
    hold = error.quarantines.filter(attribution=hold.attribution_id).order_by("shared")[0]
    assert act("lift", row=hold.pk, text="x") == 400
    assert act("reaudit", row=hold.pk) == 303
    audit = Reaudit.objects.get(outcome=None)
    held = f"/aftermath/held/{audit.pk}"
    assert client.get(held).status_code == 200
    sent = {"key": str(uuid.uuid4()), "verdict": "sound", "text": "read again"}
    assert client.post(f"{held}/act", {**sent, "verdict": ""}).status_code == 400
    assert client.post(f"{held}/act", sent).status_code == 303
    assert "Let it go" in client.get(page).content.decode()
    assert act("lift", row=hold.pk, text="its lease holds") == 303
    assert act("seal") == 303
    assert "Sealed" in client.get(page).content.decode()


def test_the_figures_name_nobody_and_stand_with_their_definitions(play: Play) -> None:
    wrong(play, owing())
    client = browser(supervisor(play))
    text = client.get("/aftermath/figures").content.decode()
    assert "Wrong doors" in text
    assert "Lease had just ended" in text
    for officer in Officer.objects.exclude(pk=supervisor(play).pk):
        assert officer.name not in text
    figures = unit_figures(supervisor(play))
    found = {one.id: (one.value, one.of) for one in figures.metrics}
    assert found["wrong_doors"] == (1, 13)
    entered = Outcome.objects.filter(entered=True)
    empty = entered.filter(code="nothing_found").count()
    assert found["nothing_found"] == (100 * empty / entered.count(), entered.count())
    assert [(one.errors, one.own, one.rate) for one in figures.providers if one.errors] == [(1, 0, 0)]
    AttributionError.objects.update(cause="provider_wrong")
    assert sum(one.own for one in unit_figures(supervisor(play)).providers) == 1
    assert figures.open_errors == 1


def test_districts_see_nothing_of_it(play: Play) -> None:
    chief, outcome = play.officer("district_chief"), owing()
    error = wrong(play, outcome)
    client = browser(chief)
    for path in ("", "/errors", "/figures", f"/{outcome.pk}", f"/errors/{error.pk}"):
        assert client.get(f"/aftermath{path}").status_code == 404
    assert queries.reaudits_owed(chief) == ()
    assert queries.error_rows(chief) == ()
    assert unit_figures(chief).providers == ()
    with pytest.raises(NotVisible):
        queries.error_sheet(chief, error.pk)


def test_the_pages_speak_malayalam(play: Play) -> None:
    wrong(play, owing())
    client = browser(supervisor(play))
    client.post("/language", {"language": "ml", "next": "/"})
    for path, said in (
        ("", "വീണ്ടും പരിശോധിക്കേണ്ടവ"),
        ("/errors", "തെറ്റുകളുടെ രജിസ്റ്റർ"),
        ("/figures", "തെറ്റായ വാതിലുകൾ"),
    ):
        assert said in client.get(f"/aftermath{path}").content.decode()
