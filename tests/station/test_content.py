"""Content seen before and viral lists lower a priority through the real operations; they refuse and merge nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
from kaval.station.operations import intake, linking, viral
from kaval.station.queries.content import lists_held
from tests.station.plays import refused

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
ONE, TWO, NEW = "1b" * 20, "2c" * 20, "3d" * 20
EMPTY = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
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
    linking.assess_subjects(by=play.officer("analyst"), at=at, key=key)
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
