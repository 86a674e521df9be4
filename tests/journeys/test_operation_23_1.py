"""The operation 23.1, played whole and counted from its rows: the figures that were published for it."""

from __future__ import annotations

import pytest

from tests.homes import new_home
from tests.journeys.counted import counted

PUBLISHED = {
    "places": 858,
    "teams": 280,
    "devices": 270,
    "cases": 142,
    "seizure_reports": 66,
    "arrests": 12,
}


@pytest.mark.slow
def test_counting_the_rows_of_23_1_gives_its_figures() -> None:
    with new_home() as home:
        summary = home.demo("23.1", timeout_s=900)
        assert counted(home) == PUBLISHED
        assert {name: summary[name] for name in PUBLISHED} == PUBLISHED
        assert summary["wrong_doors"] == 0
        assert summary["false_matches"] == 0
        assert home.run("ledger", "verify", home.ledger).stdout.count("entries verify") == 1
