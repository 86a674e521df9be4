"""The six figures of an operation, counted from its rows by SQL alone."""

from __future__ import annotations

from tests.homes import Home

_SQL = """
SELECT (SELECT count(DISTINCT site_id) FROM station_fieldevent WHERE kind = 'at_door'),
       (SELECT count(DISTINCT team_id) FROM station_fieldevent WHERE kind = 'at_door'),
       (SELECT count(*) FROM station_exhibit),
       (SELECT count(*) FROM station_crime),
       (SELECT count(*) FROM station_seizurereport),
       (SELECT count(*) FROM station_arrest)
"""
_NAMES = ("places", "teams", "devices", "cases", "seizure_reports", "arrests")


def counted(home: Home) -> dict[str, int]:
    """Places reached, teams that reached one, devices, crimes, seizure reports, arrests."""
    return dict(zip(_NAMES, home.rows(_SQL)[0], strict=True))
