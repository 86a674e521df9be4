"""A newcomer's first command and what it leaves: figures that were counted, a ledger that verifies, a second run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.homes import Home
from tests.journeys.conftest import Played
from tests.station.worlds import take_one_device

KEYS = {
    "reports",
    "leads",
    "places",
    "teams",
    "devices",
    "cases",
    "seizure_reports",
    "arrests",
    "wrong_doors",
    "missed_doors",
    "ledger_entries",
    "seconds",
    "steps",
}
SCORE_KEYS = {
    "wrong_doors",
    "missed_doors",
    "attributable",
    "passed",
    "same_person_precision",
    "same_person_recall",
    "at_risk",
    "at_risk_in_first_5_percent",
    "fifo_in_first_5_percent",
    "largest_subject_people",
    "largest_subject_reports",
    "most_reported_person_reports",
    "known_files",
    "known_files_found",
    "false_matches",
}
FIGURES = {"places": 13, "teams": 6, "devices": 9, "cases": 6, "seizure_reports": 2, "arrests": 2}
SAMPLE = (
    Path(__file__).resolve().parents[3]
    / "shared"
    / "reference"
    / "formats"
    / "ncmec"
    / "own-sample-report.xml"
)


def test_the_demo_ends_with_one_object_that_says_all(played: Played) -> None:
    assert set(played.summary) >= KEYS
    assert {name: played.summary[name] for name in FIGURES} == FIGURES
    assert played.summary["wrong_doors"] == 0
    assert played.summary["steps"]["field day"] >= 0
    assert played.summary["ledger_entries"] > 200


def test_the_figures_are_what_the_rows_say(played: Played) -> None:
    """Counted by SQL, past the code that counted them for the summary."""
    counts = {
        "places": "SELECT count(DISTINCT site_id) FROM station_fieldevent WHERE kind = 'at_door'",
        "teams": "SELECT count(DISTINCT team_id) FROM station_fieldevent",
        "devices": "SELECT count(*) FROM station_exhibit",
        "cases": "SELECT count(*) FROM station_crime",
        "seizure_reports": "SELECT count(*) FROM station_seizurereport",
        "arrests": "SELECT count(*) FROM station_arrest",
        "reports": "SELECT count(*) FROM station_report",
        "leads": "SELECT count(*) FROM station_lead WHERE state = 'accepted'",
        "ledger_entries": "SELECT count(*) FROM station_ledgerentry",
        "findings": "SELECT count(*) FROM station_finding",
    }
    found = {name: played.home.rows(sql)[0][0] for name, sql in counts.items()}
    assert found == {name: played.summary[name] for name in counts}


def test_every_known_file_was_found_and_nothing_else(played: Played) -> None:
    assert played.summary["known_files"] == played.summary["known_files_found"] > 0
    assert played.summary["false_matches"] == 0


def test_the_same_command_again_changes_nothing(played: Played) -> None:
    before, ledger = played.home.digest(), played.home.ledger.read_bytes()
    again = played.home.demo()
    assert played.home.digest() == before
    assert played.home.ledger.read_bytes() == ledger
    timing = {"seconds", "steps"}
    assert {k: v for k, v in again.items() if k not in timing} == {
        k: v for k, v in played.summary.items() if k not in timing
    }


def test_another_world_is_not_played_over_this_one(played: Played) -> None:
    before, world = played.home.digest(), (played.home.world / "manifest.json").read_bytes()
    done = played.home.run("demo", "--operation", "small", "--seed", "8", "--exit", code=2)
    assert "KAVAL_HOME" in done.stderr
    assert (played.home.world / "manifest.json").read_bytes() == world
    assert played.home.digest() == before


def test_the_ledger_of_the_run_verifies_anywhere(played: Played, tmp_path: Path) -> None:
    copy = tmp_path / "ledger.jsonl"
    shutil.copy(played.home.ledger, copy)
    elsewhere = Home(tmp_path / "no-station-here")
    done = elsewhere.run("ledger", "verify", copy)
    assert f"{played.summary['ledger_entries']} entries verify" in done.stdout
    assert not elsewhere.path.exists(), "verifying needs no station"


@pytest.mark.parametrize("entry", [0, 100, -1])
def test_one_changed_byte_names_its_entry(played: Played, tmp_path: Path, entry: int) -> None:
    lines = played.home.ledger.read_bytes().splitlines(keepends=True)
    number = entry % (len(lines) - 1)
    line = bytearray(lines[number + 1])
    line[len(line) // 2] ^= 1
    lines[number + 1] = bytes(line)
    broken = tmp_path / "ledger.jsonl"
    broken.write_bytes(b"".join(lines))
    done = Home(tmp_path).run("ledger", "verify", broken, code=1)
    assert f"entry {number}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_exported_ledger_is_the_one_the_demo_wrote(played: Played, tmp_path: Path) -> None:
    exported = tmp_path / "exported.jsonl"
    played.home.run("ledger", "export", exported)
    assert exported.read_bytes() == played.home.ledger.read_bytes()


def test_the_ledger_holds_no_name_and_no_address(played: Played) -> None:
    ledger = played.home.ledger.read_text("utf-8")
    for (name,) in played.home.rows(
        "SELECT name FROM station_officer UNION SELECT name FROM station_subscriberanswer"
    ):
        assert name not in ledger
    for (address,) in played.home.rows("SELECT host(ip) FROM station_observation"):
        assert f'"{address}"' not in ledger


def test_one_seizure_less_in_the_input_is_one_less_everywhere(
    home: Home, played: Played, tmp_path: Path
) -> None:
    world = tmp_path / "world"
    shutil.copytree(played.home.world, world)
    take_one_device(world)
    summary = home.demo("small", "--world", world)
    assert {name: summary[name] for name in FIGURES} == {**FIGURES, "devices": 8}
    notes = [
        one.rows("SELECT plain_text FROM station_rendereddocument WHERE kind = 'in.press_note'")
        for one in (played.home, home)
    ]
    assert len(notes[0]) == len(notes[1]) == 1
    assert notes[0] != notes[1]


def test_the_score_says_what_was_missed_and_why(played: Played) -> None:
    table = played.home.run("score", played.home.world).stdout
    head, _, missed = table.partition("not entered, and why")
    assert "wrong doors" in head
    assert [line.split()[-1] for line in head.splitlines() if line.startswith("wrong doors")] == ["0"]
    reasons = [line.split(None, 1) for line in missed.splitlines() if line.strip()]
    assert sum(int(count) for count, why in reasons if not why.startswith("not attributable")) == 3
    for said in ("withdrawn: the warrant was returned", "nobody_there", "refused", "no_port_on_cgnat"):
        assert any(said in why for _, why in reasons), said


def test_the_score_as_json_has_the_keys_of_the_issue(played: Played) -> None:
    lines = played.home.run("score", played.home.world, "--json").stdout.splitlines()
    assert len(lines) == 1
    score = json.loads(lines[0])
    assert set(score) == SCORE_KEYS
    assert {name: score[name] for name in SCORE_KEYS} == {name: played.summary[name] for name in SCORE_KEYS}
    assert (score["wrong_doors"], score["attributable"], score["passed"]) == (0, 14, 14)


def test_a_backup_restored_elsewhere_holds_the_same(played: Played, home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "kaval.tar"
    played.home.run("db", "backup", kept)
    home.run("db", "restore", kept)
    assert home.digest() == played.home.digest()
    assert _sealed(home) == _sealed(played.home)
    exported = tmp_path / "restored.jsonl"
    home.run("ledger", "export", exported)
    assert exported.read_bytes() == played.home.ledger.read_bytes()
    refused = home.run("db", "restore", kept, code=2)
    assert "--yes" in refused.stderr


def test_after_a_restore_the_rights_and_triggers_stand(played: Played, home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "kaval.tar"
    played.home.run("db", "backup", kept)
    home.run("db", "restore", kept)
    query = (
        "SELECT count(*) FROM pg_trigger WHERE tgname = 'kaval_append_only' UNION ALL "
        "SELECT count(*) FROM information_schema.table_privileges "
        "WHERE grantee = 'kaval_app' AND privilege_type IN ('DELETE', 'TRUNCATE')"
    )
    assert home.rows(query) == played.home.rows(query)
    again = home.demo("small", "--world", played.home.world)
    assert {name: again[name] for name in FIGURES} == FIGURES
    assert home.digest() == played.home.digest()


def test_a_stopped_demo_goes_on_where_it_was(home: Home, played: Played) -> None:
    half = home.demo("small", "--until", "plan")
    assert (half["places"], half["cases"]) == (0, 0)
    whole = home.demo()
    assert {name: whole[name] for name in FIGURES} == FIGURES
    assert home.digest() == played.home.digest()
    assert home.ledger.read_bytes() == played.home.ledger.read_bytes()
    _one_changed_byte_is_found(home)


def _one_changed_byte_is_found(home: Home) -> None:
    """Every seal behind every attribution holds, until one byte of one answer is another."""
    whole = json.loads(home.run("attribution", "verify", "--json").stdout.splitlines()[-1])
    assert (whole["broken"], whole["attributions"]) == ([], 27)
    ((sha256,),) = home.rows(
        "SELECT f.sha256 FROM station_answerfile a JOIN station_sealedfile f ON f.id = a.sealed_id "
        "JOIN station_provider p ON p.id = a.provider_id WHERE p.code = 'KADAVU' ORDER BY a.rows LIMIT 1"
    )
    answer = home.path / "sealed" / sha256[:2] / sha256
    answer.chmod(0o600)
    content = answer.read_bytes()
    answer.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    found = json.loads(home.run("attribution", "verify", "--json", code=1).stdout.splitlines()[-1])
    assert {seal["digest"] for row in found["broken"] for seal in row["seals"]} == {sha256}
    told = home.run("attribution", "verify", code=1).stdout
    assert f"27 attributions, {len(found['broken'])} rest on a broken seal" in told


def test_nothing_is_left_running(home: Home) -> None:
    home.run("db", "start")
    assert not (home.path / "pg" / "postmaster.pid").exists()
    assert list((home.path / "users").iterdir()) == []


def test_a_report_of_the_real_layout_is_read_offline(home: Home) -> None:
    if not SAMPLE.exists():
        if os.environ.get("CI") != "true":
            pytest.skip(f"{SAMPLE} is not on this machine")
        pytest.fail(f"{SAMPLE} is missing")
    text = home.run("read", SAMPLE).stdout
    assert "1 records" in text
    read = json.loads(home.run("read", SAMPLE, "--json").stdout)
    assert read["records"]
    assert not (home.path / "pg").exists(), "reading needs no station"


def _sealed(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home.path / "sealed").rglob("*") if path.is_file()}
