"""Likeness is symmetric and free of order; people of one name stay apart, and one person's reports come together."""

from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.reference.load import load
from kaval.engine.rules.linking.blocks import block_keys
from kaval.engine.rules.linking.facts import Facts, Place, from_plain, merged, to_plain
from kaval.engine.rules.linking.likeness import (
    WEIGHTS_VERSION,
    Contribution,
    bits,
    compare,
    contradicts,
)
from kaval.engine.rules.linking.places import place_of

MACHINE, PERSON = 20.0, 10.0
BORN = "1974-08-26"
HOME = place_of(text="Puthenveedu, Door 519C, Ward 12", locality="Chembakara", pincode="682107")
ELSEWHERE = place_of(text="Puthenveedu, Door 7, Ward 3", locality="Mayilkunnu", pincode="673001")

NAMES = st.sampled_from(
    [
        "Anil Puthenveedu",
        "അനിൽ പുത്തൻവീട്",
        "Anil P",
        "Sunil Puthenveedu",
        "Mr. P. Anil",
        "Anil",
        "Muhammed Ali",
        "??",
    ]
)
BIRTHS = st.sampled_from(["1974-08-26", "1974-06-08", "1974-08-06", "1974", "1990-01-01", "1975"])
PLACES = st.sampled_from(
    [HOME, ELSEWHERE, Place(pincode="682107"), Place(house="Puthenveedu"), Place(locality="Aluva")]
)
TAILS = st.sampled_from(["2345", "9876", "0042"])
FACTS = st.builds(
    lambda names, births, places, tails: merged(
        [Facts(tuple(names), tuple(births), tuple(places), tuple(tails)), Facts()]
    ),
    st.lists(NAMES, max_size=3),
    st.lists(BIRTHS, max_size=2),
    st.lists(PLACES, max_size=2),
    st.lists(TAILS, max_size=2),
)
WILD = st.builds(
    lambda names, births, tails: merged([Facts(tuple(names), tuple(births), (), tuple(tails)), Facts()]),
    st.lists(st.text(max_size=40), max_size=3),
    st.lists(st.dates().map(str), max_size=2),
    st.lists(st.text("0123456789", min_size=4, max_size=4), max_size=2),
)


def person(
    *names: str, born: str | tuple[str, ...] = (), at: Place | None = None, tail: str | tuple[str, ...] = ()
) -> Facts:
    births = (born,) if isinstance(born, str) else born
    tails = (tail,) if isinstance(tail, str) else tail
    return Facts(tuple(sorted(names)), births, () if at is None else (at,), tails)


def total(one: Facts, other: Facts) -> float:
    return bits(compare(one, other))


def levels(one: Facts, other: Facts) -> dict[str, str]:
    return {each.feature: each.level for each in compare(one, other)}


# ------------------------------------------------------------ laws


@given(one=FACTS | WILD, other=FACTS | WILD)
def test_comparison_and_contradiction_are_symmetric(one: Facts, other: Facts) -> None:
    assert compare(one, other) == compare(other, one)
    assert contradicts(one, other) is contradicts(other, one)


@given(one=FACTS, other=FACTS, data=st.data())
def test_the_order_of_what_is_said_does_not_matter(one: Facts, other: Facts, data: st.DataObject) -> None:
    mixed = Facts(
        tuple(data.draw(st.permutations(one.names))),
        tuple(data.draw(st.permutations(one.births))),
        tuple(data.draw(st.permutations(one.places))),
        tuple(data.draw(st.permutations(one.tails))),
    )
    assert compare(mixed, other) == compare(one, other)
    assert block_keys(mixed) == block_keys(one)


@given(a=FACTS, b=FACTS, c=FACTS)
def test_merging_is_free_of_order_and_grouping_and_says_nothing_twice(a: Facts, b: Facts, c: Facts) -> None:
    assert len({merged(order) for order in permutations((a, b, c))}) == 1
    assert merged([merged([a, b]), c]) == merged([a, merged([b, c])]) == merged([a, b, c])
    assert merged([a, a]) == a
    assert merged([]) == Facts() == merged([Facts()])


def test_merging_many_keeps_the_law_beyond_the_limit() -> None:
    many = [Facts(names=(f"Anil {chr(97 + n % 26)}{n}",)) for n in range(100)]
    left = merged([merged(many[:50]), merged(many[50:])])
    assert left == merged(reversed(many)) == merged([left, *many[3:7]])


