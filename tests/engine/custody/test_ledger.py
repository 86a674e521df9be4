"""The ledger is the tree of RFC 9162, and nothing can be changed in its file without the entry being named."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaval.engine.kernel.digest import canonical_json
from kaval.engine.kernel.errors import LedgerBroken
from kaval.engine.rules.custody import Head, export_lines, next_head, verify_lines
from kaval.engine.rules.custody.ledger import EMPTY_ROOT, leaf_hash
from tests.engine.custody.books import BOOKS, contents, head_of, lines_of, merkle_tree_hash, reading_of

SMALL = contents([{"act": "received", "size": 12}, {"act": "read"}, {"act": "sealed", "by": "KL-001"}])


def _broken(lines: list[bytes]) -> LedgerBroken:
    with pytest.raises(LedgerBroken) as caught:
        verify_lines(lines)
    return caught.value


@given(st.lists(st.binary(max_size=20), max_size=70))
def test_the_head_is_the_tree_hash_of_rfc_9162(entries: list[bytes]) -> None:
    head = head_of(entries)
    assert head.size == len(entries)
    assert head.root == merkle_tree_hash(entries).hex()
    assert len(head.peaks) == len(entries).bit_count()


def test_known_answers_of_small_trees() -> None:
    """By hand: the empty tree hashes nothing; one and two leaves by the two prefixes."""
    one, two = hashlib.sha256(b"\x00a").digest(), hashlib.sha256(b"\x00b").digest()
    assert Head().root == EMPTY_ROOT == hashlib.sha256(b"").hexdigest()
    assert head_of([b"a"]).root == one.hex()
    assert head_of([b"a", b"b"]).root == hashlib.sha256(b"\x01" + one + two).hexdigest()


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=20), st.data())
def test_no_other_log_has_the_same_root(entries: list[bytes], data: st.DataObject) -> None:
    """A leaf can never pass for a node: the prefixes differ, so a log of two is not a log of their joined hashes."""
    cut = data.draw(st.integers(1, len(entries) - 1))
    assert head_of(entries[:cut]).root != head_of(entries).root
    joined = bytes.fromhex(leaf_hash(entries[0]) + leaf_hash(entries[1]))
    assert head_of([joined]).root != head_of(entries[:2]).root


@given(BOOKS)
def test_an_exported_ledger_verifies_to_the_head_it_was_exported_from(book: list[object]) -> None:
    entries = contents(book)
    assert verify_lines(lines_of(entries)) == head_of(entries)


def test_an_empty_ledger_verifies() -> None:
    assert verify_lines(export_lines([], size=0, root=EMPTY_ROOT)) == Head()


@given(BOOKS, st.data())
def test_an_altered_entry_is_named(book: list[object], data: st.DataObject) -> None:
    lines = lines_of(contents(book))
    at = data.draw(st.integers(0, len(book) - 1))
    record = json.loads(lines[at + 1])
    record["entry"]["facts"] = {"altered": True}
    lines[at + 1] = canonical_json(record) + b"\n"
    assert _broken(lines).entry == at


@given(BOOKS, st.data())
def test_an_altered_entry_with_its_own_hash_mended_is_named_all_the_same(
    book: list[object], data: st.DataObject
) -> None:
    lines = lines_of(contents(book))
    at = data.draw(st.integers(0, len(book) - 1))
    record = json.loads(lines[at + 1])
    record["entry"]["facts"] = {"altered": True}
    record["leaf"] = leaf_hash(canonical_json(record["entry"]))
    lines[at + 1] = canonical_json(record) + b"\n"
    assert _broken(lines).entry == at


@given(BOOKS, st.data())
def test_a_ledger_rewritten_from_an_entry_on_fails_against_its_header(
    book: list[object], data: st.DataObject
) -> None:
    """Who rewrites everything after an entry is caught by the header; who rewrites that too, by a root kept
    elsewhere."""
    true = lines_of(contents(book))
    at = data.draw(st.integers(0, len(book) - 1))
    forged = lines_of(contents([*book[:at], {"forged": True}, *book[at + 1 :]]))
    broken = _broken([true[0], *forged[1:]])
    assert broken.entry is None
    assert "header" in str(broken)
    assert verify_lines(forged).root != verify_lines(true).root


@given(BOOKS, st.data())
def test_a_dropped_entry_is_named(book: list[object], data: st.DataObject) -> None:
    lines = lines_of(contents(book))
    at = data.draw(st.integers(0, len(book) - 1))
    broken = _broken(lines[: at + 1] + lines[at + 2 :])
    assert broken.entry == at
    assert f"entry {at}" in str(broken)


@given(BOOKS, st.data())
def test_an_inserted_entry_is_named(book: list[object], data: st.DataObject) -> None:
    lines = lines_of(contents(book))
    at = data.draw(st.integers(0, len(book)))
    copied = lines[data.draw(st.integers(1, len(book)))]
    broken = _broken([*lines[: at + 1], copied, *lines[at + 1 :]])
    # A copy put before its own original is the original as far as anyone can see: the second one is named.
    assert broken.entry == (at + 1 if reading_of(copied)["entry"] == _entry(lines, at) else at)


def _entry(lines: list[bytes], at: int) -> object:
    return reading_of(lines[at + 1])["entry"] if at + 1 < len(lines) else None


@given(st.lists(st.integers(), min_size=2, max_size=12), st.data())
def test_reordered_entries_are_named_from_the_first_that_moved(
    book: list[object], data: st.DataObject
) -> None:
    lines = lines_of(contents(book))
    first = data.draw(st.integers(1, len(book) - 1))
    second = data.draw(st.integers(first + 1, len(book)))
    lines[first], lines[second] = lines[second], lines[first]
    assert _broken(lines).entry == first - 1


@given(BOOKS, st.data())
def test_a_file_cut_off_anywhere_is_refused(book: list[object], data: st.DataObject) -> None:
    whole = b"".join(lines_of(contents(book)))
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    broken = _broken(cut.splitlines(keepends=True))
    line = max(0, cut.count(b"\n"))
    assert broken.entry == (None if line == 0 else line - 1)


@given(st.integers(0, len(b"".join(lines_of(SMALL))) - 1), st.integers(1, 255))
@example(len(lines_of(SMALL)[0]) - 1, ord("\n") ^ ord(" "))
@example(len(b"".join(lines_of(SMALL))) - 1, ord("\n") ^ ord(" "))
def test_one_changed_byte_fails_and_names_its_entry_or_the_header(place: int, flip: int) -> None:
    whole = bytearray(b"".join(lines_of(SMALL)))
    line = bytes(whole[:place]).count(b"\n")
    whole[place] ^= flip
    broken = _broken(bytes(whole).splitlines(keepends=True))
    if line == 0:
        assert "header" in str(broken) or "stated size" in str(broken) or "first line" in str(broken)
    else:
        assert broken.entry == line - 1
        assert f"entry {line - 1}" in str(broken)


def test_every_single_byte_of_a_file_counts() -> None:
    """Not a sample: each byte of a small ledger, changed to its neighbour, to a space, to a digit."""
    whole = b"".join(lines_of(SMALL))
    for place, byte in enumerate(whole):
        for other in {byte ^ 1, ord(" "), ord("0"), ord("\n")} - {byte}:
            changed = whole[:place] + bytes([other]) + whole[place + 1 :]
            _broken(changed.splitlines(keepends=True))


@pytest.mark.parametrize("extra", [b" ", b',"zz":0'])
def test_nothing_can_be_added_beside_an_entry(extra: bytes) -> None:
    """A member that no hash covers would be a place to write into the ledger after the fact."""
    lines = lines_of(SMALL)
    record = {**reading_of(lines[2]), "note": "added later"}
    assert _broken([*lines[:2], canonical_json(record) + b"\n", *lines[3:]]).entry == 1
    spliced = lines[2].removesuffix(b"}\n") + extra + b"}\n"
    assert _broken([*lines[:2], spliced, *lines[3:]]).entry == 1


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        b'{"format":"kaval-ledger-0","root":"","size":0}\n',
        b'{"format":"kaval-ledger-1","root":"","size":"3"}\n',
        b'{"format":"kaval-ledger-1","root":"","size":true}\n',
        b'{"format":"kaval-ledger-1","root":"","size":-1}\n',
        b"\xff\xfe\n",
        b"[" * 100_000,
    ],
)
def test_what_has_no_header_is_no_ledger(header: bytes) -> None:
    assert _broken([header, *lines_of(SMALL)[1:]]).entry is None


@pytest.mark.fuzz
@given(st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_any_bytes_end_in_a_head_or_in_broken(lines: list[bytes], with_header: bool) -> None:
    """Whatever a file holds, the verifier says so in its own error and never in another."""
    given_lines = [lines_of(SMALL)[0], *lines] if with_header else lines
    with pytest.raises(LedgerBroken):
        verify_lines(given_lines)


@pytest.mark.fuzz
@given(
    st.integers(1, 3),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8),
)
def test_any_json_in_place_of_an_entry_is_refused(at: int, value: object) -> None:
    lines = lines_of(SMALL)
    for forged in (
        value,
        {"entry": value, "leaf": value, "root": value},
        {**reading_of(lines[at]), "root": value},
    ):
        changed = [*lines[:at], canonical_json(forged) + b"\n", *lines[at + 1 :]]
        assert _broken(changed).entry == at - 1


def test_appending_needs_no_earlier_entry() -> None:
    """The head carries at most one hash for each bit of the size: a station of a million entries keeps twenty."""
    head = Head()
    for number in range(1000):
        head = next_head(head, leaf_hash(str(number).encode()))
        assert len(head.peaks) <= head.size.bit_length()
