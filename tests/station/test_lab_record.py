"""From an image to the station: examined, concluded, recorded, and one item drawn from the image again."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kaval import lab
from kaval.cli.lab_report import record_of, source_of
from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.errors import ConfigurationError
from kaval.lab.conclude import conclude
from kaval.lab.rendition import Rendition, Wanted, render
from kaval.lab.result import Result, open_result
from kaval.station.models import Examination, Exhibit, Finding, OrderedItem
from kaval.station.operations.laboratory import record_examination
from kaval.station.queries.viewing import examination_sheet
from tests.lab import images
from tests.station.console_rows import World, build
from tests.station.plays import refused
from tests.station.viewing_rows import pattern

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
PICTURES = {f"DCIM/pattern-{number:05}.jpg": pattern(number * 40) for number in range(3)}


@pytest.fixture
def image(tmp_path: Path) -> Path:
    tree = images.folder(tmp_path / "tree", PICTURES)
    return images.ext4(tmp_path / "phone.img", tree)


@pytest.fixture
def result(image: Path, tmp_path: Path) -> Result:
    known = images.vics(tmp_path / "known.vics.json", [PICTURES["DCIM/pattern-00001.jpg"]])
    lab.examine([image, tmp_path / "tree"], hashsets=[known], out=tmp_path / "out", at=AT, workers=1)
    conclude(tmp_path / "out")
    return open_result(tmp_path / "out")


def recorded(world: World, result: Result, image: Path, *, sealed_as: str) -> Examination:
    exhibit = Exhibit.objects.get(id=world.alpha["exhibit_id"])
    exhibit.pk, exhibit.number, exhibit.seal, exhibit.image_sha256 = uuid.uuid4(), "EX/N", "KL-N", sealed_as
    exhibit.save(force_insert=True)
    digests = digest_bytes(image.read_bytes())
    name = source_of(result, digests.sha256)
    return record_examination(
        by=world.officers["examiner"],
        at=AT,
        key="n",
        exhibit=exhibit,
        image_sha256=digests.sha256,
        tool=str(result.summary["tool"]),
        files=(line for line in result.lines("findings.jsonl") if line["source"] == name),
        warnings=[],
        hash_report=asdict(digests),
        lab=record_of(result, name, image=image),
    )


def test_one_image_of_a_run_is_recorded_alone_with_its_order_and_an_item_is_drawn_from_it(
    image: Path, result: Result
) -> None:
    world = build(size=1)
    examination = recorded(world, result, image, sealed_as=digest_bytes(image.read_bytes()).sha256)
    assert (examination.files, examination.known) == (3, 1), (
        "the other source of the run is not this exhibit's"
    )
    assert Finding.objects.get(examination=examination).path == "DCIM/pattern-00001.jpg"
    items = list(OrderedItem.objects.filter(examination=examination).order_by("rank"))
    assert {one.path for one in items} == set(PICTURES) - {"DCIM/pattern-00001.jpg"}
    assert all(one.reasons[0]["text"] for one in items)
    sheet = examination_sheet(world.officers["examiner"], examination.exhibit_id)
    assert {fact["fact"] for fact in sheet.facts} >= {"camera_original", "how_it_came", "transmitted"}
    assert [one.held for one in sheet.lists] == [False], "nobody registered the list with the unit"
    assert examination.provenance["digests"]["summary.json"] == result.sha256
    first = items[0]
    made = render(Wanted(examination.source_path, first.path, first.sha256, 3))
    assert isinstance(made, Rendition), made


def test_an_image_that_was_not_sealed_or_not_examined_is_refused(image: Path, result: Result) -> None:
    with refused("C-4"):
        recorded(build(size=1), result, image, sealed_as="a" * 64)
    with pytest.raises(ConfigurationError, match="has the digest"):
        source_of(result, "b" * 64)
