"""Every identifier kind has its functions, a strength, examples that run, and a stable normal form."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.kernel.identifier import kinds, normalise, strength
from kaval.engine.testing import identifier_faults
from kaval.engine.testing.identifiers import value_faults

each_kind = pytest.mark.parametrize("module", kinds().values(), ids=kinds().keys())
VALUES = st.text(max_size=60) | st.from_regex(r"[ A-Za-z0-9+@.:{}\-/_]{0,50}", fullmatch=True) | st.emails()


@each_kind
def test_its_module_says_what_house_rules_ask(module: ModuleType) -> None:
    assert identifier_faults(module) == []


@each_kind
def test_its_examples_run(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted >= 3
    assert outcome.failed == 0


@each_kind
@settings(max_examples=80)
@given(value=VALUES | VALUES.map(lambda text: f"Example Chat:{text}"))
def test_its_normal_form_is_stable_for_any_text(module: ModuleType, value: str) -> None:
    assert value_faults(module, value) == []


@pytest.mark.parametrize("filler", ["", " ", "unknown", "N/A", "null", "0000000000", "-"])
@each_kind
def test_a_filler_identifies_nobody(module: ModuleType, filler: str) -> None:
    value = f"example chat:{filler}" if module.SCOPED else filler
    assert not module.is_valid(value)


def test_containers_and_unknown_kinds_never_count_as_strong() -> None:
    assert {name for name in kinds() if strength(name) == "container"} >= {
        "ip",
        "file_sha1",
        "file_md5",
        "group_code",
    }
    assert strength("no_such_kind") == "weak"
    assert normalise("no_such_kind", "x") is None
