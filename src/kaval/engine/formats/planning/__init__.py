"""Files of planning: the folder of an operation in; a plan out as JSON, tables, map and calendars, and back.

problem = read_problem({"operation.json": b"...", "places.csv": b"...", ...})
document = write_plan(plan, problem, seconds=12.0)     # plan_bytes(document) is the file
plan = read_plan(content)
plan = plan_of_stops(read_stops(edited, file="stops.xlsx"), plan, problem)
"""

from __future__ import annotations

from kaval.engine.formats.planning._workbook import Sheet, workbook
from kaval.engine.formats.planning.plan_calendar import team_calendar
from kaval.engine.formats.planning.plan_geojson import plan_geojson
from kaval.engine.formats.planning.plan_json import plan_bytes, read_plan, write_plan
from kaval.engine.formats.planning.plan_tables import plan_sheets, plan_xlsx, sheet_csv, stops_csv
from kaval.engine.formats.planning.problem import FILES, read_problem
from kaval.engine.formats.planning.stops_table import Listed, plan_of_stops, read_stops

__all__ = [
    "FILES",
    "Listed",
    "Sheet",
    "plan_bytes",
    "plan_geojson",
    "plan_of_stops",
    "plan_sheets",
    "plan_xlsx",
    "read_plan",
    "read_problem",
    "read_stops",
    "sheet_csv",
    "stops_csv",
    "team_calendar",
    "workbook",
    "write_plan",
]
