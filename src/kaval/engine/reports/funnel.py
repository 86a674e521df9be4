"""The funnel from reports to findings, step by step, each step with the thing it counts.

Things differ, so it has no total. NCMEC's referrals and informational reports are rows of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kaval.engine.reports._spec import Report, ReportColumn, ReportSpec
from kaval.engine.rules.statistics.funnel import FunnelFigure


@dataclass(frozen=True, slots=True)
class FunnelFacts:
    """The counted steps and the instant they are true of."""

    as_of: datetime
    figures: tuple[FunnelFigure, ...]


_COLUMNS = (
    ReportColumn("step", "Step", "ഘട്ടം", "name", "The step of the way of a lead.", "ലീഡിന്റെ വഴിയിലെ ഘട്ടം."),
    ReportColumn(
        "unit", "Counts", "എണ്ണുന്നത്", "name", "The kind of thing this step counts.", "ഈ ഘട്ടം എണ്ണുന്ന ഇനം."
    ),
    ReportColumn(
        "count",
        "Number",
        "എണ്ണം",
        "see the column Counts",
        "Distinct things of that kind.",
        "ആ ഇനത്തിലെ വ്യത്യസ്ത എണ്ണം.",
    ),
    ReportColumn(
        "share",
        "Share of the step before",
        "മുൻ ഘട്ടത്തിലെ പങ്ക്",
        "percent",
        "Empty where the step before counts another kind of thing or is empty.",
        "മുൻ ഘട്ടം മറ്റൊരു ഇനം എണ്ണുമ്പോഴോ ശൂന്യമാകുമ്പോഴോ ഒഴിഞ്ഞിരിക്കും.",
    ),
    ReportColumn(
        "meaning", "Meaning", "അർത്ഥം", "text", "What is counted in this step.", "ഈ ഘട്ടത്തിൽ എണ്ണുന്നത് എന്ത് എന്നത്."
    ),
)


def build(facts: FunnelFacts) -> Report:
    """One row per step; shares in percent with one decimal."""
    rows = tuple(
        (
            figure.stage.name_en,
            figure.stage.unit,
            figure.count,
            None if figure.share_of_previous is None else round(100 * figure.share_of_previous, 1),
            figure.stage.text_en,
        )
        for figure in facts.figures
    )
    return Report(SPEC.id, SPEC.title_en, SPEC.title_ml, facts.as_of, _COLUMNS, rows)


SPEC = ReportSpec(
    id="funnel",
    title_en="From reports to findings",
    title_ml="റിപ്പോർട്ടുകളിൽ നിന്ന് കണ്ടെത്തലുകളിലേക്ക്",
    facts_type=FunnelFacts,
    build=build,
)
