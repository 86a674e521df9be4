"""Exactly the told people pass the rules of attribution, read from the files by code of the tests' own."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.rules import Answers, jsonl, read_reports, table


def test_exactly_the_attributable_people_pass(world: Path) -> None:
    answers, read = Answers(world), read_reports(world)
    passed = {}
    for person, seen in read.seen.items():
        customers = answers.passes(seen)
        assert len(customers) < 2, person
        if customers:
            passed[person] = customers.pop()
    told = {
        r["person_id"]: (r["isp_id"], r["customer_ref"])
        for r in jsonl(world / "truth/attributable.jsonl")
        if r["attributable"]
    }
    assert passed == told
    assert len(set(told.values())) == len(told)


def test_each_channel_of_a_person_is_enough_alone(world: Path) -> None:
    """A person seen by tipline and by file sharing passes by either, so an open link costs no door."""
    answers, read = Answers(world), read_reports(world)
    both = 0
    for row in jsonl(world / "truth/attributable.jsonl"):
        seen = read.seen[row["person_id"]]
        channels = {s.channel for s in seen}
        both += len(channels) == 2
        for channel in channels:
            passed = answers.passes([s for s in seen if s.channel == channel])
            assert bool(passed) == row["attributable"], row
    assert both > 0


def test_no_innocent_line_is_led_to(world: Path) -> None:
    answers, read = Answers(world), read_reports(world)
    innocent = {
        (r["isp_id"], r["customer_ref"]) for r in jsonl(world / "truth/connections.jsonl") if r["innocent"]
    }
    assert innocent
    for seen in read.seen.values():
        assert not answers.passes(seen) & innocent


def test_everybody_else_has_a_reason(world: Path) -> None:
    rows = jsonl(world / "truth/attributable.jsonl")
    assert all((r["why_not"] is None) == r["attributable"] for r in rows)
    assert len({r["why_not"] for r in rows if r["why_not"]}) >= 8


def test_every_named_customer_has_subscriber_ground_day_and_truth(world: Path) -> None:
    answers = Answers(world)
    named = {r.customer for rows in (*answers.rows.values(), *answers.prefixes.values()) for r in rows}
    for other in (
        answers.subscribers,
        set(answers.ground),
        {(r["isp_id"], r["customer_ref"]) for r in jsonl(world / "world/day.jsonl")},
        {(r["isp_id"], r["customer_ref"]) for r in jsonl(world / "truth/connections.jsonl")},
    ):
        assert named == other


def test_every_observation_on_a_provider_range_has_its_row(world: Path) -> None:
    """Each such instant lies in a returned row, but for the two wanted gaps: edges and no zone."""
    answers, read = Answers(world), read_reports(world)
    why = {r["person_id"]: r["why_not"] for r in jsonl(world / "truth/attributable.jsonl")}
    naked = 0
    for person, observations in read.seen.items():
        for seen in observations:
            if why.get(person) in ("lease_edge", "time_without_zone"):
                continue
            held = answers.kind(seen.ip, seen.at.date())
            if held is None or held[1] in ("hosting", "own"):
                continue
            rows = answers.candidates(seen.ip)
            assert any(r.start < seen.at and seen.last < r.end for r in rows), (person, seen)
            naked += len({r.customer for r in rows}) > 1
    assert naked > 20


def test_the_reports_of_a_person_hang_together(plain_world: Path) -> None:
    """All reports of one person share strong identifiers directly or by one another; people share none."""
    owner: dict[str, str] = {}
    for person, reports in read_reports(plain_world).identifiers.items():
        groups: list[set[str]] = []
        for found in reports:
            touching = [g for g in groups if g & found]
            groups = [g for g in groups if not g & found] + [set().union(found, *touching)]
        assert len(groups) == 1, person
        for identifier in groups[0]:
            assert owner.setdefault(identifier, person) == person


def test_at_risk_reports_are_few_and_marked(plain_world: Path) -> None:
    reports = jsonl(plain_world / "truth/reports.jsonl")
    at_risk = [r for r in reports if r["child_at_risk"]]
    assert 0 < len(at_risk) <= len(reports) * 0.05
    assert len({(r["source_system"], r["source_id"]) for r in reports}) == len(reports)


def test_received_times_lie_in_the_reporting_period(world: Path) -> None:
    arrivals = table(world / "inbox/arrivals.csv")
    assert len({r["path"] for r in arrivals}) == len(arrivals)
    assert all((world / "inbox" / r["path"]).is_file() for r in arrivals)
    on_disk = {str(p.relative_to(world / "inbox")) for p in (world / "inbox").rglob("*") if p.is_file()}
    assert on_disk == {r["path"] for r in arrivals} | {"arrivals.csv"}
