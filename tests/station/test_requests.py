"""Asking and answering: rows from sealed sources, a sealed copy, rows matched back, and what is missing stays open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from kaval.cli.play import chain
from kaval.cli.play.chain import Play
from kaval.engine.formats.request_file import COLUMNS
from kaval.engine.kernel.errors import NotPermitted, ReaderError
from kaval.engine.rules.attribution.request import reference_is_valid
from kaval.engine.rules.court.check_digit import check_digits
from kaval.station import sealed as store
from kaval.station.models import (
    AccountRow,
    AnswerFile,
    AnswerTemplate,
    Lead,
    LeadIdentifier,
    LedgerEntry,
    Observation,
    ObservationEntry,
    Provider,
    ProviderRequest,
    Receipt,
    RequestReminder,
    RequestRow,
)
from kaval.station.operations import answers, double_entry, intake, papers, requests
from kaval.station.operations.double_entry import TypedObservation
from kaval.station.queries.asked_rows import asked_rows
from tests.station.plays import footprint, refused

PLAYED_UNTIL = "triage"
TYPED = TypedObservation("192.0.2.44", "40112", "TCP", "2026-01-20T10:15:00+05:30", "Login", "page 2, line 4")


@pytest.fixture
def sent(play: Play) -> datetime:
    """When the world asks; the dated lists, without which nothing may be asked, are in use."""
    at = play.world.when("requests_at")
    chain._import_lists(play, at - timedelta(hours=2))
    return at


@pytest.fixture
def asked(play: Play, sent: datetime) -> int:
    """The world's observations, asked about."""
    return send(play, sent)


def send(play: Play, at: datetime, key: str = "ask", **other: Any) -> int:
    given: dict[str, Any] = {"by": play.officer("supervisor"), "due_at": at + timedelta(days=7), **other}
    return requests.send_request(at=at, key=key, **given)


def receive(play: Play, at: datetime, code: str, name: str, content: bytes) -> Receipt:
    return intake.receive_file(
        by=play.officer("intake_clerk"),
        at=at,
        key=name,
        name=name,
        content=content,
        source=f"provider:{code}",
        channel="provider",
    )


def record(play: Play, at: datetime, code: str, path: Path, **other: Any) -> AnswerFile:
    """Seals and records one of the world's answers, or other bytes under its name."""
    content = other.pop("content", None) or path.read_bytes()
    name = other.pop("name", f"answers/{code}/{path.name}")
    receipt = receive(play, at, code, name, content)
    provider = Provider.objects.get(code=code)
    answers.record_answer(
        by=play.officer("analyst"), at=at, key=name, receipt=receipt, provider=provider, **other
    )
    return AnswerFile.objects.get(provider=provider, sealed=receipt.sealed)


def lease_answers(play: Play) -> list[tuple[str, Path]]:
    return [(code, path) for code, path in play.world.answers if not path.name.startswith("subscribers")]


# ---------------------------------------------------------------- asking


def test_a_request_is_signed_on_a_basis_and_its_sealed_copy_says_what_its_rows_say(
    play: Play, sent: datetime, asked: int
) -> None:
    assert asked == RequestRow.objects.count() > 0
    signer = play.officer("supervisor")
    for request in ProviderRequest.objects.select_related("machine_file"):
        assert (request.legal_basis, request.signatory_rank, request.kind) == (
            "BNSS 94",
            signer.rank,
            "address",
        )
        assert request.machine_file is not None
        lines = list(csv.reader(io.StringIO(store.read(request.machine_file).decode(), newline="")))
        rows = {row.reference: row.rendered for row in request.rows.all()}
        assert tuple(lines[0]) == COLUMNS
        assert {line[0] for line in lines[1:]} == set(rows)
        for line in lines[1:]:
            cell, given = dict(zip(COLUMNS, line, strict=True)), rows[line[0]]
            span = [datetime.fromisoformat(cell[f"utc_{end}"]) for end in ("from", "to")]
            assert [datetime.fromisoformat(cell[f"ist_{end}"]) for end in ("from", "to")] == span
            assert cell["ist"].endswith("+05:30")
            assert cell["utc"] == given["utc"]
            assert (cell["address"], cell["prefix"]) == (given["ip"], given["prefix"])
            assert cell["check"] == check_digits(
                given["ip"], given["port"], first_at=span[0], last_at=span[1]
            )
            assert reference_is_valid(cell["reference"])
            assert given["origin"] == "machine"


