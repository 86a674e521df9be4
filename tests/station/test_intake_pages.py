"""The intake desk in the console: deliveries, quarantine, warnings, and how a report arrived."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kaval.station.models import (
    Act,
    Delivery,
    Enclosure,
    Lead,
    LeadIdentifier,
    Observation,
    Reading,
    ReadingWarning,
    Receipt,
    Report,
    ReportDifference,
    ReportReceipt,
)
from kaval.station.staging import Stage
from tests.station.console_rows import HOSTILE, NOON, World, uid
from tests.station.desk import (
    DELIVERY,
    TOKEN,
    clerk,
    send_slice,
    signed_in,
    take_in,
    world,
)
from tests.station.test_pages import Seen

pytestmark = pytest.mark.django_db
__all__ = ["clerk", "world"]

# ---------------------------------------------------------------- quarantine and warnings


def test_quarantine_shows_what_could_not_be_read_until_somebody_has_seen_it(
    world: World, clerk: Client
) -> None:
    assert "Nothing waits in quarantine" in clerk.get("/intake/quarantine").content.decode()
    send_slice(clerk, "odd.bin", offset=0, size=3, content=b"\x00\x01\x02")
    take_in(clerk)
    page = clerk.get("/intake/quarantine").content.decode()
    for said in ("odd.bin", "no reader knows this file", "Check that it came complete", "I have seen this"):
        assert said in page, said
    assert "I have seen this" not in signed_in(world, "auditor").get("/intake/quarantine").content.decode()
    warning = ReadingWarning.objects.get(reading__sealed__receipts__name="odd.bin")
    form = {"warning": str(warning.pk), "back": "/intake/quarantine"}
    assert clerk.post("/warnings/acknowledge", form)["Location"] == "/intake/quarantine"
    assert "Nothing waits in quarantine" in clerk.get("/intake/quarantine").content.decode()
    assert "odd.bin" in clerk.get("/intake/quarantine?seen=yes").content.decode()
    assert "odd.bin" in clerk.get("/intake/quarantine?seen=all").content.decode()


def test_the_warnings_ticked_are_acknowledged_one_by_one_and_by_name(world: World, clerk: Client) -> None:
    wanted = [uid("warning", number) for number in (0, 1, 2)]
    form = {"warning": [*map(str, wanted), "nonsense", str(TOKEN)], "back": "https://example.org/"}
    answer = clerk.post("/warnings/acknowledge", form)
    assert (answer.status_code, answer["Location"]) == (303, "/warnings")
    seen = ReadingWarning.objects.exclude(seen_by=None)
    assert {one.pk for one in seen} == set(wanted)
    assert {one.seen_by for one in seen} == {world.officers["intake_clerk"]}
    assert set(Act.objects.filter(name="acknowledge_warning").values_list("subject", flat=True)) == set(
        wanted
    )
    clerk.post("/warnings/acknowledge", form)
    assert Act.objects.filter(name="acknowledge_warning").count() == 3
    refused = signed_in(world, "auditor").post("/warnings/acknowledge", {"warning": str(uid("warning", 3))})
    assert refused.status_code == 403
    assert ReadingWarning.objects.get(pk=uid("warning", 3)).seen_by is None


def test_warnings_are_filtered_and_lead_to_delivery_and_report(world: World, clerk: Client) -> None:
    ReadingWarning.objects.filter(pk=uid("warning", 0)).update(
        code="other_code", seen_at=NOON, seen_by=world.officers["supervisor"]
    )
    assert clerk.get("/warnings?code=other_code").content.decode().count('<td class="lead-cell">') == 0
    everything = clerk.get("/warnings?seen=all").content.decode()
    assert everything.count('<td class="lead-cell">') == 4
    only = clerk.get(f"/warnings?delivery={uid('delivery', 1)}").content.decode()
    assert only.count('<td class="lead-cell">') == 1
    assert f"/intake/{uid('delivery', 1)}" in only
    assert f"/leads/{uid('lead', 1)}" in only
    assert "Supervisor" not in only


# ---------------------------------------------------------------- the sheet of a lead


def arrivals_of(world: World) -> Lead:
    """The first lead, arrived twice and differently, with an enclosed file."""
    lead = Lead.objects.get(pk=uid("lead", 0))
    report = lead.report
    Report.objects.filter(pk=report.pk).update(kind="cybertip", handling="referral")
    second = Receipt.objects.create(
        id=uid("second"),
        sealed=report.sealed,
        name="second.json",
        source="ncrb_cybertip",
        channel="disk",
        received_at=NOON,
        by=world.officers["supervisor"],
    )
    ReportReceipt.objects.create(id=uid("second named"), report=report, receipt=second)
    for part, restricted in (("priority", False), ("chat text", True)):
        ReportDifference.objects.create(
            id=uid("difference", part),
            report=report,
            receipt=second,
            part=part,
            held=f"HELD {part} {HOSTILE}",
            arrived=f"ARRIVED {part}",
            restricted=restricted,
        )
    Enclosure.objects.create(
        id=uid("enclosure"),
        receipt=second,
        name="SECRET-NAME.jpg",
        size=1234,
        sha256="ab" * 32,
        sha1="cd" * 20,
        md5="ef" * 16,
        report_number=report.source_id,
    )
    return lead


def test_a_lead_shows_every_arrival_and_where_they_contradict_each_other(world: World, clerk: Client) -> None:
    lead = arrivals_of(world)
    LeadIdentifier.objects.filter(pk=uid("use", 0, "reported")).exists()
    page = clerk.get(f"/leads/{lead.pk}").content.decode()
    for said in (
        "second.json",
        "ncrb_cybertip",
        "Differences between arrivals",
        "HELD priority",
        "ARRIVED priority",
        "chat text",
        "referral",
        "not opened",
        "ab" * 32,
        "1,234",
    ):
        assert said in page, said
    for kept in ("HELD chat text", "ARRIVED chat text", "SECRET-NAME", "<script>alert"):
        assert kept not in page, kept


def test_what_was_mined_or_read_from_a_layout_is_marked(world: World, clerk: Client) -> None:
    lead = Lead.objects.get(pk=uid("lead", 0))
    use = LeadIdentifier.objects.get(pk=uid("use", 0, "reported"))
    LeadIdentifier(
        id=uid("mined"),
        lead=lead,
        identifier=use.identifier,
        party="mentioned",
        as_received="x",
        origin="free_text",
        confidence="low",
    ).save(force_insert=True)
    Observation.objects.filter(lead=lead).update(origin="free_text", confidence="medium")
    page = clerk.get(f"/leads/{lead.pk}").content.decode()
    assert page.count("from free text") == 2
    assert "low confidence" in page
    assert "medium confidence" in page


def test_referral_informational_and_not_stated_are_counted_apart(world: World, clerk: Client) -> None:
    Report.objects.filter(pk=uid("report", 0)).update(handling="referral", source_system="ncmec")
    Report.objects.filter(pk=uid("report", 1)).update(handling="informational", source_system="ncmec")

    def counted(query: str) -> list[tuple[str, str]]:
        page = clerk.get(f"/leads{query}").content.decode()
        return re.findall(r"<li><b>(\d+)</b> (referral|informational|not stated)</li>", page)

    stated = Report.objects.filter(source_system="ncmec", handling="").count()
    assert counted("") == [("1", "referral"), ("1", "informational"), (str(stated), "not stated")]
    assert counted("?handling=referral") == counted("")
    assert counted("?q=no+such+lead") == [("0", "referral"), ("0", "informational"), ("0", "not stated")]
    for handling, number in (("referral", 1), ("informational", 1), ("not stated", stated)):
        assert clerk.get(f"/leads?handling={handling}").content.decode().count('href="/leads/') == number


# ---------------------------------------------------------------- reach and cost


def test_a_clerk_of_a_district_sees_the_own_deliveries_only(world: World) -> None:
    clerk = world.officers["intake_clerk"]
    clerk.district_id = uid("district", "ALPHA")
    clerk.save()
    Delivery.objects.filter(pk=uid("delivery", 1)).update(by=world.officers["supervisor"])
    client = signed_in(world, "intake_clerk")
    assert client.get(f"/intake/{uid('delivery', 0)}").status_code == 200
    assert client.get(f"/intake/{uid('delivery', 1)}").status_code == 404


def test_a_file_half_read_and_one_kept_are_said_as_such(world: World, clerk: Client) -> None:
    Reading.objects.filter(pk=uid("reading", 0)).update(finished=False)
    assert "being read" in clerk.get(f"/intake/{uid('delivery', 0)}").content.decode()
    assert ">read<" in clerk.get(f"/intake/{uid('delivery', 1)}").content.decode()


PAGES = (
    "/intake",
    "/intake/quarantine?seen=all",
    "/warnings?seen=all",
    "/intake/profiles",
    "/intake/upload",
    "/tips/new",
)


def test_no_page_of_the_desk_runs_or_fetches_what_it_was_given(world: World, clerk: Client) -> None:
    arrivals_of(world)
    send_slice(clerk, f"{HOSTILE}.bin", offset=0, size=3, content=b"\x00\x01\x02")
    where = take_in(clerk).json()["url"]
    send_slice(clerk, HOSTILE, offset=0, size=9, content=b"abc")
    sheets = (
        where,
        f"/intake/{uid('delivery', 0)}",
        f"/intake/profiles/{uid('profile', 0)}",
        f"/leads/{uid('lead', 0)}",
    )
    for path in (*PAGES, *sheets):
        text = clerk.get(path).content.decode()
        seen = Seen()
        seen.feed(text)
        assert not seen.suspect, (path, seen.suspect)
        assert "&lt;script&gt;" in text, path
        assert len(re.findall(r"<h1[ >]", text)) == 1, path


def test_a_long_list_asks_as_few_questions_as_a_short_one(world: World, clerk: Client) -> None:
    def questions(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(path).status_code == 200
        return len(asked)

    def odd(first: int, last: int) -> None:
        for number in range(first, last):
            send_slice(clerk, f"odd-{number}.bin", offset=0, size=3, content=bytes((0, 1, number)))

    odd(0, 2)
    url = take_in(clerk).json()["url"]
    few = {path: questions(path) for path in (*PAGES, url)}
    another = uuid.UUID(int=5)
    for number in range(2, 9):
        Stage(world.officers["intake_clerk"].pk, another).append(
            f"odd-{number}", offset=0, size=3, chunks=[bytes((0, 1, number))]
        )
    answer = clerk.post(f"/intake/upload/{another}/take-in", DELIVERY)
    many = {path: questions(path) for path in (*PAGES, answer["Location"])}
    assert {path: number for path, number in many.items() if number > few.get(path, few[url])} == {}
    assert max(many.values()) <= 25
