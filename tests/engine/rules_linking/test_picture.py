"""A drawing in which nothing overlaps and every label fits, whatever hangs together; the same in any order."""

from __future__ import annotations

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.rules.linking.lettering import LETTERS, fitted, text_width
from kaval.engine.rules.linking.lines import Box, Label, Tie, meets
from kaval.engine.rules.linking.picture import Picture, Thing, collapsed, lay_out

KINDS = ("report", "identifier", "address", "place")
TEXTS = st.text(alphabet="aM.@ കേരളം്0", min_size=1, max_size=40)


def name(kind: str, count: int) -> str:
    return f"{count} {kind}s"


@st.composite
def nets(draw: st.DrawFn) -> tuple[list[Thing], list[Tie]]:
    """Up to 20 things in four columns, tied at random."""
    size = draw(st.integers(0, 20))
    columns = [draw(st.integers(0, 3)) for _ in range(size)]
    things = [
        Thing(f"t{at}", column, KINDS[column], draw(TEXTS), container=column == 2)
        for at, column in enumerate(columns)
    ]
    key = st.sampled_from([thing.key for thing in things] or ["none"])
    pairs = draw(st.lists(st.tuples(key, key, st.booleans()), max_size=25))
    return things, [Tie(a, b, "names", dashed) for a, b, dashed in pairs]


def drawn(things: list[Thing], ties: list[Tie], *opened: str, words: bool = False) -> Picture:
    return lay_out(things, ties, name=name, opened=opened, gap=120, with_words=words)


def reports(count: int) -> tuple[list[Thing], list[Tie]]:
    """Reports that name one e-mail address; each was seen at an address of its own."""
    things = [Thing("e", 1, "identifier", "a@example.org")]
    things += [Thing(f"r{at:03}", 0, "report", f"Report {at}") for at in range(count)]
    things += [Thing(f"i{at:03}", 2, "address", f"192.0.2.{at}", container=True) for at in range(count)]
    ties = [Tie(f"r{at:03}", "e", "names") for at in range(count)]
    return things, ties + [Tie(f"r{at:03}", f"i{at:03}", "seen at", dashed=True) for at in range(count)]


@given(nets(), st.booleans())
def test_nothing_overlaps_and_every_label_fits(net: tuple[list[Thing], list[Tie]], open_all: bool) -> None:
    picture = drawn(*net, *("*" if open_all else ""), words=True)
    rooms: list[Box | Label] = [*picture.boxes, *(line.label for line in picture.lines if line.label)]
    assert not [pair for pair in combinations(rooms, 2) if meets(*pair)]
    for box in picture.boxes:
        assert text_width(box.text, LETTERS) <= box.width
        assert box.x >= 0 <= box.y
        assert box.x + box.width <= picture.width
        assert box.y + box.height <= picture.height