@given(one=FACTS | WILD)
def test_nothing_said_contributes_nothing(one: Facts) -> None:
    assert compare(one, Facts()) == () == compare(Facts(), one)
    assert not contradicts(one, Facts())
    assert bits(()) == 0.0


@given(one=FACTS | WILD)
def test_nobody_contradicts_himself(one: Facts) -> None:
    assert not contradicts(one, one)


@given(one=FACTS | WILD)
def test_facts_survive_json(one: Facts) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(one)))) == merged([one])
    assert to_plain(Facts()) == {}
    assert (to_plain(one) == {}) is one.empty


@given(one=FACTS | WILD)
def test_keys_are_short_and_never_a_name_alone(one: Facts) -> None:
    assert all(len(key) <= 120 and key.count("|") >= 2 for key in block_keys(one))
    assert block_keys(Facts(names=one.names)) == frozenset()
    assert block_keys(Facts(places=one.places)) == frozenset()


def test_keys_of_the_longest_names_and_houses_stay_short() -> None:
    far = "".join(chr(97 + n % 26) for n in range(200))
    keys = block_keys(person(f"{far} {far}x", born=BORN, at=Place(far, "1", "2", far, "682107"), tail="2345"))
    assert keys
    assert max(map(len, keys)) <= 120


@given(one=FACTS, other=FACTS)
def test_who_weighs_enough_to_link_meets_under_a_key(one: Facts, other: Facts) -> None:
    if total(one, other) >= MACHINE:
        assert block_keys(one) & block_keys(other)


@given(one=FACTS, other=FACTS)
def test_every_contribution_says_why_in_both_languages(one: Facts, other: Facts) -> None:
    for each in compare(one, other):
        assert each.text.endswith(".")
        assert each.text_ml.endswith(".")
        assert any("\u0d00" <= sign <= "\u0d7f" for sign in each.text_ml)


# ------------------------------------------------------------ one person


ONE_PERSON = [
    "Anil Puthenveedu", "അനിൽ പുത്തൻവീട്", "ANIL PUTHENVEEDU", "Mr. Anil Puthanveettil", "Puthen veedu Anil",
    "Puthenveedu, Anil", "Shri Anil Puthenveed", "അനില്‍ പുത്തന്‍വീട്",
]  # fmt: skip


@pytest.mark.parametrize("name", ONE_PERSON)
def test_name_and_birth_date_link_whatever_the_spelling(name: str) -> None:
    one, other = person(ONE_PERSON[0], born=BORN), person(name, born=BORN)
    assert total(one, other) > MACHINE + 3
    assert block_keys(one) & block_keys(other)
    assert not contradicts(one, other)


@pytest.mark.parametrize("name", ONE_PERSON)
def test_name_and_full_address_link_whatever_the_spelling(name: str) -> None:
    same = place_of(text="പുത്തൻവീട്, വാർഡ് 12, വീട്ടുനമ്പർ 519C, 682107")
    one, other = person(ONE_PERSON[0], at=HOME), person(name, at=same)
    assert total(one, other) > MACHINE + 2
    assert block_keys(one) & block_keys(other)


@pytest.mark.parametrize(
    "name", ["Anil P", "P. Anil", "Anil P.", "അനിൽ പി", "PK Anil", "Mr. Anil P", "Anil", "Anil Puthenvedu"]
)
def test_a_shorter_name_with_the_birth_date_is_at_least_asked_about(name: str) -> None:
    one, other = person("Anil Puthenveedu", born=BORN), person(name, born=BORN)
    assert total(one, other) >= PERSON
    assert block_keys(one) & block_keys(other)


def test_a_rare_given_name_with_initial_and_birth_date_links() -> None:
    assert total(person("Prajith Mavilaveedu", born=BORN), person("Prajit M", born=BORN)) > MACHINE


def test_exchanged_day_and_month_are_asked_about_not_linked() -> None:
    one, other = person("Anil Puthenveedu", born="1974-08-06"), person("Anil Puthenveedu", born="1974-06-08")
    assert PERSON <= total(one, other) < MACHINE
    assert block_keys(one) & block_keys(other)
    assert not contradicts(one, other)


# ------------------------------------------------------------ two people


@pytest.mark.parametrize("other", ["1974-08-27", "1974-02-11", "1990-08-26", "1981-01-31", "1975-08-26"])
def test_people_of_one_name_with_other_birth_dates_stay_apart(other: str) -> None:
    one, two = person("Anil Puthenveedu", born=BORN), person("Anil Puthenveedu", born=other)
    assert total(one, two) <= 10.01
    clear = levels(one, two)["birth"] != "slip"
    assert not clear or (total(one, two) < 0 and contradicts(one, two))


