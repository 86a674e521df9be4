"""The PDQ index says what comparing every value says: for every distance, every distribution, none lost, none twice."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kaval.engine.kernel.errors import ReaderError
from kaval.lab.index.pdq import SMALL, Found, PdqIndex, Values, build

Pairs = list[tuple[int, int, int]]
KINDS = ("uniform", "one bucket", "correlated", "repeated")
MANY = 2 * SMALL


def plain(values: Values, queries: Values, within: int) -> Pairs:
    """Every query against every value, as a judge."""
    found: Pairs = []
    for number, query in enumerate(queries):
        apart = np.bitwise_count(values ^ query).sum(axis=1, dtype=np.int64)
        hits = [(number, int(apart[row]), int(row)) for row in np.flatnonzero(apart <= within)]
        found += sorted(hits)
    return [(query, row, apart) for query, apart, row in found]


def pairs(found: Found) -> Pairs:
    return list(zip(found.query.tolist(), found.entry.tolist(), found.distance.tolist(), strict=True))


def made(kind: str, count: int) -> Values:
    """Entries: even; all alike in most bits; bits that go together; the same few again and again beside others."""
    chance = np.random.default_rng(len(kind))
    values: Values = chance.integers(0, 256, (count, 32), dtype=np.uint8)
    if kind == "one bucket":
        values &= chance.integers(0, 256, values.shape, dtype=np.uint8)
        values[:, :26] = 0xF0
    elif kind == "correlated":
        hidden = chance.normal(size=(count, 3)) @ chance.normal(size=(3, 256))
        values = np.packbits(hidden + 0.4 * chance.normal(size=(count, 256)) > 0.3, axis=1)
    elif kind == "repeated":
        values[: count // 3] = values[count // 2]
        values[count - 40 :] = 0
    return values


@cache
def indexed(kind: str) -> tuple[Values, PdqIndex, NDArray[np.int64]]:
    """Entries, their index by tables, and its order of bits: by chunks of sixteen."""
    values = made(kind, MANY)
    with TemporaryDirectory() as name:
        index = build(values, Path(name))
        order = np.array(json.loads((Path(name) / "pdq.json").read_text())["order"])
    return values, index, order


@st.composite
def asked(draw: st.DrawFn, order: NDArray[np.int64], within: int) -> NDArray[np.uint8]:
    """What to flip in an entry: at most two bits more than `within`, spread over the chunks evenly or not at all."""
    bits = np.zeros(256, bool)
    left = draw(st.integers(max(0, within - 3), within + 2))
    share = draw(st.sampled_from([1, 2, 3, 16]))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    for chunk in chance.permutation(16).tolist():
        several = min(left, share)
        bits[order[16 * chunk + chance.permutation(16)[:several]]] = True
        left -= several
    return np.packbits(bits)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_tables_find_what_comparing_every_value_finds(kind: str, data: st.DataObject) -> None:
    values, index, order = indexed(kind)
    within = data.draw(st.one_of(st.just(31), st.integers(0, 31), st.integers(32, 60)))
    rows = data.draw(st.lists(st.integers(0, MANY - 1), min_size=1, max_size=4))
    queries = np.array([values[row] ^ data.draw(asked(order, within)) for row in rows], np.uint8)
    assert pairs(index.search(queries, within=within)) == plain(values, queries, within)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 2**12 - 1), max_size=12),
    st.lists(st.integers(0, 2**12 - 1), max_size=4),
    st.integers(0, 255),
)
def test_few_entries_none_and_the_same_twice(held: list[int], wanted: list[int], within: int) -> None:
    values, queries = (
        np.array([list((number * 0x10001).to_bytes(32, "big")) for number in numbers], np.uint8).reshape(
            -1, 32
        )
        for numbers in (held, wanted)
    )
    index = PdqIndex.of(values)
    assert len(index) == len(held)
    assert pairs(index.search(queries, within=within)) == plain(values, queries, within)


def test_threads_change_nothing_and_all_entries_of_a_value_are_told() -> None:
    values, index, _ = indexed("repeated")
    queries = np.concatenate([values[:300], values[-300:]])
    one, two = index.search(queries, threads=1), index.search(queries, threads=2)
    assert pairs(one) == pairs(two)
    assert int((one.query == 0).sum()) >= MANY // 3


def test_built_twice_the_files_are_the_same_and_told_step_by_step(tmp_path: Path) -> None:
    values, steps = made("correlated", MANY), list[tuple[int, int]]()
    build(values, tmp_path / "a", progress=lambda done, of: steps.append((done, of)))
    build(values, tmp_path / "b")
    assert steps == [(number, 18) for number in range(1, 19)]
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(names) == 8
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    query = values[5:6]
    opened = PdqIndex.open(tmp_path / "a")
    assert pairs(opened.search(query)) == pairs(PdqIndex.of(values).search(query)) == plain(values, query, 31)


def test_an_index_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="no whole PDQ index"):
        PdqIndex.open(tmp_path)
    build(made("uniform", 50), tmp_path / "a")
    build(made("uniform", 60), tmp_path / "b")
    (tmp_path / "a" / "values.npy").write_bytes((tmp_path / "b" / "values.npy").read_bytes())
    with pytest.raises(ReaderError, match="parts of two"):
        PdqIndex.open(tmp_path / "a")
    (tmp_path / "b" / "rows.npy").write_bytes(b"")
    with pytest.raises(ReaderError, match="no whole PDQ index"):
        PdqIndex.open(tmp_path / "b")


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 31), np.uint8), np.zeros((2, 32), np.int64), np.zeros(32, np.uint8)]
)
def test_other_shapes_and_distances_are_refused(wrong: NDArray[np.uint8]) -> None:
    index = PdqIndex.of(made("uniform", 3))
    with pytest.raises(ValueError, match="32 bytes"):
        index.search(wrong)
    with pytest.raises(ValueError, match="32 bytes"):
        PdqIndex.of(wrong)
    with pytest.raises(ValueError, match="0 to 255"):
        index.search(made("uniform", 1), within=256)
