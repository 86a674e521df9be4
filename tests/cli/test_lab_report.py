"""`kaval lab`: reports from a folder of an examination, all forms or one, and refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kaval.cli.app import app
from kaval.engine.kernel.errors import ReaderError
from tests.lab.results import SOME, write_result

RUNNER = CliRunner()


def test_every_form_is_written_and_twice_the_same(tmp_path: Path) -> None:
    out, to = write_result(tmp_path / "out"), tmp_path / "report"
    wanted = [
        "lab",
        "report",
        str(out),
        "--to",
        str(to),
        "--number",
        "TRAINING 1",
        "--unit",
        "Unit",
        "--training",
    ]
    done = RUNNER.invoke(app, wanted)
    assert done.exit_code == 0, done.output
    made = {path.name: path.read_bytes() for path in to.iterdir()}
    assert set(made) == {"case.jsonld", "vics.json", "files.csv", "report.xlsx", "summary.pdf"}
    assert made["summary.pdf"].startswith(b"%PDF-1.7")
    assert json.loads(made["vics.json"])["value"][0]["CaseNumber"] == "TRAINING 1"
    assert RUNNER.invoke(app, wanted).exit_code == 0
    assert {path.name: path.read_bytes() for path in to.iterdir()} == made


def test_one_form_is_written_alone_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    out, to = write_result(tmp_path / "out", SOME[:1]), tmp_path / "report"
    assert RUNNER.invoke(app, ["lab", "report", str(out), "--to", str(to), "--format", "csv"]).exit_code == 0
    assert [path.name for path in to.iterdir()] == ["files.csv"]
    refused = RUNNER.invoke(app, ["lab", "report", str(out), "--to", str(to), "--format", "docx"])
    assert refused.exit_code == 2
    assert "docx" in refused.output


def test_a_folder_without_a_result_is_refused(tmp_path: Path) -> None:
    done = RUNNER.invoke(app, ["lab", "report", str(tmp_path), "--to", str(tmp_path / "report")])
    assert isinstance(done.exception, ReaderError)
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("verb", ["report", "order", "record"])
def test_every_verb_shows_an_example(verb: str) -> None:
    shown = RUNNER.invoke(app, ["lab", verb, "--help"], env={"COLUMNS": "140", "TERM": "dumb"})
    assert shown.exit_code == 0
    assert f"kaval lab {verb}" in shown.output
