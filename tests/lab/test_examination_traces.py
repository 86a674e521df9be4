"""What devices remember comes into one file of artefacts: extractions of other tools, databases with logs, terms."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from kaval.lab import ExaminationSummary, examine
from tests.lab import images
from tests.lab.images import AT

SAMPLE = next((Path(__file__).parent.parent / "samples" / "device" / "ufdr").glob("*.xml"))
TERMS = "# list=trial version=3 role=test reviewed_by=KL-0007\nterm_id,term,match\nT1,zorbelflint,word\n"


def lines(summary: ExaminationSummary, kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (summary.out / f"{kind}.jsonl").read_text("utf-8").splitlines()]


def ufdr(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.xml", SAMPLE.read_bytes())
        archive.writestr("files/Image/x.png", images.picture(1))
    return path


def test_an_extraction_tells_the_same_as_a_source_and_as_a_file(tmp_path: Path) -> None:
    source = ufdr(tmp_path / "phone.ufdr")
    (tmp_path / "tree").mkdir()
    shutil.copy(source, tmp_path / "tree" / "inner.ufdr")
    whole = examine([source], hashsets=[], out=tmp_path / "one", at=AT)
    inside = examine([tmp_path / "tree"], hashsets=[], out=tmp_path / "two", at=AT)
    told = [
        [(line["kind"], line["place"], line["facts"]) for line in lines(summary, "artefacts")]
        for summary in (whole, inside)
    ]
    assert told[0] == told[1]
    assert any(kind == "device" for kind, _, _ in told[0])
    assert {line["path"] for line in lines(inside, "artefacts")} == {"inner.ufdr"}
    assert all(line["place"].startswith("inner.ufdr") for line in lines(inside, "warnings"))


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A browser's history whose newest visit is in the write-ahead log only."""
    folder = tmp_path / "made"
    folder.mkdir()
    held = sqlite3.connect(folder / "History", isolation_level=None)
    held.execute("PRAGMA journal_mode=WAL")
    held.execute(
        "CREATE TABLE urls (id INTEGER PRIMARY KEY, url TEXT, title TEXT, visit_count INTEGER, typed_count INTEGER,"
        " last_visit_time INTEGER, hidden INTEGER)"
    )
    held.execute(
        "CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER, from_visit INTEGER,"
        " transition INTEGER, segment_id INTEGER, visit_duration INTEGER)"
    )
    held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held.execute(
        "INSERT INTO urls VALUES (1, 'https://example.org/', 'Zorbelflint', 1, 0, 13350000000000000, 0)"
    )
    held.execute("INSERT INTO visits VALUES (1, 1, 13350000000000000, 0, 0, 0, 0)")
    shutil.copytree(folder, tmp_path / "device" / "Default")
    held.close()
    return tmp_path / "device"


def test_a_database_is_read_with_its_log_and_hits_of_terms_are_labels(history: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.csv"
    terms.write_text(TERMS)
    assert (history / "Default" / "History-wal").stat().st_size
    summary = examine([history], hashsets=[], out=tmp_path / "out", at=AT, terms=[terms])
    visits = [line for line in lines(summary, "artefacts") if line["kind"] == "browser.visit"]
    assert [(line["path"], line["facts"]["hits"]) for line in visits] == [("Default/History", ["trial 3 T1"])]
    assert "orbelflint" not in (summary.out / "artefacts.jsonl").read_text()
    assert summary.counts["artefacts"]["browser.visit"] == 1
    other = examine([history], hashsets=[], out=tmp_path / "out", at=AT)
    assert not other.reused, "the lists of terms decide the result"