@given(nets(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(net: tuple[list[Thing], list[Tie]], chance: object) -> None:
    things, ties = net
    shuffled = list(things), [Tie(tie.b, tie.a, tie.words, tie.dashed) for tie in ties]
    for part in shuffled:
        chance.shuffle(part)  # type: ignore[attr-defined]
    assert drawn(*shuffled) == drawn(things, ties)


@given(nets())
def test_every_thing_stands_in_one_box_and_every_tie_in_one_line(net: tuple[list[Thing], list[Tie]]) -> None:
    things, ties = net
    picture = drawn(things, ties)
    assert sorted(key for box in picture.boxes for key in box.members) == sorted(one.key for one in things)
    home = {key: box.key for box in picture.boxes for key in box.members}
    shown = {frozenset((line.a, line.b)) for line in picture.lines}
    assert {frozenset((home[tie.a], home[tie.b])) for tie in ties if tie.a != tie.b} == shown
    near = {box.key: set(box.near) for box in picture.boxes}
    assert all(line.b in near[line.a] and line.a in near[line.b] for line in picture.lines)


def test_reports_with_the_same_neighbours_become_one_box_that_opens() -> None:
    things, ties = reports(23)
    picture = drawn(things, ties)
    assert sorted(box.text for box in picture.boxes) == ["23 addresss", "23 reports", "a@example.org"]
    first = next(box.key for box in picture.boxes if box.kind == "report")
    opened = drawn(things, ties, first)
    assert sum(box.kind == "report" for box in opened.boxes) == 23
    assert len(drawn(things, ties, "*").boxes) == len(things)


def test_a_report_that_names_something_else_stays_apart() -> None:
    things, ties = reports(4)
    things.append(Thing("p", 1, "identifier", "+91"))
    groups = collapsed(things, [*ties, Tie("r001", "p", "names")])
    assert ("r000", "r002", "r003") in groups
    assert ("r001",) in groups


def test_in_a_crowd_what_only_one_report_names_keeps_nothing_apart() -> None:
    things, ties = reports(40)
    own = [Thing(f"o{at:03}", 1, "identifier", f"own{at}") for at in range(40)]
    owned = [Tie(f"r{at:03}", f"o{at:03}", "names") for at in range(40)]
    assert len(drawn(things + own, ties + owned).boxes) == 4
    few = 15
    small = [one for one in things + own if one.key == "e" or int(one.key[1:]) < few]
    assert len(drawn(small, ties + owned).boxes) > few


def test_a_line_over_other_columns_passes_between_their_boxes() -> None:
    things = [Thing(f"r{at}", 0, "report", f"r{at}") for at in range(2)]
    things += [Thing(f"i{at}", 1, "address", f"i{at}", container=True) for at in range(3)]
    things.append(Thing("p", 2, "place", "p"))
    ties = [Tie("r0", "p", "leads to"), Tie("r1", "p", "leads to")]
    ties += [Tie(f"r{at % 2}", f"i{at}", "seen at", dashed=True) for at in range(3)]
    picture = drawn(things, ties, "*")
    level = {
        point.split(",")[1]
        for line in picture.lines
        if line.b == "p"
        for point in re.findall(r"L(\S+?)C", line.path)
    }
    assert len(level) == 1, "lines to one place share their way"
    height = float(level.pop())
    assert all(not box.y < height < box.y + box.height for box in picture.boxes if box.column == 1)


def test_two_of_a_kind_keep_their_names() -> None:
    assert {box.text for box in drawn(*reports(2)).boxes} >= {"Report 0", "Report 1"}


def test_two_hundred_things_are_not_smaller_but_longer() -> None:
    things, ties = reports(100)
    picture = drawn(things, ties, "*")
    assert len(picture.boxes) == 201
    assert picture.width < 900
    assert picture.height > 100 * LETTERS
    assert not [pair for pair in combinations(picture.boxes, 2) if meets(*pair)]


def test_a_line_is_dashed_only_when_all_it_stands_for_proves_nothing() -> None:
    things = [Thing("r", 0, "report", "r"), Thing("i", 1, "address", "i", container=True)]
    weak, firm = Tie("r", "i", "seen at", dashed=True), Tie("i", "r", "names")
    assert [line.dashed for line in drawn(things, [weak]).lines] == [True]
    assert [(line.dashed, line.words) for line in drawn(things, [weak, firm]).lines] == [
        (False, ("names", "seen at"))
    ]


@given(TEXTS, st.floats(20, 300))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: float) -> None:
    cut = fitted(text, width)
    assert text_width(cut) <= width
    assert cut == text or cut.endswith("…")


def test_a_composed_sign_is_not_cut_in_two() -> None:
    assert fitted("കേരളം", 2.2 * LETTERS) == "ക…" or fitted("കേരളം", 2.2 * LETTERS) == "…"
    assert all(not fitted("ക്ഷ" * 5, width).endswith("്…") for width in range(14, 90))


def test_nothing_is_an_empty_drawing() -> None:
    picture = drawn([], [])
    assert (picture.boxes, picture.lines, picture.columns) == ((), (), ())
