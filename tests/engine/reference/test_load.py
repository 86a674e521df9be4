"""A dated fact is complete, has a source, and follows its predecessor without overlap or gap."""

from __future__ import annotations

from datetime import date

import pytest

from kaval.engine.kernel.errors import ConfigurationError
from kaval.engine.reference.load import load, parse

HEAD = "table: t\nversion: '1'\nentries:\n"


def entry(start: str, end: str = "null", *, value: str = "730", id: str = "limit") -> str:
    return (
        f"  - {{id: {id}, value: {value}, unit: days, valid_from: {start}, valid_until: {end}, jurisdiction: IN,"
        " source: somewhere, checked_by: unverified}\n"
    )


@pytest.mark.parametrize("name", ["law_limits", "triage_weights"])
def test_the_delivered_tables_load_and_name_a_source_for_everything(name: str) -> None:
    table = load(name)
    assert table.name == name
    assert all(item.source and item.unit and item.checked_by for item in table.entries)


def test_the_retention_of_provider_records_is_two_years() -> None:
    assert load("law_limits").number("isp_record_retention", date(2026, 1, 18)) == 730


def test_a_number_of_a_day_is_the_one_that_held_then() -> None:
    table = parse(
        HEAD + entry("2020-01-01", "2020-12-31", value="1") + entry("2021-01-01", value="2"), name="t"
    )
    assert [table.number("limit", date(2020, 12, 31)), table.number("limit", date(2021, 1, 1))] == [1, 2]
    with pytest.raises(ConfigurationError, match="0 entries"):
        table.number("limit", date(2019, 12, 31))


@pytest.mark.parametrize("rows, problem", [
    (entry("2020-01-01", "2020-12-31") + entry("2020-12-31"), "overlap"),
    (entry("2020-01-01") + entry("2021-01-01"), "overlap"),
    (entry("2020-01-01", "2020-12-30") + entry("2021-01-01"), "gap from 2020-12-31"),
    (entry("2020-01-01", "2019-01-01"), "ends before"),
    (entry("soon"), "must be dates"),
    (entry("2020-01-01").replace("source: somewhere, ", ""), "missing .'source'."),
    (entry("2020-01-01").replace("unit: days", "unit: days, colour: red"), "unknown .'colour'."),
    ("  []\n", "no entries"),
])  # fmt: skip
def test_a_table_with_a_fault_is_refused(rows: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        parse(HEAD + rows, name="t")


@pytest.mark.parametrize("name", ["no_such_table", "../law_limits", ""])
def test_no_other_file_can_be_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no reference table"):
        load(name)


def test_a_text_is_no_number() -> None:
    table = parse(HEAD + entry("2020-01-01", value="'many'"), name="t")
    with pytest.raises(ConfigurationError, match="no number"):
        table.number("limit", date(2021, 1, 1))
