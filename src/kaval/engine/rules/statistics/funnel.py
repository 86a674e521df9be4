"""The funnel from reports to findings: how many of each thing, and what kind of thing each step counts.

Steps count different things (reports, persons, addresses, devices), so a ratio between steps is given only
where both count the same thing. NCMEC's referrals and informational reports are steps of a unit each: neither
is a share of the other, and no row holds their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.statistics.handling import HANDLING


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """One step: its key, the thing it counts, and what it means."""

    key: str
    unit: str
    name_en: str
    name_ml: str
    text_en: str


@dataclass(frozen=True, slots=True)
class FunnelFigure:
    """How many a step holds; `share_of_previous` is None where the step before counts another thing or is
    empty.
    """

    stage: FunnelStage
    count: int
    share_of_previous: float | None


STAGES: tuple[FunnelStage, ...] = (
    FunnelStage(
        "received",
        "report",
        "Reports received",
        "ലഭിച്ച റിപ്പോർട്ടുകൾ",
        "Reports of every source sealed on arrival, doubles included.",
    ),
    FunnelStage(
        "distinct",
        "report",
        "Distinct reports",
        "വ്യത്യസ്ത റിപ്പോർട്ടുകൾ",
        "Reports of every source that are not the same report again.",
    ),
    FunnelStage(
        "accepted", "report", "Reports accepted", "സ്വീകരിച്ച റിപ്പോർട്ടുകൾ", "Distinct reports accepted as leads."
    ),
    *(FunnelStage(f"ncmec_{d.key}", d.unit, d.name_en, d.name_ml, d.text_en) for d in HANDLING),
    FunnelStage(
        "subjects",
        "subject",
        "Subjects",
        "ബന്ധിപ്പിച്ച ലീഡ് കൂട്ടങ്ങൾ",
        "Subjects that accepted reports were linked to. Not persons.",
    ),
    FunnelStage(
        "asked",
        "observation",
        "Observations asked about",
        "ചോദിച്ച നിരീക്ഷണങ്ങൾ",
        "Observations sent to a provider.",
    ),
    FunnelStage(
        "answered",
        "observation",
        "Observations answered",
        "മറുപടി ലഭിച്ച നിരീക്ഷണങ്ങൾ",
        "Observations for which a provider named exactly one subscriber.",
    ),
    FunnelStage(
        "premises",
        "place",
        "Places at level 2",
        "രണ്ടാം തലത്തിലെ സ്ഥലങ്ങൾ",
        "Places that passed every check to level 2.",
    ),
    FunnelStage("planned", "place", "Places planned", "ആസൂത്രണം ചെയ്ത സ്ഥലങ്ങൾ", "Places in the approved plan."),
    FunnelStage(
        "reached", "place", "Places searched", "പരിശോധന നടന്ന സ്ഥലങ്ങൾ", "Places whose door a team reached."
    ),
    FunnelStage(
        "devices", "device", "Devices seized", "പിടിച്ചെടുത്ത ഉപകരണങ്ങൾ", "Devices seized at those places."
    ),
    FunnelStage(
        "examined", "device", "Devices examined", "പരിശോധിച്ച ഉപകരണങ്ങൾ", "Devices with a finished examination."
    ),
    FunnelStage(
        "findings", "device", "Devices with a finding", "കണ്ടെത്തലുള്ള ഉപകരണങ്ങൾ", "Devices with a graded finding."
    ),
)


def count_funnel(members: Mapping[str, Iterable[str]]) -> tuple[FunnelFigure, ...]:
    """The steps in order, each with the number of distinct ids it holds; a step with no entry is left out.

    Raises:
        RefusedError: a key that is no step (FUNNEL-STAGE).
    """
    unknown = sorted(set(members) - {stage.key for stage in STAGES})
    if unknown:
        raise RefusedError("FUNNEL-STAGE", f"no step is called {', '.join(unknown)}")
    figures: list[FunnelFigure] = []
    for stage in STAGES:
        if stage.key not in members:
            continue
        count = len(set(members[stage.key]))
        previous = figures[-1] if figures else None
        comparable = previous is not None and previous.stage.unit == stage.unit and previous.count > 0
        figures.append(
            FunnelFigure(stage, count, count / previous.count if previous and comparable else None)
        )
    return tuple(figures)