def test_an_ipv6_address_is_asked_with_its_prefix(asked: int) -> None:
    six = [row.rendered for row in RequestRow.objects.all() if ":" in row.rendered["ip"]]
    assert six, "the world has IPv6"
    assert all(row["prefix"].endswith("::/64") for row in six)
    assert not any(row.rendered["prefix"] for row in RequestRow.objects.all() if "." in row.rendered["ip"])


def test_of_a_repeated_hour_both_readings_are_asked_rows(asked: int) -> None:
    row = RequestRow.objects.select_related("request__provider").earliest("reference")
    other = {**row.rendered, "reference": "ZZZZZZZZ9N", "utc": "2025-10-26T01:30:00Z"}
    row.rendered = {**row.rendered, "further": [other]}
    first, second = asked_rows(row)
    assert (first.reference, second.reference) == (row.reference, "ZZZZZZZZ9N")
    assert first.observation_id == second.observation_id
    assert (first.ip, first.asked_at) == (second.ip, second.asked_at)
    assert first.utc != second.utc


def test_what_may_not_be_asked_keeps_its_checks_and_is_never_asked_again(
    play: Play, sent: datetime, asked: int
) -> None:
    stopped = Observation.objects.exclude(problem="")
    assert stopped.exists()
    assert all(one.problem.startswith("A-") for one in stopped)
    assert send(play, sent + timedelta(days=1), key="again") == 0
    assert not RequestRow.objects.filter(observation__in=stopped).exists()


def test_a_rank_that_may_not_sign_is_refused_before_anything_is_written(play: Play, sent: datetime) -> None:
    signer, before = play.officer("supervisor"), footprint()
    signer.rank = "SI"
    with refused("G-RANK"):
        send(play, sent, by=signer)
    with refused("G-BASIS"):
        send(play, sent, basis="POLICE_185")
    with refused("G-AUTHORITY"):
        send(play, sent, basis="BNSS_94_COURT")
    assert footprint() == before
    assert send(play, sent, by=signer, basis="BNSS_94_COURT", authority="JFMC I, 12/2026") > 0
    assert set(ProviderRequest.objects.values_list("authority", "legal_basis")) == {
        ("JFMC I, 12/2026", "BNSS 94 (court)")
    }


@pytest.mark.parametrize(
    "act",
    [
        lambda by, at: requests.send_request(by=by, at=at, key="x", due_at=at),
        lambda by, at: requests.send_reminder(by=by, at=at, key="x", request=ProviderRequest()),
        lambda by, at: requests.close_request(by=by, at=at, key="x", request=ProviderRequest(), text="x"),
        lambda by, at: requests.ask_platform(by=by, at=at, key="x", due_at=at, provider=Provider(code="P")),
        lambda by, at: answers.accept_template(by=by, at=at, key="x", template=AnswerTemplate(), text="x"),
        lambda by, at: double_entry.enter_observation(by=by, at=at, key="x", lead=Lead(), typed=TYPED),
        lambda by, at: double_entry.confirm_observation(
            by=by, at=at, key="x", entry=ObservationEntry(), typed=TYPED
        ),
    ],
)
def test_an_outsider_is_refused(play: Play, sent: datetime, act: Any) -> None:
    before = footprint()
    with pytest.raises(NotPermitted):
        act(play.officer("auditor"), sent)
    assert footprint() == before


