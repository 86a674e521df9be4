"""Splink on DuckDB beside our likeness over the same facts: seconds, pairs, precision and recall at thresholds.

Splink (MIT) is given what it asks for: names already in Latin letters by our table, given and further names apart, the
comparisons its documentation recommends for such columns, EM training on the same records, and term frequencies. Ours
gets the facts as received. Both are counted against the same truth and the same denominator: pairs of records about
one person that both state a name and have a birth date or a pincode in common kind.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any

from kaval.engine.rules.linking.blocks import block_keys
from kaval.engine.rules.linking.facts import Facts, merged
from kaval.engine.rules.linking.likeness import bits, compare
from kaval.engine.rules.linking.names import heard
from kaval.engine.rules.linking.places import Place, place_of
from kaval.engine.rules.linking.romanise import folded
from kaval.simulation import widenames

People = Sequence[tuple[str, Facts]]
Pair = tuple[str, str]
Truth = Callable[[str], str]

OUR_THRESHOLDS = (10.0, 14.0, 17.0, 20.0, 24.0)  # bits
PEER_THRESHOLDS = (0.5, 0.9, 0.99, 0.999, 0.9999)  # probability
LARGEST_BLOCK = 400
CHANCE_PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class At:
    """What stands at a threshold: pairs found, the part of them that is true, the part of the true ones found."""

    threshold: float
    pairs: int
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds for the whole run, pairs compared, and what each threshold gives."""

    seconds: float
    compared: int
    at: tuple[At, ...]


# ------------------------------------------------------------ ours


def ours(people: People, *, truth: Truth, thresholds: Sequence[float] = OUR_THRESHOLDS) -> Outcome:
    """Our keys and our comparison over the records."""
    begun = time.perf_counter()
    scores = dict(scored(people))
    seconds = time.perf_counter() - begun
    return Outcome(seconds, len(scores), _counted(scores, people, truth=truth, thresholds=thresholds))


def scored(people: People) -> Iterator[tuple[Pair, float]]:
    """Every pair that meets under a key, with its bits."""
    for one, other in met(people):
        yield (one[0], other[0]), bits(compare(one[1], other[1]))


