"""Who is the same: whatever the order, nothing of strangers, never across a line, and back again exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.rules.linking import Decision, Facts, Linkable, Presence, Resolution, block_keys, resolve

DAY = 86400.0
ANIL = Facts(("Anil Puthenveedu",), ("1980-02-03",), (), ())
ANIL_ML = Facts(("അനിൽ പുത്തൻവീട്",), ("1980-02-03",), (), ())
OTHER_ANIL = Facts(("Anil Puthenveedu",), ("1991-11-30",), (), ())
BIJU = Facts(("Biju Melethara",), ("1975-06-07",), (), ())
NOBODY = Facts((), (), (), ())


def one(number: int, *keys: str, facts: Facts = NOBODY, at: float = 0.0, doubtful: bool = False) -> Linkable:
    return Linkable(number, keys, facts, block_keys(facts), (at, at), doubtful)


def together(found: Resolution, *numbers: int) -> bool:
    return len({found.subjects[number] for number in numbers}) == 1


KEYS = st.lists(
    st.sampled_from(
        [f"email|{n}@example.net" for n in range(6)]
        + [f"esp_account|chat:{n}" for n in range(4)]
        + [f"handle|chat:h{n}" for n in range(4)]
        + [f"phone|+9155500000{n:02d}" for n in range(4)]
        + [f"device_id|{n:015d}" for n in range(3)]
        + [f"client_guid|{n:032x}" for n in range(3)]
    ),
    max_size=4,
    unique=True,
)
FACTS = st.sampled_from([NOBODY, NOBODY, ANIL, ANIL_ML, OTHER_ANIL, BIJU])


@st.composite
def _leads(draw: st.DrawFn) -> list[Linkable]:
    return [
        replace(
            one(number, *draw(KEYS), facts=draw(FACTS), at=draw(st.sampled_from([0.0, 10 * DAY, 200 * DAY]))),
            doubtful=draw(st.integers(0, 9)) == 0,
        )
        for number in range(1, draw(st.integers(1, 14)) + 1)
    ]


LEADS = _leads()


@st.composite
def _decisions(draw: st.DrawFn) -> list[Decision]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        numbers = draw(st.lists(st.integers(1, 14), min_size=2, max_size=5, unique=True))
        if draw(st.booleans()):
            found.append(Decision("join", tuple(numbers)))
        else:
            found.append(Decision("apart", tuple(numbers[:1]), tuple(numbers[1:])))
    return found


def _by_rule(found: Resolution) -> tuple[object, ...]:
    return dict(found.subjects), {n: set(r) for n, r in found.reasons.items()}, set(found.proposals)


@settings(deadline=None)
@given(leads=LEADS, decisions=_decisions(), data=st.data())
def test_the_order_of_arrival_does_not_matter(
    leads: list[Linkable], decisions: list[Decision], data: st.DataObject
) -> None:
    found = resolve(leads, decisions)
    assert _by_rule(resolve(data.draw(st.permutations(leads)), decisions)) == _by_rule(found)


@settings(deadline=None)
@given(leads=LEADS, decisions=_decisions())
def test_a_report_that_shares_nothing_changes_nothing(
    leads: list[Linkable], decisions: list[Decision]
) -> None:
    stranger = one(
        99, "email|stranger@example.org", facts=Facts(("Thara Kuyilnagar",), ("1999-09-09",), (), ())
    )
    subjects, reasons, proposals = _by_rule(resolve([*leads, stranger], decisions))
    assert isinstance(subjects, dict)
    assert subjects.pop(99) == 99
    assert (subjects, reasons, proposals) == _by_rule(resolve(leads, decisions))


@settings(deadline=None)
@given(leads=LEADS, decisions=_decisions())
def test_nothing_crosses_a_line_and_what_was_joined_is_together_unless_a_line_forbids(
    leads: list[Linkable], decisions: list[Decision]
) -> None:
    found = resolve(leads, decisions)
    known = found.subjects
    for each in decisions:
        if each.kind == "apart":
            pairs = [(a, b) for a in each.these for b in each.those if a in known and b in known]
            assert all(known[a] != known[b] for a, b in pairs)
    if not any(each.kind == "apart" for each in decisions):
        for each in decisions:
            assert len({known[n] for n in each.these if n in known}) <= 1
    assert all(known[number] <= number for number in known)
    assert all(known[proposal.first] != known[proposal.second] for proposal in found.proposals)


@settings(deadline=None)
@given(leads=LEADS)
def test_a_subject_is_named_after_its_oldest_lead_and_every_further_lead_says_why_it_is_there(
    leads: list[Linkable],
) -> None:
    found = resolve(leads)
    members: dict[int, list[int]] = {}
    for number, home in found.subjects.items():
        members.setdefault(home, []).append(number)
    for home, numbers in members.items():
        assert min(numbers) == home
        if len(numbers) > 1:
            assert all(found.reasons.get(number) for number in numbers)
            assert all(reason.text and reason.text_ml for n in numbers for reason in found.reasons[n])


@pytest.mark.parametrize("key", ["email|a@example.net", "esp_account|chat:17", "upi|a@examplebank"])
def test_what_is_issued_to_one_account_binds(key: str) -> None:
    assert together(resolve([one(1, key), one(2, key)]), 1, 2)


@pytest.mark.parametrize(
    "key", ["device_id|356938035643809", "imei|356938035643809", "advertising_id|a", "vehicle|KL"]
)
def test_what_a_household_shares_never_links_alone_and_is_put_before_a_person_at_most(key: str) -> None:
    found = resolve([one(1, key, "email|a@example.net"), one(2, key, "email|b@example.net")])
    assert not together(found, 1, 2)
    assert len(found.proposals) <= 1


def test_a_shared_device_and_the_same_name_link_and_another_name_is_not_even_proposed() -> None:
    key = "device_id|356938035643809"
    same = resolve([one(1, key, facts=ANIL), one(2, key, facts=ANIL_ML)])
    assert together(same, 1, 2)
    assert {reason.code.split("_")[0] for reason in same.reasons[1]} >= {"same", "name"}
    found = resolve([one(1, key, facts=ANIL), one(2, key, facts=BIJU)])
    assert not together(found, 1, 2)
    assert not found.proposals


SHORT = Facts(("Anil P",), (), (), ())
LONG = Facts(("Anil Puthenveedu",), (), (), ())


def test_a_number_alone_is_for_a_person_with_a_name_it_links_until_it_may_have_passed_on() -> None:
    key = "phone|+915550000001"
    alone = resolve([one(1, key), one(2, key)])
    assert not together(alone, 1, 2)
    assert len(alone.proposals) == 1
    assert together(resolve([one(1, key, facts=SHORT, at=0), one(2, key, facts=LONG, at=89 * DAY)]), 1, 2)
    passed = resolve([one(1, key, facts=SHORT, at=0), one(2, key, facts=LONG, at=120 * DAY)])
    assert not together(passed, 1, 2)
    assert "days apart" in passed.proposals[0].reasons[0].text
    known = resolve([one(1, key, at=0, facts=ANIL), one(2, key, at=120 * DAY, facts=ANIL_ML)])
    assert together(known, 1, 2)
    renamed = resolve([one(1, key, at=0, facts=ANIL), one(2, key, at=DAY, facts=BIJU)])
    assert not together(renamed, 1, 2)


def test_a_number_that_a_crowd_names_says_nothing() -> None:
    key = "phone|+915550000001"
    few = [one(n, key, f"email|{n}@example.net") for n in range(1, 31)]
    assert len(resolve(few).proposals) == 30 * 29 / 2
    assert not resolve([*few, one(31, key, "email|31@example.net")]).proposals


def _seen(
    key: str, *rows: tuple[int, str, str, float, float], shared: set[str] | None = None
) -> dict[str, list[tuple[int, Presence]]]:
    return {
        key: [
            (n, Presence(address, network, start, end, address in (shared or ())))
            for n, address, network, start, end in rows
        ]
    }


def test_a_client_id_at_two_providers_at_once_was_copied_and_binds_within_each() -> None:
    key = "client_guid|" + "0a" * 16
    leads = [one(n, key) for n in (1, 2, 3, 4)]
    rows = [
        (1, "198.18.0.1", "A", 0, 900),
        (2, "198.19.0.1", "B", 300, 1200),
        (3, "198.18.0.7", "A", 5000, 5100),
    ]
    found = resolve(leads, presences=_seen(key, *rows))
    assert together(found, 1, 3)
    assert not together(found, 1, 2)
    assert found.subjects[4] == 4, "nobody knows where it was seen"
    twice = [*rows, (4, "198.18.0.9", "A", 5000, 5100)]
    assert not together(resolve(leads, presences=_seen(key, *twice)), 1, 3), "two at one provider at once"


def test_a_client_id_copied_to_three_providers_binds_only_at_an_address_that_nobody_shares() -> None:
    key = "client_guid|" + "0a" * 16
    leads = [one(n, key) for n in range(1, 6)]
    rows = [
        (1, "198.18.0.1", "A", 0, 900), (2, "198.19.0.1", "B", 300, 1200), (3, "198.18.0.1", "A", 5000, 5100),
        (4, "198.18.64.1", "C", 0, 100), (5, "198.18.64.1", "C", 9000, 9100),
    ]  # fmt: skip
    found = resolve(leads, presences=_seen(key, *rows, shared={"198.18.64.1"}))
    assert together(found, 1, 3)
    assert len(set(found.subjects.values())) == 4


@pytest.mark.parametrize("rows", [
    [(1, "198.18.0.1", "A", 0, 900), (2, "198.18.0.9", "A", 300, 1200)],
    [(1, "198.18.0.1", "A", 0, 900), (2, "198.19.0.1", "B", 860, 1200)],
    [(1, "198.18.0.1", "A", 0, 900), (2, "198.19.0.1", "B", 1000, 1200)],
    [(1, "198.18.0.1", "A", 0, 900), (2, "203.0.113.1", "", 300, 1200)],
    [(1, "198.18.0.1", "A", 0, 900), (2, "2001:db8::1", "B", 300, 1200)],
])  # fmt: skip
def test_a_shared_pool_a_clocks_error_a_change_of_provider_a_relay_and_two_families_contradict_nothing(
    rows: list[tuple[int, str, str, float, float]],
) -> None:
    key = "client_guid|" + "0a" * 16
    assert together(resolve([one(1, key), one(2, key)], presences=_seen(key, *rows)), 1, 2)


def test_a_handle_that_two_accounts_held_binds_no_longer() -> None:
    handle = "handle|chat:blue_kite"
    leads = [one(1, handle, "esp_account|chat:1"), one(2, handle, "esp_account|chat:2"), one(3, handle)]
    found = resolve(leads)
    assert len(set(found.subjects.values())) == 3
    assert together(resolve([leads[0], leads[2]]), 1, 3)
    assert together(resolve([leads[0], one(2, handle, "esp_account|photos:2")]), 1, 2)


def test_a_doubtful_account_is_for_a_person_to_decide() -> None:
    key = "email|a@example.net"
    found = resolve([one(1, key), one(2, key), one(3, key, doubtful=True)])
    assert together(found, 1, 2)
    assert not together(found, 1, 3)
    assert [(each.first, each.second) for each in found.proposals] == [(1, 3)]


def test_the_same_name_and_birth_in_two_scripts_link_and_a_twin_in_name_does_not() -> None:
    found = resolve([one(1, facts=ANIL), one(2, facts=ANIL_ML), one(3, facts=OTHER_ANIL)])
    assert together(found, 1, 2)
    assert not together(found, 1, 3)


def test_a_line_is_kept_by_later_reports_and_taking_it_back_restores_the_former_subjects() -> None:
    key = "email|family@example.net"
    leads = [one(n, key) for n in (1, 2, 3, 4)]
    before = resolve(leads)
    line = Decision("apart", (2, 4), (1, 3))
    parted = resolve(leads, [line])
    assert together(parted, 1, 3)
    assert together(parted, 2, 4)
    assert not together(parted, 1, 2)
    later = resolve([*leads, one(5, key)], [line])
    assert later.subjects[5] == 5
    assert _by_rule(resolve(leads, [])) == _by_rule(before)


def test_an_accepted_link_goes_through_whatever_the_weights_say() -> None:
    leads = [one(1, "email|a@example.net", facts=ANIL), one(2, "email|b@example.net", facts=BIJU)]
    found = resolve(leads, [Decision("join", (1, 2))])
    assert together(found, 1, 2)
    assert "decided" in {reason.code for reason in found.reasons[2]}
