"""Term lists in any script: what is the same word is found however it is typed; what is not is left alone."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.examination.terms import (
    PART,
    STARTS,
    WORD,
    Term,
    TermList,
    Terms,
    folded,
    words_of,
)


def terms(*entries: tuple[str, str, str]) -> Terms:
    return Terms((TermList("l", "1", "r", "x", tuple(Term(*entry) for entry in entries)),))


def found(asked: Terms, text: str) -> dict[str, int]:
    return {hit.term_id: hit.count for hit in asked.hits(text)}


def test_words_runs_of_words_beginnings_and_parts() -> None:
    asked = terms(
        ("w", "zorvel", WORD), ("r", "blue zorvel", WORD), ("s", "quan", STARTS), ("p", "ixo", PART)
    )
    assert found(asked, "Blue  ZORVEL, zorvels; quantified fixox") == {"w": 1, "r": 1, "s": 1, "p": 1}
    assert found(asked, "zorv el quota") == {}


def test_both_spellings_of_a_chillu_are_one_word() -> None:
    new, old = "\u0d05\u0d35\u0d7b", "\u0d05\u0d35\u0d28\u0d4d\u200d"
    assert found(terms(("m", new, WORD)), f"... {old}!") == {"m": 1}
    assert found(terms(("m", old, WORD)), new) == {"m": 1}


def test_a_malayalam_word_with_an_ending_is_found_by_its_beginning_only() -> None:
    stem = "ഉദാഹരണ"
    assert found(terms(("s", stem, STARTS), ("w", stem, WORD)), f"{stem}ത്തിൽ") == {"s": 1}


def test_invisible_signs_and_wide_letters_hide_nothing() -> None:
    asked = terms(("w", "zorvel", WORD))
    assert found(asked, "zor\u200bvel \uff3a\uff4f\uff52\uff56\uff45\uff4c") == {"w": 2}


@given(st.text(max_size=60), st.text(max_size=60))
def test_folding_twice_is_folding_once_and_words_hold_no_space(left: str, right: str) -> None:
    assert folded(folded(left)) == folded(left)
    assert words_of(folded(f"{left} {right}")) == words_of(folded(left)) + words_of(folded(right))


@given(st.lists(st.sampled_from(["zorvel", "quan", "x", "blue"]), max_size=20))
def test_the_hits_of_many_texts_are_the_sum(words: list[str]) -> None:
    asked = terms(("w", "zorvel", WORD), ("s", "qu", STARTS), ("p", "lu", PART))
    apart: Counter[str] = Counter()
    for word in words:
        apart.update(found(asked, word))
    assert apart == found(asked, " ".join(words))
