"""Figures of an operation by police district; the state is the sum of the districts."""

from __future__ import annotations

from kaval.engine.reports._spec import Cell, Report, ReportColumn, ReportSpec
from kaval.engine.rules.statistics.districts import POLICE_DISTRICTS
from kaval.engine.rules.statistics.figures import DEFINITIONS, OperationFigures


def build(facts: OperationFigures) -> Report:
    """One row per district in the order counted; an unknown district id is shown as it is."""
    columns = (
        ReportColumn(
            "district",
            "Police district",
            "പോലീസ് ജില്ല",
            "name",
            "The police district of the place.",
            "സ്ഥലം ഉൾപ്പെടുന്ന പോലീസ് ജില്ല.",
        ),
        *(
            ReportColumn(d.key, d.name_en, d.name_ml, d.unit, d.text_en, d.text_ml, summed=True)
            for d in DEFINITIONS
        ),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_name(row.district), *(row.value(d.key) for d in DEFINITIONS)) for row in facts.districts
    )
    return Report(
        SPEC.id,
        f"{SPEC.title_en}: {facts.operation}",
        f"{SPEC.title_ml}: {facts.operation}",
        facts.as_of,
        columns,
        rows,
    )


def _name(district: str) -> str:
    known = POLICE_DISTRICTS.get(district)
    return district if known is None else known.name_en


SPEC = ReportSpec(
    id="operation_counts",
    title_en="Figures of an operation",
    title_ml="ഓപ്പറേഷന്റെ കണക്കുകൾ",
    facts_type=OperationFigures,
    build=build,
)
