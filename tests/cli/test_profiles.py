"""`kaval profile`: proposals with evidence, refusal while a question is open, versions that are never overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kaval.cli.app import app
from kaval.cli.profiles import profiles_of
from kaval.engine.kernel.errors import ReaderError, RefusedError

LIST = """Record ID;IP Address;Port;Protocol;Seen At
1;192.0.2.1;41822;TCP;03/01/2026 18:45
2;192.0.2.2;41823;TCP;05/01/2026 19:45
"""


def run(*words: str | Path) -> str:
    """What the command prints; a refusal comes as the error it is."""
    result = CliRunner().invoke(app, ["profile", *map(str, words)], env={"COLUMNS": "80"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text(LIST)
    run("suggest", tmp_path / "list.csv", "--kind", "p2p", "--out", tmp_path / "list.json")
    return tmp_path / "list.json"


def confirm(proposal: Path, *answers: str, name: str = "watch-g") -> str:
    words = [part for answer in answers for part in ("--answer", answer)]
    return run("confirm", proposal, "--name", name, "--by", "HQ-007", "--home", proposal.parent, *words)


ANSWERS = ("order=dmy", "zone=+05:30,agreed", "fixed.source_system=WATCH-G")


def test_a_proposal_is_shown_within_80_columns_with_its_evidence_and_its_questions(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    shown = run("suggest", tmp_path / "list.csv")
    assert max(map(len, shown.splitlines()[1:])) <= 80
    for words in (
        "IP Address",
        "values look like",
        "order OPEN",
        "order.observed_first",
        "3 January 2026",
        "1 March 2026",
    ):
        assert words in shown, words


def test_a_proposal_as_json_is_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    printed = run("suggest", tmp_path / "list.csv", "--json", "--out", tmp_path / "p.json")
    assert json.loads(printed) == json.loads((tmp_path / "p.json").read_text())
    assert json.loads(printed)["profile"]["columns"]["ip"] == "IP Address"


def test_nothing_is_confirmed_while_a_question_is_open(proposal: Path) -> None:
    with pytest.raises(RefusedError, match=r"still to be answered: order\.observed_first"):
        confirm(proposal, "zone=+05:30", "fixed=WATCH-G")
    with pytest.raises(RefusedError, match="answers no question"):
        confirm(proposal, *ANSWERS, "colour=red")
    with pytest.raises(RefusedError, match="an answer is key=value"):
        confirm(proposal, "dmy")
    with pytest.raises(RefusedError, match="answered twice"):
        confirm(proposal, "order=dmy", "order=mdy")
    assert not (proposal.parent / "profiles").exists()


def test_each_confirmation_is_a_new_version_and_none_is_overwritten(proposal: Path) -> None:
    assert "watch-g@1 confirmed by HQ-007" in confirm(proposal, *ANSWERS)
    first = (proposal.parent / "profiles" / "watch-g@1.json").read_bytes()
    assert "watch-g@2 confirmed" in confirm(proposal, *ANSWERS)
    confirm(proposal, *ANSWERS, name="another")
    assert (proposal.parent / "profiles" / "watch-g@1.json").read_bytes() == first
    assert [profile.label for profile in profiles_of(proposal.parent)] == [
        "another@1",
        "watch-g@1",
        "watch-g@2",
    ]
    assert sorted(path.name for path in (proposal.parent / "profiles").iterdir()) == [
        "another@1.json", "watch-g@1.json", "watch-g@2.json",
    ]  # fmt: skip


def test_profiles_are_listed_and_shown(proposal: Path) -> None:
    assert "no profile is confirmed here" in run("list", "--home", proposal.parent)
    confirm(proposal, *ANSWERS)
    assert "watch-g@1" in run("list", "--home", proposal.parent)
    shown = run("show", "watch-g", "--home", proposal.parent)
    assert "+05:30 (profile)" in shown
    assert "= WATCH-G" in shown
    assert (
        json.loads(run("show", "watch-g@1", "--json", "--home", proposal.parent))["confirmed_by"] == "HQ-007"
    )
    with pytest.raises(RefusedError, match="no profile 'watch-h' here"):
        run("show", "watch-h", "--home", proposal.parent)


def test_a_profile_that_was_edited_or_renamed_is_refused(proposal: Path) -> None:
    confirm(proposal, *ANSWERS)
    path = proposal.parent / "profiles" / "watch-g@1.json"
    path.rename(path.with_name("watch-g@7.json"))
    with pytest.raises(ReaderError, match="holds watch-g@1"):
        profiles_of(proposal.parent)
    path.with_name("watch-g@7.json").write_text("{")
    with pytest.raises(ReaderError, match="not JSON"):
        profiles_of(proposal.parent)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="no such file"):
        run("suggest", tmp_path / "list.csv")
    with pytest.raises(ReaderError, match="no such file"):
        confirm(tmp_path / "list.json")


@pytest.mark.parametrize("verb", ["suggest", "confirm", "show", "list"])
def test_every_verb_has_an_example(verb: str) -> None:
    assert f"Example: kaval profile {verb}" in " ".join(run(verb, "--help").replace("│", " ").split())