def test_people_of_one_name_in_other_places_stay_apart() -> None:
    one, two = person("Anil Puthenveedu", at=HOME), person("Anil Puthenveedu", at=ELSEWHERE)
    assert total(one, two) < PERSON
    assert not contradicts(one, two)


def test_a_name_alone_never_links() -> None:
    assert total(person("Anil Puthenveedu"), person("അനിൽ പുത്തൻവീട്")) <= 10.01
    assert total(person("Muhammed Ali"), person("Mohammed Ali")) < 5


def test_a_name_very_many_bear_needs_more_than_a_birth_date() -> None:
    assert total(person("Muhammed Ali", born=BORN), person("Mohamed Ali", born=BORN)) < MACHINE


@pytest.mark.parametrize("brother", ["Sunil Puthenveedu", "Anoop Puthenveedu", "സുനിൽ പുത്തൻവീട്", "Sunil P"])
def test_a_brother_in_the_same_house_is_somebody_else(brother: str) -> None:
    one, other = person("Anil Puthenveedu", at=HOME, tail="2345"), person(brother, at=HOME, tail="2345")
    assert total(one, other) < PERSON
    assert contradicts(one, other)


def test_a_twin_in_the_same_house_is_never_linked_by_machine() -> None:
    one = person("Sajith Puthenveedu", born=BORN, at=HOME, tail="2345")
    for name in ("Sujith Puthenveedu", "Sajitha Puthenveedu", "S Puthenveedu", "Puthenveedu"):
        assert total(one, person(name, born=BORN, at=HOME)) < MACHINE
    assert total(one, person(born=BORN, at=HOME)) < MACHINE
    assert total(one, person(born=BORN, tail="2345")) < MACHINE


def test_a_household_that_names_nobody_is_never_linked() -> None:
    assert total(person(at=HOME, tail="2345"), person(at=HOME, tail="2345")) < MACHINE


def test_father_and_son_who_turn_their_names_are_asked_about() -> None:
    one, other = person("Thomas Mathew", at=HOME), person("Mathew Thomas", at=HOME)
    assert levels(one, other)["name"] == "swapped"
    assert total(one, other) < MACHINE


def test_a_namesake_next_door_is_somebody_else() -> None:
    next_door = place_of(text="Puthenveedu, Door 520, Ward 12", locality="Chembakara", pincode="682107")
    assert total(person("Anil Puthenveedu", at=HOME), person("Anil Puthenveedu", at=next_door)) < PERSON


def test_a_birth_date_written_for_want_of_one_does_not_link() -> None:
    one, other = person("Anil Puthenveedu", born="1980-01-01"), person("Anil Puthenveedu", born="1980-01-01")
    assert PERSON < total(one, other) < MACHINE


# ------------------------------------------------------------ levels


@pytest.mark.parametrize(
    "one, other, level",
    [
        ("Anil Puthenveedu", "Anil Puthenvedu", "close_family"),
        ("Suresh Puthenveedu", "Suresh Puthenvedu", "close_family"),
        ("Gopal Mavilaveedu", "Gopalan Mavilaveedu", "close_given"),
        ("Shaji Neelithara", "Saji Neelithara", "close_given"),
        ("Rajesh Puthenveedu", "Ramesh Puthenveedu", "other_given"),
        ("Anil Puthenveedu", "Anil Melethara", "other_family"),
        ("Anil P", "Anil R", "other_family"),
        ("A. Puthenveedu", "Anil Puthenveedu", "family_initial"),
        ("Puthenveedu", "Anil Puthenveedu", "family_only"),
        ("Mohammed Ali P", "Muhammadali Puthenveettil", "given_initial"),
        ("Anil Mathew P", "Anil Mathew Puthenveedu", "part_initial"),
        ("Anil Mathew", "Anil Mathew Puthenveedu", "part_missing"),
        ("Anil Kumar P", "Anil Kumar Puthenveedu", "given_initial"),
        ("Anil Kumar", "Anil Kumar Puthenveedu", "given_attached"),
        ("Anil Kumar", "Anilkumar", "given_attached"),
        ("Sunil Kumar", "Anil Kumar", "other_given"),
        ("Reena Mol Nellithara", "Preetha Mol Nellithara", "other_given"),
        ("Ashraf P", "Muhammed Ashraf P", "given_initial"),
        ("Ashraf P", "Muhammed Ashraf", "given_only"),
        ("A Rasheed", "Abdul Rasheed", "given_only"),
        ("A Rasheed", "Abdul Rasheed K", "other_family"),
        ("M. Kumaran", "Kumaran Rajan Mullamukku", "given_only"),
        ("Abdul Yusuf Pazhayamadom", "Abdool Yousuf Pazhaye Matom", "close_family"),
        ("Mohanan P", "Mohan Puthenbhavan", "close_only"),
        ("Anil @ Kunjunni", "Anil", "given_only"),
        ("Anil S/o Raman", "Anil", "given_only"),
        ("Anil Puthenveedu", "Bindu Melethara", "different"),
        ("Surashkumar", "Sureshkumar", "close_only"),
    ],
)
def test_levels_of_names(one: str, other: str, level: str) -> None:
    assert levels(person(one), person(other))["name"] == level == levels(person(other), person(one))["name"]


