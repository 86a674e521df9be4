"""Intervals, digests, errors and scores: small promises the rest stands on."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.digest import canonical_json, content_digest, digest_bytes, digest_chunks
from kaval.engine.kernel.errors import KavalError, KeyConflict, LedgerBroken, ReaderError, RefusedError
from kaval.engine.kernel.interval import Interval
from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Score, Verdict
from kaval.engine.kernel.reference import SourceRef

START = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = st.integers(-1000, 1000)


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@given(SECONDS, SECONDS, SECONDS, SECONDS)
def test_to_cover_is_to_touch_with_a_margin_that_is_not_negative(a: int, b: int, c: int, d: int) -> None:
    interval = Interval(after(min(a, b)), after(max(a, b)))
    first, last = after(min(c, d)), after(max(c, d))
    covers = interval.covers(first, last)
    assert covers is (interval.margin(first, last) >= timedelta(0))
    assert not covers or interval.touches(first, last)


def test_an_open_end_covers_everything_later_and_a_backward_interval_is_none() -> None:
    assert Interval(START, None).covers(START, after(10**9))
    with pytest.raises(ValueError, match="before it starts"):
        Interval(after(1), START)
    with pytest.raises(ValueError, match="aware"):
        Interval(datetime(2026, 1, 1), None)  # noqa: DTZ001 - that is the point


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_digests_do_not_depend_on_how_the_bytes_came(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    assert digest_chunks(chunks) == digest_bytes(whole)
    assert digest_bytes(whole).sha256 == hashlib.sha256(whole).hexdigest()
    assert digest_bytes(whole).size == len(whole)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_one_value_has_one_canonical_form(value: dict[str, object]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical_json(turned) == canonical_json(value)
    assert content_digest(turned) == content_digest(value)


def test_no_number_that_is_none_is_canonical() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_every_error_is_of_one_family_and_says_where_and_how_to_mend() -> None:
    error = ReaderError("cut short", file="a.xml", place="line 3", mend="Ask again")
    assert str(error) == "a.xml line 3: cut short. Ask again"
    assert all(
        issubclass(kind, KavalError) for kind in (ReaderError, RefusedError, KeyConflict, LedgerBroken)
    )
    assert KeyConflict("K-1", "used before").code == "K-1"
    assert LedgerBroken("bad", entry=41).entry == 41


def test_unknown_stops_a_blocking_check_and_a_warning_never_stops() -> None:
    reason = Reason("c", "text")
    assert CheckResult("A-01", CheckKind.BLOCK, Verdict.UNKNOWN, reason).stops
    assert not CheckResult("A-01", CheckKind.BLOCK, Verdict.PASS, reason).stops
    assert not CheckResult("A-37", CheckKind.WARN, Verdict.FAIL, reason).stops


def test_a_score_is_the_sum_of_its_reasons() -> None:
    assert Score((Reason("a", "a", "", 0.1), Reason("b", "b", "", 0.2)), "v").value == 0.3
    assert str(SourceRef("ab" * 32, "row 12")).endswith("row 12")
