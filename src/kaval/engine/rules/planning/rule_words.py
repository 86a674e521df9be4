"""What each rule of a plan asks, where it is written and how to mend a plan that breaks it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from kaval.engine.reference.load import rows


def rule_ids() -> tuple[str, ...]:
    """Every rule id, in the order of `plan_rules.yaml`."""
    return tuple(_table())


def rule_text(rule_id: str, ml: bool = False) -> str:
    """What the rule asks, one short sentence.

    Raises:
        KeyError: no such rule.
    """
    return str(_table()[rule_id]["text_ml" if ml else "text_en"])


def mend(rule_id: str, ml: bool = False) -> str:
    """How a plan that breaks the rule is mended.

    Raises:
        KeyError: no such rule.
    """
    return str(_table()[rule_id]["mend_ml" if ml else "mend_en"])


def source(rule_id: str) -> str:
    """Where the rule is written: law section or practice.

    Raises:
        KeyError: no such rule.
    """
    return str(_table()[rule_id]["source"])


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    return {str(row["id"]): row for row in rows("plan_rules")}
