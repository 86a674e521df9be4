"""After the day: exhibits to the lab, examination by exact hash, documents of one district, the counted press note."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from kaval import lab
from kaval.cli.lab_report import record_of
from kaval.cli.play.chain import Play
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.hashset import vics
from kaval.engine.kernel.digest import digest_chunks
from kaval.lab.conclude import conclude
from kaval.lab.result import open_result
from kaval.station.audit import one_transaction
from kaval.station.models import CustodyEvent, District, Examination, Exhibit, Officer, Site
from kaval.station.operations import custody, intake, laboratory, papers


def examine(play: Play, *, work: Path) -> None:
    """Sends the imaged exhibits to the lab and stores what it found, with the versions of the sets it used."""
    world, examiner, at = play.world, play.officer("examiner"), play.world.when("examine_at")
    _register_hash_sets(play)
    images = {
        device["image_sha256"]: device["image"]
        for entry in world.day.values()
        for device in entry["devices"]
        if device["image"]
    }
    exhibits = list(
        Exhibit.objects.exclude(image_sha256="").select_related("site__place__station").order_by("number")
    )
    for number, exhibit in enumerate(exhibits, start=1):
        moment = at + timedelta(hours=number)
        image = world.folder / images[exhibit.image_sha256]
        out = work / exhibit.seal
        lab.examine(
            [image],
            hashsets=list(world.hash_sets()),
            out=out,
            at=moment,
            expected_sha256={image.name: exhibit.image_sha256},
        )
        conclude(out)
        with one_transaction():
            _to_the_lab(exhibit, examiner, moment)
            _store(exhibit, examiner, moment, out=out, image=image)
        play.progress("examining", number, len(exhibits))


def documents(play: Play) -> District | None:
    """Renders the papers of the district with most examined exhibits; the others are rendered when asked for."""
    clerk, at = play.officer("court_officer"), play.world.when("examine_at") + timedelta(days=6)
    district = _busiest_district()
    if district is None:
        return None
    sites = (
        Site.objects.filter(district=district, exhibits__isnull=False, operation=play.operation)
        .distinct()
        .order_by("number")
    )
    wanted: list[tuple[str, Any]] = []
    for site in sites:
        wanted.append(("in.seizure_list", site.id))
        wanted.append(("in.custody_annex", site.id))
        if hasattr(site, "seizure_report"):
            wanted.append(("in.seizure_report_106", site.id))
        wanted += [("in.bsa63_certificate", exhibit.id) for exhibit in site.exhibits.order_by("number")]
    for number, (kind, subject) in enumerate(wanted, start=1):
        papers.render_document(
            by=clerk, at=at, key=f"{kind}:{subject}:1", kind=kind, subject=subject, language="both"
        )
        play.progress("documents", number, len(wanted))
    return district


def press_note(play: Play) -> None:
    """Counts and releases the evening's note."""
    papers.release_press_note(
        by=play.officer("press_officer"),
        at=play.world.when("press_at"),
        key=play.operation.code,
        operation=play.operation,
    )


def _register_hash_sets(play: Play) -> None:
    clerk, examiner = play.officer("intake_clerk"), play.officer("examiner")
    at = play.world.when("reports_from")
    for path in play.world.hash_sets():
        name = f"hashsets/{path.name}"
        content = path.read_bytes()
        receipt = intake.receive_file(
            by=clerk, at=at, key=name, name=name, content=content, source="hash_set", channel="partner"
        )
        reading = vics.read(ReceivedFile(path.name, content))
        schemes = sorted(
            {record.category.scheme for record in reading.records if record.category is not None}
        )
        laboratory.register_hash_set(
            by=examiner,
            at=at,
            key=name,
            receipt=receipt,
            name=path.stem,
            scheme=", ".join(schemes)[:60],
            entries=len(reading.records),
        )


def _to_the_lab(exhibit: Exhibit, examiner: Officer, at: Any) -> None:
    if CustodyEvent.objects.filter(exhibit=exhibit, event="received").exists():
        return
    custody.hand_over_exhibit(
        by=examiner,
        at=at - timedelta(minutes=50),
        key=f"lab:{exhibit.seal}",
        exhibit=exhibit,
        event="received",
        to=examiner.number,
        place="unit laboratory",
        purpose="examination of the forensic image",
    )


def _store(exhibit: Exhibit, examiner: Officer, at: Any, *, out: Path, image: Path) -> None:
    result = open_result(out)
    with image.open("rb") as stream:
        # The lab verifies by SHA-256; the certificate form also names SHA-1 and MD5.
        digests = digest_chunks(iter(lambda: stream.read(1 << 20), b""))
    laboratory.record_examination(
        by=examiner,
        at=at,
        key=exhibit.seal,
        exhibit=exhibit,
        image_sha256=digests.sha256,
        tool=str(result.summary["tool"]),
        files=result.lines("findings.jsonl"),
        warnings=list(result.lines("warnings.jsonl")),
        hash_report=asdict(digests),
        lab=record_of(result, image.name, image=image),
    )


def _busiest_district() -> District | None:
    counts: dict[Any, int] = {}
    for district_id in Examination.objects.values_list("exhibit__site__district_id", flat=True):
        counts[district_id] = counts.get(district_id, 0) + 1
    districts = {district.id: district for district in District.objects.all()}
    return min((districts[key] for key in counts), key=lambda one: (-counts[one.id], one.code), default=None)
