"""Every rule of a plan has words in both languages, a source, a way to mend it, and a date from which it holds."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kaval.engine.reference.load import rows
from kaval.engine.rules.planning import rule_words
from kaval.engine.rules.planning.lifting import FORMATION, ROUTES
from kaval.engine.rules.planning.rule_words import mend, rule_ids, rule_text, source

CONTRACT = [
    "P-CYBER",
    "P-TECHNICAL",
    "P-WOMAN",
    "P-LOCAL",
    "P-RANK",
    "P-DESK",
    "P-LEAVE",
    "P-REST",
    "P-CONFLICT",
    "P-VILLAGE",
    "P-ARMED",
    "P-VEHICLE",
    "P-DISTRICT",
    "P-LIMITS",
    "P-CHILD",
    "P-SUN",
    "P-WARRANT",
    "P-DAY",
    "P-LINK",
    "P-FIRST",
    "P-STOPS",
    "P-ONCE",
    "P-WAY",
    "P-WITNESS",
    "P-ORDER",
    "P-KNOWN",
    "P-IDLE",
    "P-SUM",
    "P-BOUND",
]


def test_each_rule_of_a_plan_is_in_the_table_once() -> None:
    assert sorted(rule_ids()) == sorted(CONTRACT)
    assert len(rows("plan_rules")) == len(CONTRACT)


@pytest.mark.parametrize("rule", CONTRACT)
def test_a_rule_speaks_both_languages_and_names_its_source(rule: str) -> None:
    for words in (rule_text, mend):
        assert words(rule).endswith(".")
        assert words(rule).isascii()
        assert any("\u0d00" <= letter <= "\u0d7f" for letter in words(rule, ml=True))
    assert source(rule)


def test_a_rule_is_dated_and_says_for_whom_it_holds_and_who_compared_it() -> None:
    for row in rows("plan_rules"):
        assert isinstance(row["valid_from"], date)
        assert row["jurisdiction"] in ("IN", "IN-KL")
        assert row["checked_by"]
        assert row["valid_until"] is None or row["valid_until"] > row["valid_from"]


def test_no_officer_reads_a_word_of_guilt() -> None:
    text = " ".join(rule_text(rule) + mend(rule) for rule in rule_ids()).lower()
    assert not any(word in text for word in ("suspect", "accused", "offender", "guilt", "criminal"))


def test_what_an_explanation_may_lift_has_words() -> None:
    assert {*FORMATION, *ROUTES} <= set(rule_ids())


def test_every_rule_the_checker_or_the_solver_may_name_has_words() -> None:
    room = Path(rule_words.__file__).parent
    named = {rule for file in room.glob("*.py") for rule in re.findall(r'"(P-[A-Z]+)"', file.read_text())}
    assert named <= set(rule_ids())


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(KeyError):
        rule_text("P-NONE")