def test_names_nobody_can_read_are_not_compared() -> None:
    assert compare(person("123 ??"), person("Anil")) == ()
    assert compare(person("A B"), person("Anil P")) == ()


def test_a_house_that_stands_in_the_name_counts_once() -> None:
    inside = levels(person("Anil Puthenveedu", at=HOME), person("Anil Puthenveedu", at=HOME))
    beside = levels(person("Anil Melethara", at=HOME), person("Anil Melethara", at=HOME))
    assert inside["house_in_name"] == "counted_before"
    assert "house_in_name" not in beside


@pytest.mark.parametrize(
    "born, other, level",
    [
        ("1974-08-26", "1974-08-26", ("birth", "same")),
        ("1974-01-01", "1974-01-01", ("birth", "same_filler")),
        ("1974-08-06", "1974-06-08", ("birth", "swapped")),
        ("1974-08-26", "1974-08-25", ("birth", "slip")),
        ("1974-08-26", "1974-11-03", ("birth", "same_year")),
        ("1974-08-26", "1980-11-03", ("birth", "differs")),
        ("1974", "1974-08-26", ("birth_year", "same")),
        ("1973", "1974-08-26", ("birth_year", "next")),
        ("1965", "1974", ("birth_year", "differs")),
    ],
)
def test_levels_of_birth(born: str, other: str, level: tuple[str, str]) -> None:
    assert next(iter(levels(person(born=born), person(born=other)).items())) == level


@pytest.mark.parametrize(
    "text, level",
    [
        ("Puthanveettil, Ward XII, Door No. 519 C, Chembakara - 682 107", "exact"),
        ("12/519C, Puthen veedu, Chembakara 682107", "exact"),
        ("Puthenveedu, Door 519C, 682107", "full"),
        ("Puthenveedu, Chembakara East", "house_area"),
        ("682107", "area"),
        ("Puthenveedu, Door 6, 682107", "other_number"),
        ("Karukavilla, Door 6, 682107", "other_house"),
        ("Puthenveedu, Door 519C, 673001", "other"),
    ],
)
def test_levels_of_places(text: str, level: str) -> None:
    assert levels(person(at=HOME), person(at=place_of(text=text)))["place"] == level


# ------------------------------------------------------------ the table


def test_the_table_is_used_whole_and_bits_follow_from_it() -> None:
    table = load("linking_weights")
    assert table.version == WEIGHTS_VERSION
    held = {entry.id: entry.value for entry in table.entries}
    assert all(0 < m <= 1 and 0 < u <= 1 for m, u in held.values())
    for feature in ("name", "birth", "birth_year", "place", "phone_tail"):
        own = [held[key] for key in held if _feature(key) == feature]
        assert len(own) > 1
        assert sum(m for m, _ in own) <= 1.01
        assert sum(u for _, u in own) <= 1.01
    assert {_feature(key) for key in held} - {"name", "birth", "birth_year", "place", "phone_tail"} == {
        "common_name",
        "house_in_name",
        "household",
    }


def _feature(key: str) -> str:
    if key == "birth_same_year":
        return "birth"
    features = (
        "birth_year",
        "birth",
        "common_name",
        "name",
        "house_in_name",
        "household",
        "place",
        "phone_tail",
    )
    return next(feature for feature in features if key.startswith(feature + "_"))


def test_a_contribution_shows_its_level_and_its_bits() -> None:
    found = compare(person(born=BORN), person(born=BORN))[0]
    assert found == Contribution("birth", "same", found.bits, "The same date of birth.", "ഒരേ ജനനത്തീയതി.")
    assert 13.5 < found.bits < 14.5
