"""`kaval score`: what the station holds against what truth says. The only verb that opens `truth/`."""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from kaval.cli import fault_scoring
from kaval.cli.station import opened
from kaval.engine.kernel.errors import ConfigurationError


def score(
    folder: Annotated[Path, typer.Argument(help="The world that was played, with its truth folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compares what the station holds with the truth of the world it was fed: wrong doors, missed doors, links, files.

    A world of faults (`kaval simulate --faults`) needs no station: our attribution stands beside a naive one over the
    same files. It ends with 1 when ours opened a wrong door.

    Example: kaval score ~/.local/share/kaval/demo/small-7/world --json
    """
    if not (folder / "truth").is_dir():
        raise ConfigurationError(f"{folder} holds no truth folder; name a world made by `kaval simulate`")
    if fault_scoring.is_fault_world(folder):
        fault_scoring.print_score(folder, as_json=as_json)
        return
    with opened(home=_home_of(folder)):
        found = score_world(folder)
        missed = found.pop("missed")
        wrong = found.pop("wrong")
    if as_json:
        typer.echo(json.dumps(found, sort_keys=True))
        return
    width = max(len(name) for name in found)
    typer.echo("\n".join(f"{name.replace('_', ' '):<{width}}  {value}" for name, value in found.items()))
    if wrong:
        typer.echo("\nwrong doors\n" + "\n".join(f"  site {number}" for number in wrong))
    typer.echo(
        "\nnot entered, and why\n" + "\n".join(f"  {count:5d}  {why}" for why, count in missed)
        if missed
        else "\nnothing missed"
    )


def _home_of(folder: Path) -> Path | None:
    """The station a demo played this world into lies beside it; KAVAL_HOME says otherwise."""
    beside = folder.resolve().parent
    return beside if "KAVAL_HOME" not in os.environ and (beside / "pg").is_dir() else None


def score_world(folder: Path) -> dict[str, Any]:
    """The comparison as one flat mapping, plus `missed` (why, how many) and `wrong` (site numbers).

    A wrong door is a site that was entered although truth says nobody there offended. A missed door is the home of an
    offender that could have been attributed and was not entered. Precision and recall are over pairs of reports.
    """
    from kaval.station.queries import scoring as held

    truth = folder / "truth"
    connections = {(row["isp_id"], row["customer_ref"]): row for row in _lines(truth / "connections.jsonl")}
    attributable = [row for row in _lines(truth / "attributable.jsonl") if row["attributable"]]
    others = [row for row in _lines(truth / "attributable.jsonl") if not row["attributable"]]
    entered = held.entered_sites()
    wrong = sorted(
        number for key, number in entered.items() if connections.get(key, {"innocent": True})["innocent"]
    )
    outcomes, levels = held.outcome_by_place(), held.blocked_by_place()
    missed: Counter[str] = Counter()
    for row in attributable:
        key = (row["isp_id"], row["customer_ref"])
        if key not in entered:
            missed[
                outcomes.get(key) or "not planned: " + (levels.get(key) or "no subject was attributed there")
            ] += 1
    doors = sum(missed.values())
    for row in others:
        missed[f"not attributable in truth: {row['why_not']}"] += 1
    passed = held.passed_places()
    truth_reports = list(_lines(truth / "reports.jsonl"))
    subjects = held.subject_of_reports()
    precision, recall = _pairs(truth_reports, subjects)
    return {
        "wrong_doors": len(wrong),
        "missed_doors": doors,
        "attributable": len(attributable),
        "passed": sum((row["isp_id"], row["customer_ref"]) in passed for row in attributable),
        "same_person_precision": precision,
        "same_person_recall": recall,
        **_largest(truth_reports, subjects),
        **_at_risk(truth_reports, subjects, held.queue()),
        **_files(_lines(truth / "files.jsonl"), held.findings()),
        "missed": missed.most_common(),
        "wrong": wrong,
    }


def _pairs(truth: list[dict[str, Any]], subjects: Mapping[tuple[str, str], str]) -> tuple[float, float]:
    """Precision and recall over pairs of reports held by the station; 1.0 when there is no pair to judge."""
    both: Counter[tuple[str, str]] = Counter()
    people: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    for row in truth:
        subject = subjects.get((row["source_system"], row["source_id"]))
        if subject is not None and row["person_id"]:
            both[row["person_id"], subject] += 1
            people[row["person_id"]] += 1
            groups[subject] += 1
    right, stated, true = (_pair_count(counts.values()) for counts in (both, groups, people))
    return (round(right / stated, 6) if stated else 1.0, round(right / true, 6) if true else 1.0)


def _pair_count(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)


def _largest(truth: list[dict[str, Any]], subjects: Mapping[tuple[str, str], str]) -> dict[str, int]:
    """The largest subject of the station: its reports, how many people they are about in truth, and the reports of
    the person most reported."""
    people: dict[str, Counter[str]] = defaultdict(Counter)
    true: Counter[str] = Counter()
    for row in truth:
        subject = subjects.get((row["source_system"], row["source_id"]))
        if subject is not None:
            people[subject][row["person_id"]] += 1
            true[row["person_id"]] += 1
    largest = max(people.values(), key=lambda found: found.total(), default=Counter[str]())
    return {
        "largest_subject_reports": largest.total(),
        "largest_subject_people": len(largest),
        "most_reported_person_reports": max(true.values(), default=0),
    }


def _at_risk(
    truth: list[dict[str, Any]], subjects: Mapping[tuple[str, str], str], queue: list[str]
) -> dict[str, int]:
    """How many people with a child at risk stand in the first 5 % of the queue, and of the order of arrival."""
    person_of: dict[str, set[str]] = defaultdict(set)
    first: dict[str, str] = {}
    risky = set()
    for row in truth:
        subject = subjects.get((row["source_system"], row["source_id"]))
        if subject is None:
            continue
        person_of[subject].add(row["person_id"])
        if row["child_at_risk"]:
            risky.add(row["person_id"])
        first[subject] = min(first.get(subject, row["received_at"]), row["received_at"])
    cut = max(1, len(queue) // 20) if queue else 0
    fifo = sorted(first, key=lambda subject: (first[subject], subject))
    return {
        "at_risk": len(risky),
        "at_risk_in_first_5_percent": len(
            {person for subject in queue[:cut] for person in person_of[subject]} & risky
        ),
        "fifo_in_first_5_percent": len(
            {person for subject in fifo[:cut] for person in person_of[subject]} & risky
        ),
    }


def _files(truth: Iterable[dict[str, Any]], findings: Mapping[str, set[str]]) -> dict[str, int]:
    """Known files on the examined images, by SHA-256 within an image: found, and found wrongly."""
    known: dict[str, set[str]] = defaultdict(set)
    for row in truth:
        if row["known"]:
            known[row["image_sha256"] if "image_sha256" in row else row["image"]].add(row["sha256"])
    every = set().union(*known.values()) if known else set()
    found = set().union(*findings.values()) if findings else set()
    return {
        "known_files": len(every),
        "known_files_found": len(every & found),
        "false_matches": len(found - every),
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
