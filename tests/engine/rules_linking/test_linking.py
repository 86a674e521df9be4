"""Keys rest on identifiers of the reported party alone; containers, fillers and other parties give none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import IdentifierRecord, LeadRecord
from kaval.engine.kernel.identifier import kinds, strength
from kaval.engine.rules.linking import (
    BINDS,
    LINKING,
    SUGGESTS,
    UNLESS,
    group,
    identifier_key,
    is_doubtful,
    linking_keys,
    settings,
)

KEYS = st.frozensets(st.sampled_from([f"email|{n}@example.net" for n in range(12)]), max_size=3)
THINGS = st.dictionaries(st.sampled_from([f"thing-{n}" for n in range(20)]), KEYS, max_size=20)


def lead(*identifiers: IdentifierRecord, signals: tuple[str, ...] = ()) -> LeadRecord:
    return LeadRecord("ncmec", "1", "cybertip", "", None, (), identifiers, (), signals)


def named(kind: str, value: str, *, scope: str = "", party: str = "reported") -> IdentifierRecord:
    return IdentifierRecord(kind, value, scope, party, "/")


@given(things=THINGS, data=st.data())
def test_groups_of_things_with_a_common_key_do_not_depend_on_order(
    things: dict[str, frozenset[str]], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(things.items()))))
    found = group(things)
    assert group(shuffled) == found
    for one, keys in things.items():
        assert all((found[one] == found[other]) for other in things if keys & things[other])


@pytest.mark.parametrize("party", ["victim", "recipient", "reporter", "mentioned"])
def test_nobody_but_the_reported_party_links(party: str) -> None:
    assert linking_keys(lead(named("email", "a@example.net", party=party))) == frozenset()


@pytest.mark.parametrize("kind, value, scope", [
    ("ip", "198.51.100.7", ""), ("file_sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709", ""),
    ("group_code", "G-1", "Example Chat"), ("name", "Anil P", ""), ("peer_id", "-SX1234-0123456789ab", ""),
    ("handle", "blue_kite", ""), ("handle", "blue_kite", "a:b"),
    ("email", "unknown@example.net", ""), ("no_kind", "x", ""),
])  # fmt: skip
def test_containers_names_unscoped_and_filler_values_never_make_a_key(
    kind: str, value: str, scope: str
) -> None:
    assert linking_keys(lead(named(kind, value, scope=scope))) == frozenset()


def test_one_handle_on_two_platforms_is_two_keys() -> None:
    first = linking_keys(lead(named("handle", "@Blue_Kite", scope="Example Chat")))
    same = linking_keys(lead(named("handle", "blue_kite", scope="example  chat")))
    other = linking_keys(lead(named("handle", "blue_kite", scope="Kite Photos")))
    assert first == same != other


@pytest.mark.parametrize("signal", ["several_reported", "compromised_account"])
def test_a_report_of_a_shared_or_taken_over_account_is_doubtful(signal: str) -> None:
    record = lead(named("email", "a@example.net"), signals=(signal,))
    assert is_doubtful(record)
    assert linking_keys(record) == {"email|a@example.net"}
    assert not is_doubtful(lead(named("email", "a@example.net")))


def test_the_key_of_a_value_is_its_normal_form() -> None:
    assert identifier_key(named("phone", "98460 12345")) == "phone|+919846012345"
    assert identifier_key(named("phone", "123")) is None


def test_every_kind_that_links_is_a_known_one_and_no_container_is_among_them() -> None:
    assert set(kinds()) >= LINKING
    assert not any(strength(kind) == "container" for kind in LINKING)
    assert {kind for kind in kinds() if strength(kind) == "strong"} <= LINKING


def test_the_classes_are_apart_and_nothing_that_can_pass_on_links_alone() -> None:
    assert not BINDS & UNLESS
    assert not (BINDS | UNLESS) & SUGGESTS
    weights = settings()
    assert all(weights[kind] < weights["link_by_machine"] for kind in SUGGESTS)
    assert weights["phone_after_gap"] < weights["ask_a_person"] < weights["link_by_machine"]