def test_the_printed_order_names_every_row(play: Play, sent: datetime, asked: int) -> None:
    request = ProviderRequest.objects.earliest("number")
    given: dict[str, Any] = {"by": play.officer("supervisor"), "at": sent, "key": "pdf", "language": "en"}
    document = papers.render_document(kind="in.provider_request", subject=request.id, **given)
    assert document.sealed is not None
    assert all(row.reference in document.plain_text for row in request.rows.all())


def test_reminders_are_numbered_and_a_closed_request_gets_none(
    play: Play, sent: datetime, asked: int
) -> None:
    request, by = ProviderRequest.objects.earliest("number"), play.officer("analyst")
    for number in (1, 2):
        row = requests.send_reminder(
            by=by, at=sent + timedelta(days=6 * number), key=f"r{number}", request=request
        )
        assert (row.number, request.number in row.text) == (number, True)
    assert ["is due" in row.text for row in RequestReminder.objects.order_by("number")] == [True, False]
    assert requests.send_reminder(by=by, at=sent + timedelta(days=6), key="r1", request=request).number == 1
    said = b"".join(bytes(one) for one in LedgerEntry.objects.values_list("content", flat=True))
    assert b"Reminder 2" in said
    boss = play.officer("supervisor")
    with refused("REASON"):
        requests.close_request(by=boss, at=sent, key="c", request=request, text=" ")
    requests.close_request(
        by=boss, at=sent, key="c", request=request, text="No record, says their letter 4/26"
    )
    with refused("REQUEST-CLOSED"):
        requests.send_reminder(by=by, at=sent, key="r3", request=request)


# ---------------------------------------------------------------- platforms


@pytest.fixture
def platform(play: Play) -> Provider:
    """A platform some reported account of the world belongs to."""
    named = LeadIdentifier.objects.filter(
        party="reported", origin="field", identifier__kind__in=("esp_account", "handle")
    ).earliest("lead__number")
    scope = named.identifier.value.partition(":")[0]
    return Provider.objects.create(
        id=named.id,
        code="PLATFORM",
        name=scope.title(),
        kind="platform",
        offset_minutes=0,
        shares_addresses=False,
    )


def test_a_platform_is_asked_once_about_every_reported_account_of_its_own(
    play: Play, sent: datetime, platform: Provider
) -> None:
    given: dict[str, Any] = {"by": play.officer("supervisor"), "at": sent, "provider": platform}
    given["due_at"] = sent + timedelta(days=3)
    count = requests.ask_platform(key="p", asked=["subscriber", "logins"], **given)
    rows = list(AccountRow.objects.select_related("identifier", "request__machine_file"))
    assert count == len(rows) > 0
    assert {row.identifier.value.partition(":")[0] for row in rows} == {platform.name.casefold()}
    assert {row.request.kind for row in rows} == {"account"}
    copy = rows[0].request.machine_file
    assert copy is not None
    assert all(row.reference.encode() in store.read(copy) for row in rows)
    assert b"subscriber;logins" in store.read(copy)
    assert requests.ask_platform(key="again", **given) == 0
    assert ProviderRequest.objects.count() == 1


def test_only_platforms_are_asked_about_accounts_and_only_for_known_data(
    play: Play, sent: datetime, platform: Provider
) -> None:
    given: dict[str, Any] = {"by": play.officer("supervisor"), "at": sent, "due_at": sent}
    with refused("PLATFORM"):
        requests.ask_platform(
            key="a", provider=Provider.objects.exclude(kind="platform").earliest("code"), **given
        )
    for asked in ([], ["messages"]):
        with refused("CATEGORY"):
            requests.ask_platform(key="b", provider=platform, asked=asked, **given)


