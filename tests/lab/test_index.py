"""The exact index says what a plain search through the list says."""

from __future__ import annotations

from hashlib import md5, sha1, sha256

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats.hashset._model import HashSetEntry, SchemeCode
from kaval.lab.index import ExactIndex, IndexedSet

CODE = SchemeCode("VICS/US", "2.0", "1")


def digests(number: int) -> dict[str, str]:
    content = str(number).encode()
    return {
        "md5": md5(content).hexdigest(),
        "sha1": sha1(content).hexdigest(),
        "sha256": sha256(content).hexdigest(),
    }


def entry(number: int, *algorithms: str, category: SchemeCode | None = CODE) -> HashSetEntry:
    given = {name: value if name in algorithms else "" for name, value in digests(number).items()}
    return HashSetEntry(given["md5"], given["sha1"], given["sha256"], category, None, f"/value/{number}")


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sets(st.sampled_from(["md5", "sha1", "sha256"]), min_size=1)),
        max_size=30,
    )
)
def test_look_up_equals_a_plain_search(listed: list[tuple[int, set[str]]]) -> None:
    index = ExactIndex([IndexedSet("s", "v1", tuple(entry(number, *names) for number, names in listed))])
    assert len(index) == len(listed)
    for number in range(35):
        found = index.lookup(**digests(number))
        assert bool(found.matches) == (number in {known for known, _ in listed})
        assert found.disputed == ()


def test_the_strongest_agreeing_digest_is_named() -> None:
    index = ExactIndex([IndexedSet("s", "v1", (entry(1, "md5", "sha1"),))])
    assert [match.algorithm for match in index.lookup(**digests(1)).matches] == ["sha1"]
    assert [match.algorithm for match in index.lookup(md5=digests(1)["md5"].upper()).matches] == ["md5"]


def test_every_list_and_every_verdict_is_told_and_none_twice() -> None:
    other = SchemeCode("VICS/UK", "2.0", "2")
    first = IndexedSet("a", "v1", (entry(1, "md5"), entry(1, "md5"), entry(1, "sha1", category=other)))
    second = IndexedSet("b", "v9", (entry(1, "md5", category=None),))
    told = [
        (match.set, match.scheme, match.code)
        for match in ExactIndex([second, first]).lookup(**digests(1)).matches
    ]
    assert told == [("a", "VICS/UK", "2"), ("a", "VICS/US", "1"), ("b", None, None)]


def test_a_digest_that_speaks_against_makes_a_dispute() -> None:
    mixed = HashSetEntry(digests(1)["md5"], digests(2)["sha1"], "", CODE, None, "/value/7")
    found = ExactIndex([IndexedSet("s", "v1", (mixed,))]).lookup(**digests(1))
    assert (found.matches, found.disputed) == ((), ("s v1 /value/7",))
