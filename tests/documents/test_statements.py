"""Every sentence rests on a source, what is missing is said, and nothing but numbers reaches the press."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kaval.engine.documents._plain import Language, plain_text
from kaval.engine.documents._spec import Document, FieldList, Label, Signatures, Statement, Table, Ticks
from kaval.engine.documents.provisions import provisions
from kaval.engine.documents.registry import all_specs, spec_of
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.court.custody_gaps import custody_gaps
from kaval.engine.rules.statistics.suppression import suppress
from tests.documents import cases

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
KINDS = sorted(cases.all_facts())


def built(kind: str, facts: object | None = None) -> Document:
    """The document of a kind from its complete facts, or from the facts given."""
    return spec_of(kind).build(facts or cases.all_facts()[kind], provisions())


def test_every_kind_has_complete_facts_to_be_tried_on() -> None:
    assert [spec.id for spec in all_specs()] == KINDS


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_words_are_the_words_a_person_read(kind: str, language: Language) -> None:
    golden = GOLDEN / f"{kind}.{language}.txt"
    text = plain_text(built(kind), language=language)
    if not golden.exists():
        golden.write_text(text, encoding="utf-8")
        pytest.fail(f"{golden} was written: read it, then run again")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_points_at_a_source(kind: str) -> None:
    for section in built(kind).sections:
        for part in section.parts:
            match part:
                case Statement() | Ticks():
                    assert part.sources
                case FieldList():
                    assert all(field.sources for field in part.fields)
                case Table():
                    assert all(row.sources for row in part.rows) or part.when_empty.sources
                case Signatures():
                    assert part.places


@pytest.mark.parametrize("kind", KINDS)
def test_law_that_no_lawyer_signed_off_is_marked(kind: str) -> None:
    document = built(kind)
    assert document.law
    assert not document.law_signed_off
    assert {row.id for row in document.law} <= {row.id for row in provisions().rows}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_facts_make_the_same_document(kind: str) -> None:
    assert built(kind) == built(kind)


def test_what_nobody_recorded_is_listed_and_never_left_blank() -> None:
    bare = replace(cases.SEARCH, place=None, witnesses=(), leader=None, occupant_copy_at=None)
    document = built("in.seizure_list", bare)
    before = {gap.fact for gap in built("in.seizure_list").gaps}
    assert {gap.fact for gap in document.gaps} - before >= {"place", "witnesses", "leader"}
    assert "not recorded" in plain_text(document, language="en")


def test_a_certificate_without_hashes_says_so() -> None:
    document = built("in.bsa63_certificate", replace(cases.CERTIFICATE, hashes=()))
    assert "No hash value is on record." in plain_text(document, language="en")
    assert len(document.gaps) > len(built("in.bsa63_certificate").gaps)


def test_a_request_shows_utc_and_ist_side_by_side() -> None:
    text = plain_text(built("in.provider_request"), language="en")
    assert "UTC" in text
    assert "IST" in text
    for row in cases.REQUEST.rows:
        assert row.ip in text
        assert row.reference in text


def test_the_press_note_counts_and_one_seizure_less_changes_it() -> None:
    three, two = (plain_text(built("in.press_note", cases.press(seizures=n)), language="en") for n in (3, 2))
    assert "seized 3 devices" in three
    assert "seized 2 devices" in two


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("operation", "House of somebody"),
        ("operation", "TRAINING 20.3 Kollam East"),
        ("number", "PN for Meera"),
        ("ledger_root", "not a root"),
        ("unit", "Unit 12, Example Street 4"),
    ],
)
def test_nothing_that_could_name_somebody_enters_a_press_note(field: str, value: str) -> None:
    with pytest.raises(RefusedError):
        built("in.press_note", cases.press(changes={field: value}))


def test_small_numbers_about_children_cannot_be_worked_out() -> None:
    table = suppress({"A": 5, "B": 1, "C": 4})
    shown = dict(table.cells)
    assert shown["B"].small
    assert shown["B"].value is None
    # With the total known, one more cell is withheld, else the hidden one is the difference.
    hidden = [name for name, cell in table.cells if cell.value is None]
    assert len(hidden) >= 2 or table.total.value is None


def test_custody_without_a_hole_says_so_and_each_hole_is_named() -> None:
    seized, stored = [row for row in cases.CUSTODY.rows if row.item_no == cases.CUSTODY.items[1].item_no][:2]
    assert custody_gaps([seized, stored]) == ()
    taken_over = custody_gaps([seized, replace(stored, from_holder="somebody else")])
    assert [(gap.check, gap.seq) for gap in taken_over] == [("C-1", stored.seq)]
    resealed = custody_gaps([seized, replace(stored, seal_before="KL-999999")])
    assert [gap.check for gap in resealed] == ["C-3"]
    assert [gap.check for gap in custody_gaps([stored])] == ["C-1"]


def test_labels_and_statements_without_both_languages_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="both languages"):
        Label("only English", "")
    with pytest.raises(ValueError, match="source"):
        Statement("words", "വാക്കുകൾ", ())
