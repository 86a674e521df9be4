"""Every reader says what it was tried with, has a read sample, claims its own alone, and survives any
bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kaval.engine.formats import claimants, discover
from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.as_json import to_json
from kaval.engine.formats.profile import Profile, from_json
from kaval.engine.testing import only_claimant_faults, outcome_of, reader_faults

SAMPLES = Path(__file__).parent.parent / "samples"
KINDS = ("intake", "provider", "network", "hashset", "device", "exchange")
READERS = [(kind, module) for kind in KINDS for module in discover(kind)]
NAMES = [f"{kind}/{module.SPEC.name}" for kind, module in READERS]
each_reader = pytest.mark.parametrize("kind, module", READERS, ids=NAMES)


def samples(kind: str, module: ModuleType) -> Iterator[Path]:
    folder = SAMPLES / kind / module.SPEC.name
    if folder.is_dir():
        yield from sorted(
            p
            for p in folder.iterdir()
            if p.is_file() and not p.name.endswith((".expected.json", ".profile.json"))
        )


def profiles(path: Path) -> tuple[Profile, ...]:
    """The confirmed profile that lies beside a sample of a free layout, as `<sample>.profile.json`."""
    beside = Path(f"{path}.profile.json")
    return (from_json(json.loads(beside.read_text("utf-8")), file=beside.name),) if beside.exists() else ()


def received(path: Path) -> ReceivedFile:
    return ReceivedFile(path.name, path.read_bytes(), profiles(path))


def test_the_readers_of_intake_and_of_providers_are_found() -> None:
    assert {"intake/ncmec_report_xml", "intake/p2p_lead_csv", "provider/dot_ipdr_2013"} <= set(NAMES)


@each_reader
def test_its_module_says_what_house_rules_ask(kind: str, module: ModuleType) -> None:
    assert reader_faults(module, kind=kind) == []


@each_reader
def test_it_has_a_sample_with_a_reviewed_answer(kind: str, module: ModuleType) -> None:
    found = list(samples(kind, module))
    assert found, f"put a sample into tests/samples/{kind}/{module.SPEC.name}/"
    for path in found:
        expected = Path(f"{path}.expected.json")
        read = to_json(module.read(received(path)), unmask=True)
        assert read == json.loads(expected.read_text("utf-8")), path.name


@each_reader
def test_it_alone_claims_its_samples(kind: str, module: ModuleType) -> None:
    for path in samples(kind, module):
        assert only_claimant_faults(module, received(path), kind=kind) == []


@each_reader
def test_no_reader_of_another_kind_claims_its_samples(kind: str, module: ModuleType) -> None:
    for path in samples(kind, module):
        strangers = [
            m.SPEC.name for other in KINDS if other != kind for m in claimants(received(path), other)
        ]
        assert strangers == []


@each_reader
@pytest.mark.fuzz
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=2000))
@example(content=b"")
@example(content=b"\xff\xfe\x00")
@example(content=b"<report/>")
@example(content=b"\xef\xbb\xbf{}")
@example(content=b"[[[[[[[[[[" * 200)
def test_it_survives_random_bytes(kind: str, module: ModuleType, content: bytes) -> None:
    assert isinstance(module.claims(ReceivedFile("any.bin", content)), bool), kind
    outcome_of(module, ReceivedFile("CT-1.xml", content))


@each_reader
@pytest.mark.fuzz
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_it_survives_a_damaged_sample(kind: str, module: ModuleType, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(samples(kind, module))))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        until = at + data.draw(st.integers(0, 12))
        content[at:until] = data.draw(
            st.binary(max_size=8) | st.sampled_from((b'"', b"\0", b"\n", b",", b"\xff"))
        )
    file = replace(received(path), stored=bytes(content))
    assert isinstance(module.claims(file), bool)
    outcome_of(module, file)
