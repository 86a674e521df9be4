"""What fuzzing found stays found; and the fuzzing itself: every seed passes, every mutation keeps its bounds."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from kaval.engine.formats import read_one
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.as_json import as_text
from kaval.engine.formats.profile import from_json
from kaval.engine.kernel.errors import ReaderError
from tests.faults.hostile import Hostile, every
from tests.fuzz.findings import Findings
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import Target, targets

TARGETS = targets()
MADE: dict[str, Hostile] = {one.name: one for one in every()}


def test_a_key_of_a_profile_that_is_half_a_letter_is_refused_in_words_that_can_be_shown() -> None:
    with pytest.raises(ReaderError) as caught:
        from_json(json.loads('{"\\ud800": 1}'))
    str(caught.value).encode("utf-8")


def test_half_a_letter_in_a_value_does_not_keep_a_reading_from_being_shown() -> None:
    reading = read_one(ReceivedFile("a.json", b'{"tip_id":"\\ud800x"}'), "intake")
    assert "\ufffdx" in as_text(reading, unmask=True).encode("utf-8").decode("utf-8")


def test_names_without_number_never_reach_the_xml_parser_which_would_keep_them_for_ever() -> None:
    flood = "".join(f"<q{number}/>" for number in range(40_000))
    with pytest.raises(ReaderError, match="different names"):
        read_one(ReceivedFile("CT-1.xml", f"<report><incidentSummary/>{flood}</report>".encode()), "intake")


def test_a_message_nested_without_end_still_gives_its_headers() -> None:
    reading = read_one(ReceivedFile("nested.eml", MADE["nested.eml"].make()), "intake")
    assert len(reading.records) == 1
    assert "too_many_parts" in {warning.code for warning in reading.warnings}


@pytest.mark.parametrize("name", [name for name in TARGETS if name != "profile_suggest"])
def test_every_seed_passes(name: str) -> None:
    for seed in TARGETS[name].seeds:
        assert TARGETS[name].check(seed)


def test_mutations_keep_their_bound_and_depend_on_the_seed_alone() -> None:
    def turned(data: bytes, most: int) -> bytes:
        return data[::-1][:most]

    seeds = [seed for target in TARGETS.values() for seed in target.seeds[:2] if len(seed) < 9000]
    for number, data in enumerate(random.Random(7).sample(seeds, 30)):
        first = mutated(data, most=10_000, seed=number, raw=turned)
        assert len(first) <= 10_000
        assert first == mutated(data, most=10_000, seed=number, raw=turned)


def test_of_each_kind_of_finding_the_shortest_input_is_kept(tmp_path: Path) -> None:
    def falls(content: bytes) -> str:
        if b"x" in content:
            raise KeyError("x")
        return "fine"

    findings = Findings(Target("t", falls, ()), tmp_path)
    assert findings.try_out(b"aaa") == ""
    assert findings.try_out(b"aaxaa") == findings.try_out(b"bbbbbbbxbbb") != ""
    (kept,) = tmp_path.glob("*.bin")
    findings.shorten(kept, seconds=2)
    assert kept.read_bytes() == b"x"
    assert "./dev fuzz --replay" in kept.with_suffix(".txt").read_text()
