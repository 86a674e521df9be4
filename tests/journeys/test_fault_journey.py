"""A world of faults through the command line: simulated, attributed, scored; no wrong door, and each cause named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kaval.cli.app import app
from kaval.cli.attributing.running import run_folder
from kaval.cli.fault_scoring import as_text, compare, score_faults
from kaval.simulation.faults import catalogue, write_fault_world

SEEDS = (7, 11)
KINDS = tuple(one.kind for one in catalogue())
NOISE = frozenset({"mobile_noise", "hosting_noise", "explained_contradiction"})


@dataclass(frozen=True)
class Scored:
    """A world of 600 observations of all kinds, and its score."""

    world: Path
    score: dict[str, Any]


def _kaval(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "140", "TERM": "dumb"})


@pytest.fixture(scope="module", params=SEEDS)
def scored(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scored:
    world = tmp_path_factory.mktemp("faults") / f"seed-{request.param}"
    words = ("--operation", "state", "--faults", "all", "--observations", 600, "--seed", request.param)
    assert "observations of" in _kaval("simulate", *words, "--out", world).output
    done = _kaval("score", world, "--json")
    assert done.exit_code == 0, done.output
    return Scored(world, json.loads(done.stdout))


def test_no_wrong_door_where_the_naive_resolver_opens_many(scored: Scored) -> None:
    assert scored.score["wrong_doors"] == 0
    assert scored.score["naive_wrong_doors"] > scored.score["observations"] // 5
    assert scored.score["naive_homes_entered_wrongly"] > 50


def test_what_can_be_attributed_passes(scored: Scored) -> None:
    assert scored.score["attributable"] > 150
    assert scored.score["attributable_share"] >= 0.95


def test_every_faulty_observation_is_stopped_and_its_cause_is_named(scored: Scored) -> None:
    assert not [one for one in scored.score["examples"] if one["trouble"] != "refused"]
    assert scored.score["right_cause_share"] == 1.0


def test_every_kind_is_stopped_with_its_cause_or_passes(scored: Scored) -> None:
    kinds = scored.score["kinds"]
    assert set(kinds) == {"(sound)", *KINDS}
    for one in catalogue():
        found = kinds[one.kind]
        if one.benign and one.kind not in NOISE:
            assert found["passed"] == found["observations"] > 0, one.kind
        else:
            assert found["right_cause"] == found["observations"] > 0, one.kind


def test_the_score_is_readable_and_needs_no_station(scored: Scored) -> None:
    text = as_text(scored.score)
    assert "wrong doors" in text
    assert all(kind in text for kind in KINDS)


def test_a_wrong_door_ends_the_score_with_1(tmp_path: Path) -> None:
    world = _world(tmp_path / "world", "none", observations=6)
    truth = world / "truth" / "faults.jsonl"
    rows = [json.loads(line) for line in truth.read_text().splitlines()]
    rows[0]["customer_ref"] = "SOMEBODY-ELSE"
    truth.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = _kaval("score", world)
    assert done.exit_code == 1
    assert "wrong doors                  1" in done.output


def test_a_right_customer_at_a_wrong_address_is_a_wrong_door(tmp_path: Path) -> None:
    world = _world(tmp_path / "world", "none", observations=6)
    ours = list(_ours(world))
    assert compare(world, ours)["wrong_doors"] == 0
    moved = [row | {"place": "Another House, Door 1, Ward 1, 695001"} for row in ours]
    assert compare(world, moved)["wrong_doors"] == len(ours)


@pytest.mark.parametrize("folder", ["observations", "answers", "profiles"])
def test_one_changed_byte_stops_all_that_rests_on_it(tmp_path: Path, folder: str) -> None:
    world = _world(tmp_path / "world", "none", observations=20)
    assert {row["level"] for row in _ours(world)} == {2}
    path = {
        "observations": world / "observations" / "export-001.csv",
        "answers": sorted((world / "answers").glob("*/ipdr-001.csv"))[0],
        "profiles": world / "profiles" / "ground.csv",
    }[folder]
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b"2026-0", b"2025-0", 1) if folder != "answers" else content[:-4] + b"f\r\n"
    )
    isp = path.parent.name
    after = list(_ours(world))
    touched = [
        row for row in after if folder != "answers" or (row["subscriber"] or f"{isp}/").startswith(isp)
    ]
    assert touched
    assert {row["level"] < 2 and "A-01" in row["blocked_by"] for row in touched} == {True}


def test_the_catalogue_is_printed_and_what_nobody_knows_is_refused(tmp_path: Path) -> None:
    shown = _kaval("simulate", "--faults", "list").output
    assert all(f"{kind}\n" in shown for kind in KINDS)
    done = _kaval("simulate", "--faults", "no_such_kind", "--out", tmp_path / "world")
    assert done.exit_code == 2
    assert "no_such_kind" in done.output
    assert not (tmp_path / "world").exists()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    mix=st.dictionaries(st.sampled_from(KINDS), st.integers(1, 9), min_size=1, max_size=6),
    seed=st.integers(0, 10_000),
)
def test_no_mix_of_faults_opens_a_wrong_door(
    tmp_path_factory: pytest.TempPathFactory, mix: dict[str, int], seed: int
) -> None:
    faults = ",".join(f"{kind}={weight}" for kind, weight in mix.items())
    world = _world(tmp_path_factory.mktemp("mix") / "world", faults, observations=40, seed=seed)
    found = score_faults(world, workers=1)
    assert found["wrong_doors"] == 0
    assert not [one for one in found["examples"] if one["trouble"] == "let through"]
    assert found["right_cause_share"] == 1.0


def _world(out: Path, faults: str, *, observations: int, seed: int = 3) -> Path:
    return write_fault_world(
        operation="small", seed=seed, out=out, faults=faults, observations=observations
    ).path


def _ours(world: Path) -> Iterable[dict[str, Any]]:
    return run_folder(world / "observations", world / "answers", world / "profiles", workers=1)
