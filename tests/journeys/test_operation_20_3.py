"""The operation 20.3, played whole and counted from its rows: the figures that were published for it."""

from __future__ import annotations

import pytest

from tests.homes import new_home
from tests.journeys.counted import counted

PUBLISHED = {
    "places": 596,
    "teams": 320,
    "devices": 392,
    "cases": 339,
    "seizure_reports": 18,
    "arrests": 41,
}


@pytest.mark.slow
def test_counting_the_rows_of_20_3_gives_its_figures() -> None:
    with new_home() as home:
        summary = home.demo("20.3", timeout_s=900)
        assert counted(home) == PUBLISHED
        assert {name: summary[name] for name in PUBLISHED} == PUBLISHED
        assert summary["wrong_doors"] == 0
        assert summary["false_matches"] == 0
        assert home.run("ledger", "verify", home.ledger).stdout.count("entries verify") == 1
