"""The hidden mark: from a whole text, from a part of it, however its lines were broken; and none from anything else."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.planning.watermark import COPIES, SERIALS, Mark, marked, sentences, trace

marks = st.builds(Mark, st.integers(0, SERIALS - 1), st.integers(0, COPIES - 1))
FIRST = [one.en[0] for one in sentences()] + [one.ml[0] for one in sentences()]


def lines(mark: Mark) -> list[str]:
    """Every fixed sentence in the wording of a mark."""
    found: list[str] = marked(FIRST, mark)
    return found


def test_both_wordings_differ_and_stand_once() -> None:
    every = [text for one in sentences() for text in (*one.en, *one.ml)]
    assert len(set(every)) == len(every) == 4 * len(sentences())
    bare = [re.sub(r"\W", "", text) for text in every]
    assert not [one for one in bare if sum(one in other for other in bare) > 1], (
        "one wording hides in another"
    )


@given(marks)
def test_a_mark_is_found_again(mark: Mark) -> None:
    assert trace("\n".join(lines(mark))).mark == mark


@given(marks, st.sampled_from(["en", "ml"]))
def test_one_language_is_enough(mark: Mark, language: str) -> None:
    half = len(FIRST) // 2
    assert trace(" ".join(lines(mark)[:half] if language == "en" else lines(mark)[half:])).mark == mark


@given(marks, st.integers(0, 2**32))
def test_half_of_the_sentences_are_enough_in_any_order(mark: Mark, seed: int) -> None:
    some = random.Random(seed).sample(lines(mark), 34)
    assert trace("\n\n".join(some)).mark == mark


@given(marks)
def test_line_breaks_case_and_points_do_not_matter(mark: Mark) -> None:
    text = " ".join(lines(mark)).upper().replace(".", "").replace(" ", "\n ")
    assert trace(text).mark == mark


@given(marks)
def test_the_places_pages_alone_name_the_packet(mark: Mark) -> None:
    """Of a packet of one place, the sheet of that place is enough."""
    told = [line for line, one in zip(lines(mark), [*sentences(), *sentences()], strict=True)
            if one.part not in ("before", "home")]  # fmt: skip
    assert trace("\n".join(told)).mark == mark


@given(marks, marks)
def test_two_packets_mixed_name_neither_wrongly(one: Mark, other: Mark) -> None:
    assert trace("\n".join(lines(one) + lines(other))).mark in (None, one, other)


@given(st.integers(0, 2**32))
def test_wordings_chosen_by_chance_name_nobody(seed: int) -> None:
    chance = random.Random(seed)
    text = "\n".join(chance.choice(pair) for one in sentences() for pair in (one.en, one.ml))
    assert trace(text).mark is None


@given(st.text(max_size=400))
def test_any_other_text_names_nobody(text: str) -> None:
    assert trace(text).mark is None


def test_what_is_not_a_fixed_sentence_stays_as_it_is() -> None:
    content = {"a": ["Veedu 4/14", {"b": FIRST[0]}], "c": None, "d": 3}
    changed = marked(content, Mark(1))
    assert changed["a"][0] == "Veedu 4/14"
    assert changed["c"] is None
    assert changed["d"] == 3


@pytest.mark.parametrize(("serial", "copy"), [(SERIALS, 0), (0, COPIES), (-1, 0)])
def test_there_are_only_so_many_copies(serial: int, copy: int) -> None:
    with pytest.raises(RefusedError, match="PACKET-MARK"):
        Mark(serial, copy)