def test_a_platforms_letter_answers_the_accounts_whose_references_it_names(
    play: Play, sent: datetime, platform: Provider
) -> None:
    given: dict[str, Any] = {"by": play.officer("supervisor"), "at": sent, "due_at": sent}
    requests.ask_platform(key="p", provider=platform, **given)
    references = sorted(AccountRow.objects.values_list("reference", flat=True))
    letter = f"Re: {references[0]}. Account closed.".encode()
    row = record(play, sent, "PLATFORM", Path("letter.txt"), content=letter)
    assert (row.matched, row.caveats, row.rows) == ({references[0]: 1}, None, 0)
    whole = " ".join(["Re:", *references]).encode()
    record(play, sent, "PLATFORM", Path("letter-2.txt"), content=whole)
    assert ProviderRequest.objects.get().answered_at == sent


# ---------------------------------------------------------------- answers


def test_the_worlds_answers_are_matched_and_what_is_missing_keeps_its_request_open(
    play: Play, sent: datetime, asked: int
) -> None:
    at = play.world.when("answers_at")
    files = [record(play, at, code, path) for code, path in play.world.answers]
    answered = {reference for row in files for reference in row.matched}
    for request in ProviderRequest.objects.all():
        rows = set(request.rows.values_list("reference", flat=True))
        assert (request.answered_at is not None) == (rows <= answered)
    assert answered
    assert answered <= set(RequestRow.objects.values_list("reference", flat=True))
    for row in files:
        assert row.template is not None
        assert row.caveats is not None
        assert (row.half_day, row.zone_drift_minutes, row.conflicts) == (False, None, [])
        assert row.profile == ""
        assert row.channel_agreed is None


def test_half_an_answer_leaves_its_request_open(play: Play, asked: int) -> None:
    at = play.world.when("answers_at")
    code, path = lease_answers(play)[0]
    head, *lines = path.read_bytes().splitlines(keepends=True)
    first = record(play, at, code, path, content=head + b"".join(lines[:2]), name="a/half.csv")
    request = ProviderRequest.objects.get(provider__code=code)
    assert request.answered_at is None
    assert len(first.matched) < request.rows.count()


def test_a_clock_that_is_off_and_rows_nobody_asked_for_are_seen(play: Play, asked: int) -> None:
    at = play.world.when("answers_at")
    provider = Provider.objects.filter(requests__isnull=False).earliest("code")
    rows = [row.rendered for row in RequestRow.objects.filter(request__provider=provider)]
    rows = [row for row in rows if "." in row["ip"]]
    content = (
        _ipdr(rows, shift=timedelta(minutes=-330)) + _ipdr([{**rows[0], "ip": "203.0.113.9"}])[len(_HEAD) :]
    )
    row = record(play, at, provider.code, Path("shifted.csv"), content=content)
    assert row.zone_drift_minutes == -330
    assert row.unmatched >= 1
    assert f"row {len(rows) + 2}" in row.unmatched_places
    assert set(row.matched) != {
        one.reference for one in RequestRow.objects.filter(request__provider=provider)
    }


_HEAD = (
    b"Name of User,Address,Contact No,Alternate Contact No,E-mail,Landline/MSISDN/MDN/Leased Circuit ID,User ID,"
    b"IP Address Assigned,Static/Dynamic,Source Port of Public IP,Start Time (IST),End Time (IST),Start Date,End Date,"
    b"MAC Address\n"
)


def _ipdr(rows: list[dict[str, Any]], shift: timedelta = timedelta(0)) -> bytes:
    """An IPDR with a lease of 20 minutes around every asked instant, its clock shifted."""
    lines = [_HEAD.decode()]
    for number, row in enumerate(rows):
        local = datetime.fromisoformat(row["utc"]) + timedelta(minutes=330) + shift
        start, end = local - timedelta(minutes=10), local + timedelta(minutes=10)
        cells = ["", "", "", "", "", "", f"U{number}", row["ip"], "Dynamic", "", f"{start:%H:%M:%S}"]
        cells += [f"{end:%H:%M:%S}", f"{start:%d/%m/%Y}", f"{end:%d/%m/%Y}", ""]
        lines.append(",".join(cells) + "\n")
    return "".join(lines).encode()


