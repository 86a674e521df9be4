"""The summary of an examination: every row names its file, what is cut is said, and a second making is the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kaval.engine.documents._plain import plain_text
from kaval.engine.documents.lab_report import LabReportFacts, build
from kaval.lab.result import open_result
from tests.lab.results import SOME, write_result

AT = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
DEVICE = {
    "source": "phone.img",
    "facts": [
        {
            "fact": "camera_original",
            "value": "yes",
            "reasons": [{"code": "F", "text": "One file names it.", "text_ml": "ഒരു ഫയൽ."}],
        }
    ],
    "tests": [{"test": "POCSO 15(2)", "lacking": ["transmitted"]}],
}
SIGN = {
    "path": "EXAMPLE.EXE-1.pf",
    "at": "2026-02-01T10:00:00Z",
    "program": "cleaner",
    "strength": "weak",
    "innocent": ["runs by itself"],
}


def facts(folder: Path, **more: Any) -> LabReportFacts:
    """The facts of a result made by hand."""
    result = open_result(write_result(folder))
    known = [line for line in SOME if line["matches"]]
    stated: dict[str, Any] = {
        "number": "TRAINING 1/2026",
        "unit": "Unit",
        "unit_ml": "യൂണിറ്റ്",
        "prepared_at": AT,
        "examined_at": AT,
        "training": True,
        "summary": result.summary,
        "digests": result.file_digests(),
        "known": known,
        "known_total": len(known),
        "order": [],
        "order_total": 0,
        "indicators": [SIGN],
        "facts": {"devices": [DEVICE]},
    }
    return LabReportFacts(**stated | more)


def test_it_says_counts_lists_facts_and_signs_and_rests_on_the_files(tmp_path: Path) -> None:
    given = facts(tmp_path)
    text = plain_text(build(given), language="en")
    for said in (
        "VICS/US 2.0",
        "copies.zip!/inner/pattern-00001.jpg",
        "known, pdq, 12 bits away, VICS/US 2.0: 1",
        "camera original | yes | One file names it.",
        "POCSO 15(2) | transmitted",
        "runs by itself",
        "name-escaped | 2",
    ):
        assert said in text
    assert {source.sha256 for source in build(given).sources} <= {*given.digests.values(), "0" * 64}
    assert build(given) == build(facts(tmp_path))


def test_malayalam_is_said_where_the_record_has_it(tmp_path: Path) -> None:
    text = plain_text(build(facts(tmp_path)), language="ml")
    assert "ഒരു ഫയൽ." in text
    assert "പരിശോധനയുടെ സംഗ്രഹം" in text


def test_what_is_cut_and_what_was_not_concluded_is_said(tmp_path: Path) -> None:
    text = plain_text(build(facts(tmp_path, known_total=9000, facts=None)), language="en")
    assert "The first 5 of 9000 are printed" in text
    assert "was not concluded" in text
