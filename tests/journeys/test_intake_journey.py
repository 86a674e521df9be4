"""From a folder handed over to leads, by the command line: twice, by another way, and by a confirmed profile."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kaval.simulation import le_download
from tests.homes import Home, new_home

AT = "2026-03-01T09:30:00+05:30"
LIST = """Sl No,CyberTip No,Received On,Incident Time,ESP,District,Classification
1,{first},14/01/2026,03/01/2026 06:45:10 PM,Example Chat,Kollam City,Referral
2,{second},14/01/2026,13/01/2026 07:01:02 AM,Example Chat,Wayanad,Informational
"""


@pytest.fixture(scope="module")
def home(small_world: Path) -> Iterator[Home]:
    """A station with its unit installed and nothing received."""
    with new_home() as home:
        home.run("demo", "--operation", "small", "--exit", "--until", "install", "--world", small_world)
        yield home


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, small_world: Path) -> Path:
    """Reports of three kinds, details, exports and rubbish."""
    folder = tmp_path_factory.mktemp("handed") / "over"
    for kind in ("cybertip", "p2p", "tips", "register"):
        (folder / kind).mkdir(parents=True)
        for path in sorted((small_world / "inbox" / kind).iterdir())[:40]:
            (folder / kind / path.name).write_bytes(path.read_bytes())
    return folder


def taken(home: Home, *paths: Path, source: str = "ncrb_cybertip") -> dict[str, int]:
    """What one `kaval intake` did."""
    clerk = home.rows(
        "SELECT number FROM station_officer WHERE 'intake_clerk' = ANY(roles) ORDER BY number LIMIT 1"
    )
    done = home.run("intake", *paths, "--source", source, "--by", clerk[0][0], "--at", AT, "--json")
    counted: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return counted


def counts(home: Home) -> tuple[int, ...]:
    """Reports, leads, receipts, receipts of reports."""
    tables = ("station_report", "station_lead", "station_receipt", "station_reportreceipt")
    return tuple(home.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)


def test_twice_and_by_another_way_it_adds_receipts_and_no_reports(
    home: Home, folder: Path, tmp_path: Path
) -> None:
    before = counts(home)

    def added() -> tuple[int, ...]:
        return tuple(now - was for now, was in zip(counts(home), before, strict=True))

    first = taken(home, folder)
    reports, leads, receipts, named = added()
    assert first["reports"] == reports > 50
    assert leads == reports
    assert receipts == first["files"]

    again = taken(home, folder)
    assert (again["reports"], again["leads"]) == (0, 0)
    assert added() == (reports, leads, 2 * receipts, 2 * named)

    packed = tmp_path / "the-same.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*.*")):
            if path.suffix != ".zip":  # an archive inside an archive is left closed
                archive.write(path, path.relative_to(folder))
    other_way = taken(home, packed)
    assert (other_way["reports"], other_way["leads"]) == (0, 0)
    assert added()[:3] == (reports, leads, 2 * receipts + 1)
    assert added()[3] > 2 * named, "the reports in the package name its receipt too"


def test_a_list_by_profile_a_download_and_its_pdf_are_one_report(home: Home, tmp_path: Path) -> None:
    first = le_download.example()
    second = replace(first, number=first.number + 1)
    sheet, given = tmp_path / "list.csv", tmp_path / "given"
    sheet.write_text(LIST.format(first=first.number, second=second.number))
    given.mkdir()
    (given / f"{first.number}.json").write_bytes(le_download.le_json(first))
    (given / f"{first.number}.pdf").write_bytes(le_download.le_pdf(first))

    proposed = tmp_path / "proposed.json"
    shown = home.run("profile", "suggest", sheet, "--kind", "ncrb_list", "--out", proposed).stdout
    assert "dmy" in shown
    assert "row 3" in shown, "the row that settles day and month is named"
    home.run("profile", "confirm", proposed, "--name", "bureau-list", "--by", "HQ-007", code=2)
    answers = [
        part
        for question in json.loads(proposed.read_text())["questions"]
        for part in ("--answer", f"{question['code']}.{question['about']}=+05:30,agreed")
    ]
    home.run("profile", "confirm", proposed, "--name", "bureau-list", "--by", "HQ-007", *answers)

    before = counts(home)
    listed = taken(home, sheet)
    assert (listed["records"], listed["reports"]) == (2, 2)
    profile = home.rows(f"SELECT profile, handling FROM station_report WHERE source_id = '{first.number}'")
    assert profile == [("bureau-list@1", "referral")]
    came = taken(home, given)
    assert (came["records"], came["reports"]) == (2, 0)
    assert counts(home)[0] == before[0] + 2
    receipts = home.rows(
        "SELECT r.name FROM station_reportreceipt n JOIN station_receipt r ON r.id = n.receipt_id "
        f"JOIN station_report p ON p.id = n.report_id WHERE p.source_id = '{first.number}' ORDER BY r.name"
    )
    assert [name for (name,) in receipts] == [
        f"given/{first.number}.json", f"given/{first.number}.pdf", "list.csv"
    ]  # fmt: skip
    observations = home.rows(
        "SELECT count(*) FROM station_observation o JOIN station_lead l ON l.id = o.lead_id "
        f"JOIN station_report p ON p.id = l.report_id WHERE p.source_id = '{first.number}'"
    )
    assert observations[0][0] > 0, "what the download adds to the list reaches the lead"


def test_what_cannot_be_is_said_before_anything_is_done(home: Home, tmp_path: Path) -> None:
    before = counts(home)
    nobody = home.run("intake", tmp_path, "--source", "x", "--by", "NOBODY", code=2).stderr
    assert "no officer has the number 'NOBODY'; intake clerks are: " in nobody
    missing = home.run("intake", tmp_path / "none", "--source", "x", "--by", "NOBODY", code=2).stderr
    assert "no such file or folder" in missing
    assert (
        "no offset"
        in home.run(
            "intake", tmp_path, "--source", "x", "--by", "N", "--at", "2026-03-01T09:00:00", code=2
        ).stderr
    )
    assert counts(home) == before
