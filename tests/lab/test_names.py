"""Names from a device can be written anywhere, and two names never become one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kaval.lab.sources.entry import name_trouble, readable


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_two_names_never_give_the_same_text(one: bytes, other: bytes) -> None:
    assert (readable(one) == readable(other)) == (one == other)


@given(st.binary(max_size=30))
def test_any_name_can_be_printed_on_one_line(name: bytes) -> None:
    text = readable(name)
    text.encode("utf-8")
    assert (
        text.replace("\u200c", "").replace("\u200d", "").isprintable() or "\u00a0" in text or "\u3000" in text
    )
    assert "/" not in text


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("IMG_0001.png", "ന്‍ക്‌ഷ.png", "a b.png"):
        assert readable(name.encode()) == name
        assert name_trouble(name.encode(), name) is None
