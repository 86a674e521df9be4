"""What arrives is sealed once and never altered, read once, and counted once, by whatever ways it came."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.test import override_settings

from kaval.cli.play.chain import Play
from kaval.engine.rules.custody import seal
from kaval.station import sealed as store
from kaval.station.models import (
    Delivery,
    Enclosure,
    Lead,
    Observation,
    Officer,
    Reading,
    ReadingWarning,
    Receipt,
    Report,
    ReportDifference,
    ReportReceipt,
    SealedFile,
    WaitingPart,
)
from kaval.station.operations import intake
from kaval.station.sealed import SealBroken
from tests.station.plays import footprint, refused

PLAYED_UNTIL = "install"
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_store(play: Play, tmp_path: Path) -> Iterator[None]:
    """Each test has a sealed store of its own, to break as it likes."""
    with override_settings(HOME=tmp_path):
        yield


@pytest.fixture
def clerk(play: Play) -> Officer:
    """The officer who receives, reads and accepts."""
    return play.officer("intake_clerk")


@pytest.fixture
def report(play: Play) -> tuple[str, bytes]:
    """One report as its file arrives: a name that carries its number, and its bytes."""
    path = min(
        one
        for one in (play.world.folder / "inbox" / "cybertip").glob("CT-*.xml")
        if ".file-" not in one.name and not list(one.parent.glob(f"{one.stem}.file-*"))
    )
    return path.name, path.read_bytes()


@pytest.fixture
def detailed(play: Play) -> tuple[Path, Path]:
    """A report and the details of a file it names, two files."""
    details = min((play.world.folder / "inbox" / "cybertip").glob("CT-*.file-*.xml"))
    return details.with_name(f"{details.name.split('.')[0]}.xml"), details


def _receive(clerk: Officer, key: str, name: str, content: bytes) -> Receipt:
    return intake.receive_file(by=clerk, at=AT, key=key, name=name, content=content, source="ncrb_cybertip")


def _deliver(
    clerk: Officer, named: str, *files: tuple[str, bytes], source: str = "ncrb_cybertip"
) -> intake.Taken:
    arrivals = [intake.Arrival(name, content) for name, content in files]
    return intake.take_in(by=clerk, at=AT, source=source, arrivals=arrivals, key=named)


def _take(clerk: Officer, key: str, name: str, content: bytes) -> Reading:
    _deliver(clerk, key, (name, content))
    return Reading.objects.get(sealed__sha256=seal(content).sha256)


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def test_the_same_bytes_twice_are_two_receipts_of_one_sealed_file(
    clerk: Officer, report: tuple[str, bytes]
) -> None:
    first, second = _receive(clerk, "1", *report), _receive(clerk, "2", *report)
    assert first.sealed_id == second.sealed_id
    assert first.id != second.id
    assert (SealedFile.objects.count(), Receipt.objects.count()) == (1, 2)
    assert store.read(SealedFile.objects.get()) == report[1]


def test_the_same_bytes_again_make_no_second_report(clerk: Officer, report: tuple[str, bytes]) -> None:
    first, again = _take(clerk, "1", *report), _take(clerk, "2", *report)
    assert first == again
    assert (Report.objects.count(), Reading.objects.count(), ReportReceipt.objects.count()) == (1, 1, 2)


def test_a_report_that_comes_another_way_is_one_report_with_two_receipts(
    clerk: Officer, report: tuple[str, bytes]
) -> None:
    name, content = report
    _take(clerk, "1", name, content)
    _take(clerk, "2", "batch.zip", _zip(**{name: content}))
    assert (SealedFile.objects.count(), Report.objects.count()) == (2, 1)
    assert Report.objects.get().receipts.count() == 2
    assert Report.objects.get().sealed.sha256 == seal(content).sha256, "the first arrival is its source"


def test_an_archive_inside_which_a_report_is_doubled_gives_one(
    clerk: Officer, report: tuple[str, bytes]
) -> None:
    name, content = report
    _take(clerk, "1", "batch.zip", _zip(**{f"a/{name}": content, f"b/{name}": content}))
    assert (Report.objects.count(), ReportReceipt.objects.count()) == (1, 1)


def test_sealing_changes_no_byte_and_leaves_the_file_read_only(clerk: Officer) -> None:
    content = bytes(range(256)) * 5 + b"\r\n\x00\xff"
    receipt = _receive(clerk, "1", "a.bin", content)
    path = store.path_of(receipt.sealed.sha256)
    assert path.read_bytes() == content
    assert not stat.S_IMODE(path.stat().st_mode) & 0o222
    assert [one for one in path.parent.iterdir() if one != path] == [], "no half-written bytes are left"


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b"PK\x03\x04 and no archive", b"<broken", b"{}"])
def test_what_nobody_reads_is_kept_in_quarantine_and_shown_to_a_person(
    clerk: Officer, content: bytes
) -> None:
    reading = _take(clerk, "1", "unknown.bin", content)
    assert (reading.format, reading.records) == ("", 0)
    assert reading.problem
    assert Report.objects.count() == 0
    assert store.read(reading.sealed) == content
    assert ReadingWarning.objects.filter(reading=reading, seen_by__isnull=True).exists()


def test_an_empty_archive_is_no_silence(clerk: Officer) -> None:
    reading = _take(clerk, "1", "batch.zip", _zip())
    assert reading.problem
    assert reading.warnings.count() == 1


def test_bytes_no_reader_claims_raise_a_warning(clerk: Officer, play: Play) -> None:
    unknown = (play.world.folder / "inbox" / "cybertip" / "unknown.bin").read_bytes()
    warning = ReadingWarning.objects.get(reading=_take(clerk, "1", "unknown.bin", unknown))
    assert warning.seen_by is None
    assert warning.text


def test_one_unreadable_member_does_not_spoil_the_others(clerk: Officer, report: tuple[str, bytes]) -> None:
    name, content = report
    reading = _take(clerk, "1", "batch.zip", _zip(**{name: content, "notes.bin": b"\x00\x01\x02"}))
    assert reading.records == 1
    (enclosure,) = Enclosure.objects.all()
    assert (enclosure.name, enclosure.size) == ("notes.bin", 3), "named, digested, never opened"


def test_a_warning_is_acknowledged_by_name_and_the_first_name_stays(clerk: Officer, play: Play) -> None:
    reading = _take(clerk, "1", "unknown.bin", b"\x00\x01")
    warning = reading.warnings.get()
    intake.acknowledge_warning(by=clerk, at=AT, key="w1", warning_id=warning.id)
    supervisor = play.officer("supervisor")
    intake.acknowledge_warning(by=supervisor, at=AT, key="w2", warning_id=warning.id)
    warning.refresh_from_db()
    assert (warning.seen_by, warning.seen_at) == (clerk, AT)


def test_a_warning_that_is_not_there_cannot_be_acknowledged(clerk: Officer) -> None:
    before = footprint()
    with refused("WARNING"):
        intake.acknowledge_warning(by=clerk, at=AT, key="w", warning_id=uuid.uuid4())
    assert footprint() == before


def test_file_details_join_the_report_they_belong_to(clerk: Officer, detailed: tuple[Path, Path]) -> None:
    report, details = (path.read_bytes() for path in detailed)
    _take(clerk, "1", detailed[0].name, report)
    alone = len(Report.objects.get().fields["_record"]["files"])
    _take(clerk, "2", detailed[1].name, details)
    assert len(Report.objects.get().fields["_record"]["files"]) >= alone
    assert Report.objects.get().receipts.count() == 2
    assert not ReadingWarning.objects.filter(code="file_details_without_report").exists()


def test_file_details_that_came_before_their_report_wait_for_it_and_join_it(
    clerk: Officer, detailed: tuple[Path, Path]
) -> None:
    report, details = detailed
    reading = _take(clerk, "1", details.name, details.read_bytes())
    assert Report.objects.count() == 0
    warning = reading.warnings.get()
    assert warning.code == "file_details_without_report"
    assert "join the report when it arrives" in warning.mend
    _take(clerk, "2", report.name, report.read_bytes())
    joined = Report.objects.get()
    assert joined.receipts.count() == 2
    assert joined.fields["_record"]["files"]
    assert not WaitingPart.objects.filter(joined_at__isnull=True).exists()
    assert Lead.objects.get().files.count() == len(joined.fields["_record"]["files"])


def test_the_order_of_arrival_of_a_report_and_its_parts_changes_nothing(
    clerk: Officer, detailed: tuple[Path, Path]
) -> None:
    def outcome(*order: Path) -> object:
        with transaction.atomic():
            for number, path in enumerate(order):
                _take(clerk, str(number), path.name, path.read_bytes())
            lead = Lead.objects.get()
            found = (
                sorted(lead.files.values_list("name", "hashes", "viewed_by_esp").all(), key=str),
                sorted(lead.observations.values_list("ip", "port", "at", "role"), key=str),
                sorted(lead.identifiers.values_list("identifier_id", "party"), key=str),
                lead.report.fields["_record"]["files"],
                lead.report.signals,
            )
            transaction.set_rollback(True)
        return found

    report, details = detailed
    assert outcome(report, details) == outcome(details, report)


@pytest.mark.parametrize("name", ["x" * 400, "a\x00b.xml", "../../etc/passwd", "റിപ്പോർട്ട്.xml", ""])
def test_a_name_from_outside_is_only_a_name(clerk: Officer, name: str, tmp_path: Path) -> None:
    """Long, hostile or strange: the bytes are kept under their digest, whatever they call themselves."""
    receipt = _receive(clerk, "1", name, b"abc")
    assert len(Receipt.objects.get(id=receipt.id).name) <= 300
    assert store.read(receipt.sealed) == b"abc"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == [store.path_of(receipt.sealed.sha256)]


def test_changed_sealed_bytes_are_not_read(clerk: Officer, report: tuple[str, bytes]) -> None:
    receipt = _receive(clerk, "1", *report)
    path = store.path_of(receipt.sealed.sha256)
    path.chmod(0o600)
    path.write_bytes(report[1].replace(b"0", b"1", 1))
    with pytest.raises(SealBroken, match="changed"):
        store.read(receipt.sealed)
    path.unlink()
    with pytest.raises(SealBroken, match="missing"):
        store.read(receipt.sealed)
    _receive(clerk, "2", *report)
    assert store.read(receipt.sealed) == report[1], "received again, it heals"


def test_small_files_of_one_delivery_lie_in_one_pack_that_any_tool_opens(
    clerk: Officer, tmp_path: Path
) -> None:
    files = [(f"{n}.bin", f"abstract {n}".encode()) for n in range(5)]
    _deliver(clerk, "1", *files, ("twin.bin", files[0][1]), files[1])
    (pack,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert hashlib.sha256(pack.read_bytes()).hexdigest() == pack.name
    with zipfile.ZipFile(pack) as opened:
        assert {opened.read(name) for name in opened.namelist()} == {content for _, content in files}
    assert {store.read(sealed) for sealed in SealedFile.objects.all()} == {content for _, content in files}
    assert Receipt.objects.count() == 6
    pack.chmod(0o600)
    pack.write_bytes(pack.read_bytes().replace(b"abstract 3", b"abstract 4"))
    with pytest.raises(SealBroken, match="changed"):
        store.read(SealedFile.objects.get(sha256=seal(b"abstract 3").sha256))


def test_leads_are_numbered_without_a_gap_and_taken_on_once(clerk: Officer, play: Play) -> None:
    inbox = play.world.folder / "inbox"
    paths = sorted((inbox / "tips").glob("*")) + sorted((inbox / "p2p").glob("*"))
    files = [(path.name, path.read_bytes()) for path in paths]
    taken = _deliver(clerk, "1", *files)
    numbers = list(Lead.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, Report.objects.count() + 1))
    assert taken.counted.leads == Lead.objects.filter(state="accepted").count() > 0
    reports, observations = Report.objects.count(), Observation.objects.count()
    again = _deliver(clerk, "1", *files)
    assert (again.counted.reports, again.counted.leads) == (0, 0)
    assert (Report.objects.count(), Observation.objects.count()) == (reports, observations)
    assert Receipt.objects.count() == 2 * len(files), "delivered twice, received twice"
    assert ReportReceipt.objects.count() == 2 * reports


def test_a_delivery_asked_for_once_is_done_once(clerk: Officer, report: tuple[str, bytes]) -> None:
    def deliver() -> intake.Taken:
        return intake.take_in(
            by=clerk, at=AT, source="s", arrivals=[intake.Arrival(*report)], key="n", once=True
        )

    first = deliver()
    before = footprint()
    second = deliver()
    assert (first.again, second.again) == (False, True)
    assert footprint() == before


def test_a_delivery_is_taken_in_by_one_process_at_a_time(clerk: Officer, report: tuple[str, bytes]) -> None:
    def greedy() -> Iterator[intake.Arrival]:
        yield intake.Arrival(*report)
        delivery = Delivery.objects.get()
        number = int.from_bytes(delivery.id.bytes[:8], "big", signed=True)
        with connections["default"].copy().cursor() as other:
            other.execute("SELECT pg_try_advisory_lock(%s)", [number])
            assert other.fetchone() == (False,)
            other.connection.close()

    intake.take_in(by=clerk, at=AT, source="s", arrivals=greedy(), key="n")
    assert Delivery.objects.get().finished_at == AT


def test_a_report_that_says_more_grows_and_one_that_contradicts_is_shown(
    clerk: Officer, report: tuple[str, bytes]
) -> None:
    name, content = report
    spaced = content.replace(b"</incidentDateTime>", b"</incidentDateTime>\n", 1).replace(
        b"<reporter>", b"<reporter><!-- corrected -->", 1
    )
    more = content.replace(b"</report>", b"<additionalInfo>a correction</additionalInfo></report>")
    for number, given in enumerate((content, spaced, more)):
        _take(clerk, f"amended-{number}", name, given)
    held = Report.objects.get()
    assert held.receipts.count() == 3
    assert "a correction" in {**held.fields, **held.restricted}.values()
    # White space and comments change the bytes, not what is said; what is only added contradicts nothing.
    assert not ReportDifference.objects.exists()
    stated = re.search(rb"<incidentDateTime>([^<]+)<", content)
    assert stated is not None
    _take(clerk, "contradicts", name, content.replace(stated.group(1), b"2025-12-01T00:00:00Z"))
    difference = ReportDifference.objects.get(part="incident time")
    assert (difference.held, difference.arrived) == (stated.group(1).decode(), "2025-12-01T00:00:00Z")
    (warning,) = ReadingWarning.objects.filter(code="report_differs")
    assert "incident time" in warning.text
    held.refresh_from_db()
    assert held.incident_text == stated.group(1).decode(), "what was held stays until a person decides"


def test_what_a_later_arrival_adds_reaches_the_lead(clerk: Officer, report: tuple[str, bytes]) -> None:
    name, content = report
    lead_before = None
    event = (
        b"<ipCaptureEvent><ipAddress>203.0.113.77</ipAddress><eventName>Login</eventName>"
        b"<dateTime>2026-01-05T10:00:00Z</dateTime></ipCaptureEvent>"
    )
    _take(clerk, "1", name, content)
    lead_before = set(Observation.objects.values_list("id", flat=True))
    place = content.index(b"<ipCaptureEvent>") if b"<ipCaptureEvent>" in content else None
    assert place is not None
    _take(clerk, "2", name, content[:place] + event + content[place:])
    added = Observation.objects.exclude(id__in=lead_before)
    assert [seen.ip for seen in added] == ["203.0.113.77"]
    assert Lead.objects.count() == 1
