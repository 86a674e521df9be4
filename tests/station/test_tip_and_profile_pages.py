"""Tips written down by a clerk, and profiles confirmed by a person."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kaval.engine.kernel.errors import RefusedError
from kaval.station.models import (
    Delivery,
    ReadingProfile,
    Receipt,
    Report,
)
from kaval.station.operations.profiles import confirm_profile
from kaval.station.sealed import read
from tests.station.console_rows import NOON, World
from tests.station.desk import (
    ANSWERS,
    SAMPLE,
    clerk,
    world,
)

pytestmark = pytest.mark.django_db
__all__ = ["clerk", "world"]

# ---------------------------------------------------------------- tips


def opened(client: Client, query: str = "") -> str:
    """The instant the station signed into a fresh form."""
    found = re.search(r'name="opened" value="([^"]+)"', client.get(f"/tips/new{query}").content.decode())
    assert found is not None
    return found[1]


def test_a_tip_is_sealed_and_read_like_any_other_report(world: World, clerk: Client) -> None:
    form = {
        "opened": opened(clerk),
        "for": "tip",
        "channel": "phone",
        "platform": "Example Chat",
        "text": "The caller names an account.",
        "reporter_name": "A caller",
        "received_at": "2026-01-05T10:00",
        "kind0": "handle",
        "value0": "blue_kite_10001",
        "kind2": "email",
        "value2": "blue@example.org",
    }
    answer = clerk.post("/tips/take", form)
    assert answer.status_code == 303
    receipt = Receipt.objects.get(delivery=uuid.UUID(answer["Location"].rsplit("/", 1)[1]))
    assert (receipt.channel, receipt.source) == ("form", "public_tip")
    written = json.loads(read(receipt.sealed))
    assert written["tip_id"].startswith("intake_clerk-")
    assert written["received_at"] == "2026-01-05T10:00:00+05:30"
    report = Report.objects.get(source_id=written["tip_id"])
    assert report.restricted["text"] == "The caller names an account."
    parties = set(report.lead.identifiers.values_list("identifier__kind", "party"))
    assert {("handle", "reported"), ("email", "reported")} <= parties
    page = clerk.get(answer["Location"]).content.decode()
    assert f"number {report.lead.number}" in page
    assert "A caller" not in page

    again = clerk.post("/tips/take", form)
    assert again["Location"] == answer["Location"]
    changed = clerk.post("/tips/take", {**form, "text": "Another tip."})
    assert changed.status_code == 400
    assert "taken in before with other words" in changed.content.decode()
    assert Report.objects.filter(source_id=written["tip_id"]).count() == 1


def test_an_agencys_request_is_read_by_its_own_reader(world: World, clerk: Client) -> None:
    form = {
        "opened": opened(clerk, "?for=agency"),
        "for": "agency",
        "agency": "Example National Bureau",
        "reference": "ENB-2026-0017",
        "text": "Please identify the holder.",
        "reply_by": "2026-01-12T17:00",
        "ip0": "203.0.113.7",
        "port0": "50112",
        "time0": "2026-01-03T18:45:10Z",
    }
    answer = clerk.post("/tips/take", form)
    assert answer.status_code == 303
    report = Report.objects.get(source_id="ENB-2026-0017")
    assert (report.source_system, report.kind) == ("agency:example national bureau", "request")
    observed = report.lead.observations.get()
    assert (observed.ip, observed.port, observed.time_text) == ("203.0.113.7", 50112, "2026-01-03T18:45:10Z")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "in the caller&#x27;s words"),
        ({"channel": "partner"}, "Name the partner organisation."),
        ({"received_at": "yesterday"}, "Indian Standard Time"),
        ({"opened": "forged"}, "not opened on this station"),
        ({"for": "agency", "agency": "X", "ip0": "300.1.1.1"}, "no IP address"),
        ({"for": "agency", "agency": "X", "ip0": "192.0.2.1", "port0": "70000"}, "no port"),
    ],
)
def test_a_tip_that_lacks_something_is_shown_again_with_what_was_typed(
    world: World, clerk: Client, fields: dict[str, str], said: str
) -> None:
    before = Delivery.objects.count()
    form = {
        "opened": opened(clerk),
        "for": "tip",
        "channel": "phone",
        "text": "Words",
        "value1": "kept value",
        **fields,
    }
    answer = clerk.post("/tips/take", form)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page
    assert "kept value" in page
    assert Delivery.objects.count() == before


# ---------------------------------------------------------------- profiles


def test_a_profile_is_proposed_asked_about_and_confirmed_by_version(world: World, clerk: Client) -> None:
    page = clerk.post(
        "/intake/profiles/suggest", {"sample": SimpleUploadedFile("s.csv", SAMPLE)}
    ).content.decode()
    asked = set(re.findall(r'name="answer\.([a-z_.]+)"', page))
    assert "zone.observed_first" in asked
    sealed = re.search(r'name="suggestion" value="([^"]+)"', page)
    assert sealed is not None
    form = {"suggestion": sealed[1], "name": "watch-g"}
    still = clerk.post("/intake/profiles/confirm", form)
    assert still.status_code == 400
    assert "still open" in still.content.decode()
    assert not ReadingProfile.objects.filter(name="watch-g").exists()
    answers = {f"answer.{key}": ANSWERS[key.split(".")[0]] for key in asked}
    answers["answer.fixed.source_system"] = "typed"
    answers["typed.fixed.source_system"] = "watch g"
    done = clerk.post("/intake/profiles/confirm", {**form, **answers})
    assert done.status_code == 303, done.content.decode()
    row = ReadingProfile.objects.get(name="watch-g")
    assert (row.version, row.confirmed_by, row.definition["name"]) == (
        1,
        world.officers["intake_clerk"],
        "watch-g",
    )
    assert "agreed with the sender" in clerk.get(done["Location"]).content.decode()
    assert clerk.post("/intake/profiles/confirm", {**form, **answers}).status_code == 303
    assert sorted(ReadingProfile.objects.filter(name="watch-g").values_list("version", flat=True)) == [1, 2]
    assert "version 2" in clerk.get("/intake/profiles").content.decode()


def test_a_proposal_made_elsewhere_or_of_no_table_is_refused_in_words(clerk: Client) -> None:
    forged = clerk.post("/intake/profiles/confirm", {"suggestion": "forged", "name": "x"})
    assert (forged.status_code, b"not made on this station" in forged.content) == (400, True)
    none = clerk.post("/intake/profiles/suggest", {"sample": SimpleUploadedFile("s.bin", b"\x00\x01")})
    assert (none.status_code, b"no table" in none.content) == (400, True)


def test_confirming_needs_a_suggestion_without_open_questions(world: World) -> None:
    from kaval.engine.formats import profile
    from kaval.engine.formats._spec import ReceivedFile

    suggestion = profile.suggest(ReceivedFile("s.csv", SAMPLE))
    clerk = world.officers["intake_clerk"]
    for definition in (profile.suggestion_to_json(suggestion), {"kaval_suggestion": 1}):
        with pytest.raises(RefusedError):
            confirm_profile(by=clerk, at=NOON, key="k", definition=definition, name="watch-g")
    answers = {one.key: ANSWERS[one.code] for one in suggestion.questions}
    ready = profile.suggestion_to_json(profile.answered(suggestion, answers))
    first = confirm_profile(by=clerk, at=NOON, key="k", definition=ready, name="watch-g")
    assert confirm_profile(by=clerk, at=NOON, key="k", definition=ready, name="watch-g") == first
    assert confirm_profile(by=clerk, at=NOON, key="l", definition=ready, name="watch-g").version == 2
    with pytest.raises(RefusedError):
        confirm_profile(by=clerk, at=NOON, key="m", definition=ready, name="no name!")