def test_a_remark_and_what_its_reader_noticed_are_kept_for_the_approver(play: Play, asked: int) -> None:
    at = play.world.when("answers_at")
    code, path = next(
        (code, path) for code, path in play.world.answers if path.name.startswith("subscribers")
    )
    lines = path.read_text("utf-8-sig").splitlines()
    column = lines[0].split(";" if ";" in lines[0] else ",")
    assert column[-1].casefold() == "remarks"
    lines[1] += "Address not verified at activation"
    row = record(
        play, at, code, path, content="\n".join(lines).encode(), certificate="received", channel_agreed=True
    )
    assert "Address not verified at activation" in (row.caveats or [])
    assert (row.certificate, row.channel_agreed) == ("received", True)
    with refused("CERTIFICATE"):
        record(play, at, code, path, name="b.csv", content=path.read_bytes(), certificate="yes")


def test_what_is_no_answer_of_an_internet_provider_is_not_recorded(play: Play, asked: int) -> None:
    code, before = lease_answers(play)[0][0], AnswerFile.objects.count()
    with pytest.raises(ReaderError):
        record(play, play.world.when("answers_at"), code, Path("x.csv"), content=b"a;b\n1;2\n")
    assert AnswerFile.objects.count() == before


# ---------------------------------------------------------------- the form of answers


def test_a_new_form_waits_for_another_officer_and_the_same_form_is_met_once(play: Play, asked: int) -> None:
    at = play.world.when("answers_at")
    code, path = lease_answers(play)[0]
    row = record(play, at, code, path)
    form = row.template
    assert form is not None
    assert form.accepted_by is None
    recorder = play.officer("analyst")
    recorder.roles = ["analyst", "second_reader"]
    with refused("A-32"):
        answers.accept_template(by=recorder, at=at, key="a", template=form, text="as agreed")
    boss = play.officer("supervisor")
    with refused("REASON"):
        answers.accept_template(by=boss, at=at, key="a", template=form, text=" ")
    accepted = answers.accept_template(by=boss, at=at, key="a", template=form, text="as agreed on 3 January")
    assert (accepted.accepted_by, accepted.accepted_at) == (boss, at)
    with refused("TEMPLATE"):
        answers.accept_template(by=boss, at=at, key="b", template=form, text="again")
    content = path.read_bytes()
    again = record(
        play, at, code, path, content=content + content.splitlines(keepends=True)[-1], name="a/2.csv"
    )
    assert again.template == form
    other = record(
        play, at, code, path, content=content.replace(b"/", b"-").replace(b":", b"."), name="a/3.csv"
    )
    assert other.template != form
    assert other.template is not None
    assert other.template.accepted_by is None


def test_day_and_month_that_change_places_are_another_form(play: Play, asked: int) -> None:
    at = play.world.when("answers_at")
    provider = Provider.objects.filter(requests__isnull=False).earliest("code")
    lines = {
        "day first": "25/12/2025,25/12/2025",
        "undecided": "05/12/2025,05/12/2025",
        "month first": "12/25/2025,12/25/2025",
    }
    forms = {}
    for name, days in lines.items():
        row = f",,,,,,U1,192.0.2.1,Dynamic,,10:00:00,11:00:00,{days},\n"
        found = record(play, at, provider.code, Path(f"{name}.csv"), content=_HEAD + row.encode())
        forms[name] = found.template_id
    assert forms["day first"] == forms["undecided"]
    assert forms["month first"] != forms["day first"]


@pytest.fixture(autouse=True)
def _own_store(play: Play, tmp_path: Path) -> Iterator[None]:
    """What these tests seal goes to their own folder; what the world sealed is read from the station's."""
    (tmp_path / "sealed").symlink_to(Path(settings.HOME) / "sealed", target_is_directory=True)
    with override_settings(HOME=tmp_path):
        yield
