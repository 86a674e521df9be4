"""Content seen before and viral lists lower a priority through the real operations; they refuse and merge nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.station.models import (
    Assessment,
    FileDigest,
    HashSet,
    Lead,
    ListedDigest,
    Receipt,
    Report,
    ReportedFile,
    Subject,
    SubjectLead,
    ViralList,
)
from kaval.station.operations import intake, linking, triage, viral
from kaval.station.queries.content import known_content, lists_held
from tests.station.plays import refused

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
ONE, TWO, NEW = "1b" * 20, "2c" * 20, "3d" * 20
EMPTY = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
POSSESSION = "Child Pornography (possession, manufacture, and distribution)"
ENTICEMENT = "Online Enticement of Children for Sexual Acts"
HEADER = (
    "source_system,source_record_id,network,observed_first,observed_last,ip,port,transport,client_guid_or_user_hash,"
    "peer_id,client_name,client_version,country,region,isp,file_hash_type,file_hash,infohash,piece_count_have,"
    "piece_count_total,files_offered_count,file_name,download_completed,severity,record_hash"
)


@pytest.fixture(autouse=True)
def _own_store(play: Play, tmp_path: Path) -> Iterator[None]:
    """Each test has a sealed store of its own."""
    with override_settings(HOME=tmp_path):
        yield


def seen(play: Play, *rows: tuple[str, str], name: str = "p2p-1.csv") -> None:
    """Takes in and links what monitoring saw: the client (a letter) and the file, in this order."""
    guids = {letter: f"{number:02x}9a" * 8 for number, letter in enumerate("ABCDEFGHIJKLMNOP", 17)}
    lines = [
        f"WATCH-G,{name}-{number},gnutella,2026-02-20T04:00:{number:02d}Z,2026-02-20T04:10:{number:02d}Z,"
        f"198.51.100.{number + 1},4000{number % 10},tcp,{guids[letter]},,PlainShare,1.0,IN,,,sha1,{digest},,,,,"
        f"pattern-{number}.png,yes,,"
        for number, (letter, digest) in enumerate(rows)
    ]
    arrival = intake.Arrival(name, "\r\n".join([HEADER, *lines, ""]).encode())
    intake.take_in(by=play.officer("intake_clerk"), at=AT, source="p2p_export", arrivals=[arrival], key=name)
    linking.link_leads(by=play.officer("analyst"), at=AT, key=name)


def assessed(play: Play, key: str = "1", *, seconds: int = 1) -> dict[str, Assessment]:
    """The new snapshot of each subject by the client it is about."""
    at = AT + timedelta(seconds=seconds)
    triage.assess_subjects(by=play.officer("analyst"), at=at, key=key)
    rows = Assessment.objects.filter(at=at).select_related("subject")
    found = {}
    for row in rows:
        lead = (
            SubjectLead.objects.filter(subject=row.subject)
            .order_by("lead__number")
            .select_related("lead")[0]
            .lead
        )
        guid = lead.identifiers.get(identifier__kind="client_guid").identifier.value
        found["ABCDEFGHIJKLMNOP"[int(guid[:2], 16) - 17]] = row
    return found


def reason(row: Assessment, code: str) -> dict[str, object]:
    return next((one for one in row.reasons if one["code"] == code), {})


def arrived(play: Play, name: str, *digests: str) -> Receipt:
    """A list of digests, received and sealed."""
    content = "".join(f"{digest}  pattern.png\n" for digest in digests).encode()
    return intake.receive_file(
        by=play.officer("intake_clerk"), at=AT, key=name, name=name, content=content, source="hash_set"
    )


def listed(play: Play, name: str, *digests: str, version: str = "1") -> ViralList:
    file = f"{name}-{version}.sha1"
    return viral.register_viral_list(
        by=play.officer("examiner"), at=AT, key=file, receipt=arrived(play, file, *digests), name=name
    )


def test_a_file_named_before_about_others_lowers_and_the_first_report_of_it_stays(play: Play) -> None:
    seen(play, ("A", ONE), ("B", NEW), ("C", ONE), ("D", ONE), ("D", TWO))
    found = assessed(play)
    assert not reason(found["A"], "content_seen_before")
    assert not reason(found["B"], "content_seen_before")
    assert "1/1" in str(reason(found["C"], "content_seen_before")["text"])
    assert "in 1" in str(reason(found["C"], "content_seen_before")["text"])
    assert "1/2" in str(reason(found["D"], "content_seen_before")["text"])
    assert "in 2" in str(reason(found["D"], "content_seen_before")["text"])
    assert found["C"].score < found["B"].score == found["A"].score
    assert reason(found["C"], "content_seen_before")["text_ml"]


def test_earlier_reports_are_counted_as_by_hand(play: Play) -> None:
    draw = Random(3)
    digests = [f"{number:02x}7b" * 10 for number in range(5)]
    rows = [(draw.choice("ABCDEFG"), draw.choice(digests)) for _ in range(50)]
    seen(play, *rows)
    triage.assess_subjects(by=play.officer("analyst"), at=AT, key="1")
    letters = dict(zip(Lead.objects.order_by("number").values_list("id", flat=True), rows, strict=True))
    subject_of = {
        letters[lead][0]: subject
        for lead, subject in SubjectLead.objects.values_list("lead_id", "subject_id")
    }
    known = known_content(())
    for letter, subject in subject_of.items():
        by_hand = {("sha1", digest): rows.index((letter, digest)) for who, digest in rows if who == letter}
        by_hand = {
            name: sum(digest == name[1] for _, digest in rows[:first]) for name, first in by_hand.items()
        }
        assert known[subject].earlier == {name: count for name, count in by_hand.items() if count}
    assert known[Lead.objects.earliest("number").id].earlier == {}


def test_the_same_subject_again_with_the_same_file_is_not_content_of_others(play: Play) -> None:
    seen(play, ("A", ONE), ("A", ONE), ("A", ONE))
    assert not reason(assessed(play)["A"], "content_seen_before")


def test_a_later_report_changes_nothing_for_an_earlier_one(play: Play) -> None:
    seen(play, ("A", ONE))
    before = assessed(play)["A"]
    seen(play, ("B", ONE), ("C", ONE), name="p2p-2.csv")
    after = assessed(play, "2", seconds=2)
    assert (after["A"].score, after["A"].reasons) == (before.score, before.reasons)
    assert "in 2" in str(reason(after["C"], "content_seen_before")["text"])


def test_shared_files_make_no_subject_and_the_digest_of_an_empty_file_is_no_content(play: Play) -> None:
    seen(play, *((letter, digest) for letter in "ABCD" for digest in (ONE, EMPTY)))
    assert Subject.objects.count() == 4
    found = assessed(play)
    assert Subject.objects.count() == 4
    assert not FileDigest.objects.filter(value=EMPTY).exists()
    assert "1/2" in str(reason(found["B"], "content_seen_before")["text"])


def test_digests_are_indexed_once_and_later_files_are_added(play: Play) -> None:
    seen(play, ("A", ONE), ("B", TWO))
    assessed(play)
    ids = set(FileDigest.objects.values_list("id", flat=True))
    assert len(ids) == 2
    lead = Lead.objects.earliest("number")
    ReportedFile.objects.create(
        id=Subject.objects.earliest("number").id, lead=lead, name="", hashes=[["md5", "AB" * 16], ["x", "y"]]
    )
    assessed(play, "2", seconds=2)
    assert FileDigest.objects.exclude(id__in=ids).get().value == "ab" * 16
    assessed(play, "3", seconds=3)
    assert FileDigest.objects.count() == 3


def test_a_viral_list_lowers_by_name_and_version_and_keeps_every_report(play: Play) -> None:
    seen(play, ("A", ONE), ("B", ONE), ("B", NEW))
    before, reports = assessed(play), Report.objects.count()
    assert "viral_list" in before["A"].missing
    held = listed(play, "viral-example", ONE, TWO)
    after = assessed(play, "2", seconds=2)
    version = held.hash_set.version[:12]
    assert f"viral-example (version {version})" in str(reason(after["A"], "viral_list")["text"])
    assert after["A"].score < before["A"].score
    assert reason(after["B"], "viral_list_in_part")["weight"] == 0
    assert after["B"].score == before["B"].score
    assert "viral_list" not in after["A"].missing
    assert (Report.objects.count(), Lead.objects.filter(state="accepted").count()) == (reports, reports)


def test_a_new_version_replaces_the_old_and_a_withdrawn_list_lowers_nothing(play: Play) -> None:
    seen(play, ("A", ONE), ("B", TWO))
    listed(play, "viral-example", ONE)
    second = listed(play, "viral-example", TWO, version="2")
    assert [held.version for held in lists_held()] == [second.hash_set.version]
    found = assessed(play)
    assert not reason(found["A"], "viral_list")
    assert reason(found["B"], "viral_list")
    examiner = play.officer("examiner")
    with refused("REASON"):
        viral.withdraw_viral_list(by=examiner, at=AT, key="1", name="viral-example", reason=" ")
    with refused("LIST"):
        viral.withdraw_viral_list(by=examiner, at=AT, key="2", name="another", reason="wrong")
    viral.withdraw_viral_list(by=examiner, at=AT, key="3", name="viral-example", reason="wrong entries")
    assert lists_held() == ()
    assert not reason(assessed(play, "2", seconds=2)["B"], "viral_list")
    listed(play, "viral-example", ONE, version="3")
    assert [held.name for held in lists_held()] == ["viral-example"]
    assert ViralList.objects.count() == 4


def test_registering_again_finds_the_list_and_the_same_bytes_are_one_hash_set(play: Play) -> None:
    first = listed(play, "viral-example", ONE, TWO)
    assert listed(play, "viral-example", ONE, TWO) == first
    other = viral.register_viral_list(
        by=play.officer("supervisor"), at=AT, key="x", receipt=Receipt.objects.get(), name="another name"
    )
    assert other.hash_set == first.hash_set
    assert (HashSet.objects.count(), ListedDigest.objects.count(), ViralList.objects.count()) == (1, 2, 2)


def test_what_is_no_list_is_refused_and_nothing_is_held(play: Play) -> None:
    examiner = play.officer("examiner")
    for code, name, receipt in (
        ("LIST", "x", arrived(play, "a.txt", "nothing here")),
        ("LIST", "x", arrived(play, "b.sha1", EMPTY)),
        ("NAME", " ", arrived(play, "c.sha1", ONE)),
    ):
        with refused(code):
            viral.register_viral_list(by=examiner, at=AT, key=receipt.name, receipt=receipt, name=name)
    assert lists_held() == ()
    assert not HashSet.objects.exists()


def tip(number: str, user: str, *, batched: bool = False, incident: str = POSSESSION) -> intake.Arrival:
    """A provider's report about an account."""
    mark = '<batchedReport reason="VIRAL_POTENTIAL_MEME">true</batchedReport>' if batched else ""
    text = (
        f"<report>{mark}<incidentSummary><incidentType>{incident}</incidentType>"
        "<incidentDateTime>2026-02-20T04:00:00Z</incidentDateTime></incidentSummary>"
        "<reporter><reportingPerson><email>trust@example.org</email></reportingPerson></reporter>"
        f"<personOrUserReported><personOrUserReportedPerson><email>{user}@example.net</email>"
        "</personOrUserReportedPerson></personOrUserReported></report>"
    )
    return intake.Arrival(f"CT-{number}.xml", text.encode())


