"""The forms of a report: an independent judge accepts the graph, our reader the case, and no cell runs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.findings import neutral, scheme_of
from kaval.engine.formats.hashset import vics
from kaval.engine.kernel.errors import ReaderError
from kaval.lab.report import FORMS, write_reports
from kaval.lab.result import open_result
from tests.lab.results import LIST_VERSION, SOME, finding, match, write_result

ORDER = [
    {"kind": "rules", "sentences": {"O-1": {"text": "camera original", "text_ml": "ക്യാമറ"}}},
    {"kind": "device", "rank": 1, "source": "phone.img", "score": 9.0, "reasons": []},
    {
        "kind": "file",
        "rank": 1,
        "source": "phone.img",
        "path": "=1+1",
        "line": 6,
        "state": "allocated",
        "score": 9.0,
        "reasons": [{"code": "O-1", "points": 9.0, "text": "camera original"}],
        "groups": {},
        "first_of_like": True,
    },
]


def reports(folder: Path, *lines: Any) -> dict[str, Path]:
    """All forms of a result with these findings, else with all kinds of them."""
    made = write_result(folder / "out", lines or SOME, concluded={"order.jsonl": ORDER})
    return write_reports(
        open_result(made), to=folder / "report", forms=FORMS, case_number="TRAINING 1/2026", unit="Unit"
    )


def graph(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_bytes())["@graph"])


def test_case_validate_finds_nothing_to_say_against_the_graph(tmp_path: Path) -> None:
    path = reports(tmp_path)["case"]
    judge = Path(sys.executable).parent / "case_validate"
    said = subprocess.run([judge, "--allow-info", path], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "Conforms: True" in said.stdout
    assert "nonexistent" not in said.stderr, "a concept that the ontology does not have is an error to us"
    assert "WARNING" not in said.stderr, said.stderr


def test_the_graph_holds_the_files_with_a_match_and_why_and_no_other(tmp_path: Path) -> None:
    nodes = graph(reports(tmp_path)["case"])
    kinds = Counter(node["@type"] for node in nodes)
    assert kinds["uco-observable:File"] == 5 + 1, "five files with a match, and the image"
    assert kinds["uco-analysis:AnalyticResult"] == 6
    classes = [
        facet["uco-analysis:classification"][0]["uco-analysis:class"]
        for node in nodes
        if node["@type"] == "uco-analysis:AnalyticResult"
        for facet in node.get("uco-core:hasFacet", ())
    ]
    assert sorted(classes) == ["VICS/US 2.0: 1"] * 3 + ["VICS/US 2.0: 2"], (
        "likeness and no verdict give no class"
    )
    named = {one["@id"] for one in nodes[-1]["uco-core:object"]}
    assert named == {node["@id"] for node in nodes[:-1]}
    assert len(named) == len(nodes) - 1, "no identifier twice"


def test_two_reports_of_one_result_are_the_same_bytes(tmp_path: Path) -> None:
    first = reports(tmp_path)
    before = {form: path.read_bytes() for form, path in first.items()}
    assert {form: path.read_bytes() for form, path in reports(tmp_path).items()} == before


def test_our_own_reader_reads_the_case_back(tmp_path: Path) -> None:
    path = reports(tmp_path)["vics"]
    reading = vics.read(ReceivedFile(path.name, path.read_bytes()))
    assert [one.code for one in reading.warnings] == []
    media = {line["sha256"]: line for line in SOME if line["md5"] and line["mime"]}
    assert {one.sha256 for one in reading.records} == set(media)
    assert len(reading.records) == len(media), "two files of one content are one medium"
    for one in reading.records:
        line = media[one.sha256]
        assert (one.md5, one.sha1, one.size) == (line["md5"], line["sha1"], line["size"])
    category = {one.sha256: one.category for one in reading.records}
    by_path = {line["path"]: category.get(line["sha256"] or "") for line in SOME}
    given = by_path["DCIM/pattern-00001.jpg"]
    assert given is not None
    assert (given.scheme, given.scheme_version, given.code) == ("VICS/US", "2.0", "1")
    assert by_path["both/pattern-00004.jpg"] is None, "two codes of one scheme are no verdict"
    assert by_path["like/pattern-00003.jpg"] is None, "likeness is no verdict"


def test_the_case_says_where_each_copy_lay_and_names_no_file_of_its_own(tmp_path: Path) -> None:
    whole = json.loads(reports(tmp_path)["vics"].read_bytes())
    case = whole["value"][0]
    assert whole["@odata.context"].endswith("/2.0.xml/US/$metadata#Cases")
    assert (case["TotalMediaFiles"], case["TotalPrecategorized"]) == (5, 1)
    first = case["Media"][0]
    assert [one["FilePath"] for one in first["MediaFiles"]] == [SOME[0]["path"], SOME[1]["path"]]
    assert [one["Deleted"] for one in first["MediaFiles"]] == [False, True]
    assert first["MediaFiles"][1]["FileName"] == "pattern-00001.jpg"
    assert first["MediaFiles"][0]["Created"] == "2026-02-01T09:00:00", "a device's own clock gets no zone"
    assert first["PrecategorizationSource"] == f"known {LIST_VERSION}"
    assert not any("RelativeFilePath" in one for one in case["Media"]), "no file leaves"


def test_a_scheme_that_names_no_country_gives_no_number(tmp_path: Path) -> None:
    line = finding("a.jpg", b"a", matches=[match("1", scheme="VICS/unstated", scheme_version="1.3")])
    case = json.loads(reports(tmp_path, line)["vics"].read_bytes())["value"][0]["Media"][0]
    assert case["Category"] is None
    assert "VICS/unstated 1.3: 1" in case["Comments"]
    assert scheme_of(Counter({"VICS/UK 2.0": 1, "VICS/US 2.0": 1})).country == "UK", (
        "a tie is decided by name"
    )


def test_the_table_has_every_file_and_no_cell_runs(tmp_path: Path) -> None:
    path = reports(tmp_path)["csv"]
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    assert len(rows) == len(SOME)
    assert rows[2]["path"] == "'" + SOME[2]["path"]
    assert rows[3]["matches"].startswith("within 12 bits by pdq of")
    assert rows[0]["place"] == "10.0; 76.3"
    assert rows[7]["note"] == "content-unreadable"


@given(st.text())
def test_a_neutral_cell_never_begins_like_a_formula(text: str) -> None:
    assert not str(neutral(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_workbook_is_read_by_another_library_and_holds_no_formula(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(reports(tmp_path)["xlsx"])
    assert book.sheetnames[:5] == ["examination", "sources", "hash sets", "categories", "matches"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    values = {cell.value for cell in cells}
    assert SOME[2]["path"] in values
    assert "=1+1" in values, "the order is there as it was written"
    assert "camera original" in values


@pytest.mark.parametrize("name", ["findings.jsonl", "summary.json"])
def test_a_result_that_was_changed_is_refused(tmp_path: Path, name: str) -> None:
    out = write_result(tmp_path / "out")
    (out / name).write_bytes((out / name).read_bytes()[:-20])
    with pytest.raises(ReaderError):
        open_result(out)


def test_lines_of_an_older_version_are_enough(tmp_path: Path) -> None:
    wanted = ("source", "path", "state", "size", "md5", "sha1", "sha256", "mime", "matches")
    old = [{key: line[key] for key in wanted} for line in SOME]
    made = reports(tmp_path, *old)
    assert vics.read(ReceivedFile("v", made["vics"].read_bytes())).records
