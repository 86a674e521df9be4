"""Linking is symmetric, independent of order, and rests on strong identifiers of the reported party alone."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import IdentifierRecord, LeadRecord
from kaval.engine.rules.linking import candidate_keys, group, identifier_key, links, strong_keys, subject_key

KEYS = st.frozensets(st.sampled_from([f"email|{n}@example.net" for n in range(12)]), max_size=3)
LEADS = st.dictionaries(st.sampled_from([f"lead-{n}" for n in range(20)]), KEYS, max_size=20)


def lead(*identifiers: IdentifierRecord, signals: tuple[str, ...] = ()) -> LeadRecord:
    return LeadRecord("ncmec", "1", "cybertip", "", None, (), identifiers, (), signals)


def named(kind: str, value: str, *, scope: str = "", party: str = "reported") -> IdentifierRecord:
    return IdentifierRecord(kind, value, scope, party, "/")


@given(leads=LEADS, data=st.data())
def test_the_order_of_leads_does_not_matter(leads: dict[str, frozenset[str]], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(leads.items()))))
    assert group(shuffled) == group(leads)
    assert links(shuffled) == links(leads)


@given(leads=LEADS)
def test_leads_are_one_subject_exactly_when_a_chain_of_shared_keys_joins_them(
    leads: dict[str, frozenset[str]],
) -> None:
    subjects = group(leads)
    reach = {a: {a} | {b for b in leads if leads[a] & leads[b]} for a in leads}
    for _ in leads:
        reach = {a: set().union(*(reach[b] for b in reach[a])) for a in reach}
    for a, b in combinations(leads, 2):
        assert (subjects[a] == subjects[b]) is (b in reach[a]) is (a in reach[b])


@given(leads=LEADS)
def test_an_unrelated_report_changes_no_subject(leads: dict[str, frozenset[str]]) -> None:
    more = {**leads, "stranger": frozenset(("phone|+915550000000",))}
    assert {k: v for k, v in group(more).items() if k != "stranger"} == group(leads)


@given(leads=LEADS)
def test_the_links_alone_hold_the_same_subjects_together_and_say_why(
    leads: dict[str, frozenset[str]],
) -> None:
    found = links(leads)
    edges: dict[str, set[str]] = {key: set() for key in leads}
    for number, link in enumerate(found):
        assert set(link.keys) <= leads[link.first] & leads[link.second]
        assert len(link.reasons) == len(link.keys) > 0
        edges[link.first].add(f"edge|{number}")
        edges[link.second].add(f"edge|{number}")
    assert group(edges) == group(leads)


def test_the_subjects_key_is_the_smallest_digest_whatever_the_order() -> None:
    assert subject_key(["b", "a"]) == subject_key(["a", "b"])
    assert subject_key(["a", "b"]) in {subject_key(["a"]), subject_key(["b"])}


@pytest.mark.parametrize("party", ["victim", "recipient", "reporter", "mentioned"])
def test_nobody_but_the_reported_party_links(party: str) -> None:
    record = lead(named("email", "a@example.net", party=party))
    assert strong_keys(record) == candidate_keys(record) == frozenset()


@pytest.mark.parametrize("kind, value, scope", [
    ("ip", "198.51.100.7", ""), ("file_sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", ""),
    ("group_code", "G-1", "Example Chat"), ("name", "Anil P", ""), ("peer_id", "-SX1234-0123456789ab", ""),
    ("handle", "blue_kite", ""), ("handle", "blue_kite", "a:b"),
    ("email", "unknown@example.net", ""), ("no_kind", "x", ""),
])  # fmt: skip
def test_containers_weak_unscoped_and_filler_values_never_make_a_strong_key(
    kind: str, value: str, scope: str
) -> None:
    assert strong_keys(lead(named(kind, value, scope=scope))) == frozenset()


def test_one_handle_on_two_platforms_is_two_people() -> None:
    first = strong_keys(lead(named("handle", "@Blue_Kite", scope="Example Chat")))
    same = strong_keys(lead(named("handle", "blue_kite", scope="example  chat")))
    other = strong_keys(lead(named("handle", "blue_kite", scope="Kite Photos")))
    assert first == same != other


@pytest.mark.parametrize("signal", ["several_reported", "compromised_account"])
def test_a_doubtful_report_gives_candidates_and_no_strong_key(signal: str) -> None:
    record = lead(named("email", "a@example.net"), signals=(signal,))
    assert strong_keys(record) == frozenset()
    assert candidate_keys(record) == {"email|a@example.net"}


def test_the_key_of_a_value_is_its_normal_form() -> None:
    assert identifier_key(named("phone", "98460 12345")) == "phone|+919846012345"
    assert identifier_key(named("phone", "123")) is None