def details(number: str, file: str, digest: str, *, viral: bool) -> intake.Arrival:
    """The details of a file of that report."""
    mark = "<fileAnnotations><viral/></fileAnnotations>" if viral else ""
    text = (
        f"<fileDetails><reportId>{number}</reportId><fileId>{file}</fileId>{mark}"
        f'<originalFileHash hashType="SHA1">{digest}</originalFileHash></fileDetails>'
    )
    return intake.Arrival(f"CT-{number}.file-{file}.xml", text.encode())


def reported(play: Play, *arrivals: intake.Arrival) -> dict[str, dict[str, float]]:
    """Takes in, links and assesses; the reasons of each account's subject with their weights."""
    clerk, analyst = play.officer("intake_clerk"), play.officer("analyst")
    intake.take_in(by=clerk, at=AT, source="ncrb_cybertip", arrivals=arrivals, key="tips")
    linking.link_leads(by=analyst, at=AT, key="tips")
    triage.assess_subjects(by=analyst, at=AT, key="tips")
    found = {}
    for row in Assessment.objects.select_related("subject"):
        named = row.subject.leads.get().lead.identifiers.get(identifier__kind="email", party="reported")
        found[named.identifier.value.partition("@")[0]] = {one["code"]: one["weight"] for one in row.reasons}
    return found


def test_the_marks_of_a_provider_lower_only_when_they_cover_the_whole_report(play: Play) -> None:
    listed(play, "viral-example", TWO)
    found = reported(
        play,
        *(tip("190000301", "all"), details("190000301", "a1", ONE, viral=True)),
        *(tip("190000302", "part"), details("190000302", "b1", "4e" * 20, viral=True)),
        details("190000302", "b2", NEW, viral=False),
        *(tip("190000303", "batch", batched=True), details("190000303", "c1", "5f" * 20, viral=False)),
        *(tip("190000304", "both"), details("190000304", "d1", "6a" * 20, viral=True)),
        details("190000304", "d2", TWO, viral=False),
        *(tip("190000305", "child", incident=ENTICEMENT), details("190000305", "e1", TWO, viral=True)),
    )
    assert found["all"]["viral"] < 0
    assert not {"viral", "viral_list"} & found["part"].keys()
    assert found["batch"]["viral"] < 0
    assert found["both"]["viral_list"] < 0
    assert "viral" not in found["both"]
    assert all(weight >= 0 for weight in found["child"].values())
    assert (
        Report.objects.count()
        == Lead.objects.filter(state="accepted").count()
        == Subject.objects.count()
        == 5
    )