def met(people: People) -> Iterator[tuple[tuple[str, Facts], tuple[str, Facts]]]:
    """The pairs of records that share a key, each once."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, (_, facts) in enumerate(people):
        for key in block_keys(facts):
            blocks[key].append(at)
    pairs = {
        pair for found in blocks.values() if len(found) <= LARGEST_BLOCK for pair in combinations(found, 2)
    }
    for first, second in pairs:
        yield people[first], people[second]


# ------------------------------------------------------------ the peer


def run(
    people: People, *, truth: Truth, thresholds: Sequence[float] = PEER_THRESHOLDS, by_sound: bool = False
) -> Outcome:
    """Splink over the same records: training and prediction are timed, preparing the columns is not.

    `by_sound`: it is given our sounds of the words in place of their Latin letters, which is more than it asks for.
    """
    columns = [_columns(number, facts, by_sound=by_sound) for number, facts in people]
    begun = time.perf_counter()
    scores = _predicted(columns, least=min(thresholds))
    seconds = time.perf_counter() - begun
    return Outcome(seconds, len(scores), _counted(scores, people, truth=truth, thresholds=thresholds))


def _columns(number: str, facts: Facts, *, by_sound: bool) -> dict[str, str | None]:
    words = folded(facts.names[0]).replace(".", " ").split() if facts.names else []
    if by_sound and facts.names:
        taken = heard(facts.names[0])
        words = [*taken.parts, *sorted(taken.initials)]
    pins = [place.pincode for place in facts.places if place.pincode]
    days = [born for born in facts.births if len(born) == 10]
    return {
        "unique_id": number,
        "forename": words[0] if words else None,
        "surname": " ".join(words[1:]) or None,
        "dob": days[0] if days else None,
        "pincode": pins[0] if pins else None,
    }


def _predicted(columns: Sequence[Mapping[str, str | None]], *, least: float) -> dict[Pair, float]:
    import pyarrow as pa
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            comparisons.ForenameSurnameComparison("forename", "surname"),
            comparisons.DateOfBirthComparison("dob", input_is_string=True),
            comparisons.ExactMatch("pincode").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("dob"),
            block_on("forename", "surname"),
            block_on("surname", "pincode"),
            block_on("forename", "pincode"),
        ],
    )
    table = pa.Table.from_pylist(list(columns))
    linker = Linker(api.register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("dob", "forename"), block_on("forename", "surname", "pincode")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("dob"), block_on("forename", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    rows: Iterable[Mapping[str, Any]] = linker.inference.predict(
        threshold_match_probability=least
    ).as_record_list()
    return {(row["unique_id_l"], row["unique_id_r"]): float(row["match_probability"]) for row in rows}


# ------------------------------------------------------------ counting


def _counted(
    scores: Mapping[Pair, float], people: People, *, truth: Truth, thresholds: Sequence[float]
) -> tuple[At, ...]:
    wanted = linkable(people, truth=truth)
    rows = []
    for threshold in thresholds:
        found = [pair for pair, score in scores.items() if score >= threshold]
        right = sum(truth(one) == truth(other) for one, other in found)
        hit = sum(tuple(sorted(pair)) in wanted for pair in found)
        rows.append(
            At(
                threshold,
                len(found),
                round(right / len(found), 5) if found else 1.0,
                round(hit / len(wanted), 5) if wanted else 1.0,
            )
        )
    return tuple(rows)


def linkable(people: People, *, truth: Truth) -> set[Pair]:
    """The pairs about one person of which both state a name, and both a birth date or both a place."""
    groups: dict[str, list[tuple[str, Facts]]] = defaultdict(list)
    for number, facts in people:
        if facts.names and (facts.births or facts.places):
            groups[truth(number)].append((number, facts))
    return {
        (min(one[0], other[0]), max(one[0], other[0]))
        for group in groups.values()
        for one, other in combinations(group, 2)
        if (one[1].births and other[1].births) or (one[1].places and other[1].places)
    }


# ------------------------------------------------------------ made-up people


@dataclass(frozen=True, slots=True)
class _Made:
    given: widenames.Wide
    house: str
    gender: str
    born: str
    home: tuple[str, str, str, str]


def made_up(number: int, *, seed: int) -> tuple[list[tuple[str, Facts]], dict[str, str]]:
    """Records of that many invented people with who each is about: one to three each, written in different ways.

    One in twelve has another's whole name, one in twelve is a brother or sister in one house; one birth date in
    a hundred is written wrongly, one address in twenty is an old one.
    """
    rng = Random(seed)
    folk: list[_Made] = []
    for at in range(number):
        draw = rng.random()
        if folk and draw < 1 / 12:
            other = rng.choice(folk)
            folk.append(_Made(other.given, other.house, other.gender, _born(rng), _home(rng, other.house)))
        elif folk and draw < 2 / 12:
            other = rng.choice(folk)
            folk.append(_Made(_given(rng, other), other.house, other.gender, _born(rng), other.home))
        else:
            gender, house = rng.choice("MMMF"), widenames.draw_house(rng)
            folk.append(
                _Made(widenames.draw_given(rng, gender), house, gender, _born(rng), _home(rng, house))
            )
        assert len(folk) == at + 1
    people: list[tuple[str, Facts]] = []
    truth: dict[str, str] = {}
    for at, made in enumerate(folk):
        for _ in range(rng.choice((1, 2, 2, 3))):
            record = f"R{len(people):07d}"
            people.append((record, _written(rng, made)))
            truth[record] = f"P{at:06d}"
    return people, truth


def _given(rng: Random, other: _Made) -> widenames.Wide:
    """A given name that shares no word with this one."""
    while True:
        drawn = widenames.draw_given(rng, other.gender)
        if not {word.ml for word in drawn.words} & {word.ml for word in other.given.words}:
            return drawn


def _born(rng: Random) -> str:
    return f"{rng.randint(1955, 2006)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def _home(rng: Random, house: str) -> tuple[str, str, str, str]:
    return house, str(rng.randint(1, 60)), str(rng.randint(1, 999)), f"{rng.randint(670001, 695600)}"


def _written(rng: Random, made: _Made) -> Facts:
    """One report's facts: the name in some way, and a part of the rest."""
    style = rng.choice(("plain", "plain", *widenames.STYLES))
    house = widenames.house_names()[made.house]
    name = (
        widenames.plain(made.given, house)
        if style == "plain"
        else widenames.write(rng, style, given=made.given, house=house, gender=made.gender)
    )
    births = [_slipped(rng, made.born)] if rng.random() < 0.75 else []
    places: list[Place] = []
    if rng.random() < 0.4:
        home, ward, door, pin = made.home if rng.random() < 0.95 else _home(rng, made.house)
        line = rng.choice(
            (f"{home}, Door {door}, Ward {ward}", f"{ward}/{door} {home}", f"{home}, Door {door}")
        )
        places.append(place_of(text=line, pincode=pin))
    return merged([Facts((f"{name.first} {name.last}".strip(),), tuple(births), tuple(places)), Facts()])


