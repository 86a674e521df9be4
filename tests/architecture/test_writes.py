"""Only operations write to the database, and a write anywhere else in the station is named with its line."""

from __future__ import annotations

import pytest

from tests.architecture.tree import ROOT, STATION, name_of, python_files
from tests.architecture.writes import ALLOWED, is_allowed, writes


def test_nothing_outside_operations_writes() -> None:
    found = [
        line
        for path in python_files(STATION)
        if not is_allowed(name_of(path))
        for line in writes(path.read_text("utf-8"), place=name_of(path))
    ]

    assert not found, "\n".join(["", *found])


def test_the_list_of_exceptions_names_only_what_exists() -> None:
    gone = [
        entry
        for entry in ALLOWED
        if STATION.exists() and any(STATION.rglob("*.py")) and not (ROOT / entry).exists()
    ]

    assert not gone, "\n".join(["", *gone])


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("lead.save()", ".save() outside operations"),
        ("lead.save(update_fields=['state'])", ".save() outside operations"),
        ("Lead.objects.create(number=1)", ".create() outside operations"),
        ("Lead.objects.bulk_create(rows)", ".bulk_create() outside operations"),
        ("Lead.objects.get_or_create(number=1)", ".get_or_create() outside operations"),
        ("Lead.objects.filter(pk=1).update(state='accepted')", ".update() outside operations"),
        ("Lead.objects.filter(pk=1).delete()", ".delete() outside operations"),
        ("await lead.asave()", ".asave() outside operations"),
        ("form.save()", ".save() outside operations"),
        ("cursor.execute('INSERT INTO lead VALUES (1)')", "SQL that writes: INSERT INTO"),
        ("SQL = '''\n  update station_lead set state = %s'''", "SQL that writes: UPDATE STATION_LEAD SET"),
        ("cursor.execute('delete from lead')", "SQL that writes: DELETE FROM"),
    ],
)
def test_a_write_elsewhere_is_refused_with_its_place(source: str, complaint: str) -> None:
    assert writes(source, place="views.py") == [f"views.py:1: {complaint}"]


@pytest.mark.parametrize(
    "source",
    [
        "digest.update(block)",
        "context.update({'a': 1})",
        "rows = Lead.objects.filter(state='open')",
        "cursor.execute('SELECT 1')",
        "'''Update the page, delete from view.'''",
        "class M:\n    def save(self): super().save()",
    ],
)
def test_a_read_is_let_through(source: str) -> None:
    assert writes(source, place="views.py") == []


@pytest.mark.parametrize(
    "place",
    [
        "src/kaval/station/views/leads.py",
        "src/kaval/station/audit/other.py",
        "src/kaval/station/queries/operations.py",
    ],
)
def test_a_place_that_only_sounds_like_operations_is_not_excused(place: str) -> None:
    assert not is_allowed(place)