def _slipped(rng: Random, born: str) -> str:
    draw = rng.random()
    if draw < 0.005 and born[8:] <= "12":
        return f"{born[:4]}-{born[8:]}-{born[5:7]}"
    return f"{born[:8]}{rng.randint(1, 28):02d}" if draw > 0.995 else born


# ------------------------------------------------------------ what the levels would weigh by EM


def estimated(people: People, *, seed: int = 1) -> dict[str, dict[str, tuple[float, float]]]:
    """m and u of each level on these records, without their truth; feature -> level -> (m, u).

    u from chance pairs. m by expectation and maximisation with u held: name and place among pairs of one birth date,
    birth among pairs of one whole name, so that no feature is estimated where it chose the pairs. Features are
    taken as independent: something to hold the unit's own setting against, not a truth.
    """
    by_chance = _by_chance(people, seed=seed)
    by_birth = _seen(_together(people, lambda facts: [born for born in facts.births if len(born) == 10]))
    by_name = _seen(_together(people, lambda facts: [form for name in facts.names for form in _whole(name)]))
    return _maximised(by_birth, by_chance, features=("name", "place")) | _maximised(
        by_name, by_chance, features=("birth", "place")
    )


Seen = dict[tuple[tuple[str, str], ...], int]


def _whole(name: str) -> list[str]:
    parts = heard(name).parts
    return ["".join(sorted(parts))] if len(parts) > 1 else []


def _together(people: People, keys: Callable[[Facts], Iterable[str]]) -> Iterator[tuple[Facts, Facts]]:
    groups: dict[str, list[Facts]] = defaultdict(list)
    for _, facts in people:
        for key in keys(facts):
            groups[key].append(facts)
    for group in groups.values():
        yield from combinations(group[:LARGEST_BLOCK], 2)


def _seen(pairs: Iterable[tuple[Facts, Facts]]) -> Seen:
    found: Seen = defaultdict(int)
    for one, other in pairs:
        found[tuple((each.feature, each.level) for each in compare(one, other))] += 1
    return found


def _by_chance(people: People, *, seed: int) -> dict[tuple[str, str], float]:
    """How often each level comes up between two records taken blindly; one more than counted, so that none is zero."""
    rng = Random(seed)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for _ in range(CHANCE_PAIRS):
        (_, one), (_, other) = rng.choice(people), rng.choice(people)
        if one is not other:
            for each in compare(one, other):
                counts[each.feature][each.level] += 1
    return {
        (feature, level): (count + 1) / (sum(levels.values()) + 1)
        for feature, levels in counts.items()
        for level, count in levels.items()
    }


def _maximised(
    seen: Seen, by_chance: Mapping[tuple[str, str], float], *, features: tuple[str, ...]
) -> dict[str, dict[str, tuple[float, float]]]:
    """Forty rounds from a first guess of equal agreement."""
    rows: Seen = defaultdict(int)
    for row, count in seen.items():
        rows[tuple(level for level in row if level[0] in features)] += count
    levels = {level for row in rows for level in row}
    m = {level: 1 / sum(other[0] == level[0] for other in levels) for level in levels}
    least, share = 1 / CHANCE_PAIRS, 0.3
    for _ in range(40):
        sums: dict[tuple[str, str], float] = defaultdict(lambda: 1e-6)
        whole: dict[str, float] = defaultdict(lambda: 1e-6)
        held = 0.0
        for row, count in rows.items():
            odds = share / (1 - share)
            for level in row:
                odds *= m[level] / by_chance.get(level, least)
            weight = count * odds / (1 + odds)
            held += weight
            for level in row:
                sums[level] += weight
                whole[level[0]] += weight
        m = {level: sums[level] / whole[level[0]] for level in levels}
        share = min(0.999, max(0.001, held / sum(rows.values())))
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for key in levels:
        found[key[0]][key[1]] = (m[key], by_chance.get(key, least))
    return dict(found)
