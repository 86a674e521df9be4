"""Seven kinds of number that cannot be mistaken for one another, and what each one means.

Adding cases to arrests is a type error for mypy and a TypeError at run time. The published totals of earlier
operations mixed persons, cases and reports (law_and_procedure.md 4.3); tests T2 and T3 come from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """A whole number of one kind of thing; never negative.

    Raises:
        ValueError: the number is negative.
    """

    value: int

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError(f"{type(self).__name__} cannot be {self.value}")

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            raise TypeError(
                f"{type(self).__name__} and {type(other).__name__} are different things and cannot be added"
            )
        return type(self)(self.value + other.value)

    def __str__(self) -> str:
        return str(self.value)


class Places(Count):
    """Places whose door a team reached."""

    __slots__ = ()


class Teams(Count):
    """Teams that carried out at least one stop."""

    __slots__ = ()


class Devices(Count):
    """Devices seized."""

    __slots__ = ()


class Cases(Count):
    """Crimes registered."""

    __slots__ = ()


class SeizureReports(Count):
    """Seizure reports without a crime."""

    __slots__ = ()


class Arrests(Count):
    """Persons arrested."""

    __slots__ = ()


class Reports(Count):
    """Incoming reports. Never called cases: one person may be named by many, and most name nobody."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure counts, in both languages; `key` is the field of DistrictFigures, `unit` the thing
    counted.
    """

    key: str
    name_en: str
    name_ml: str
    unit: str
    text_en: str
    text_ml: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "places",
        "Places searched",
        "പരിശോധന നടന്ന സ്ഥലങ്ങൾ",
        "place",
        "A place whose door a team reached on the day of the operation, whatever was found there. "
        "Places withdrawn or "
        "deferred before the door are not counted.",
        "പരിശോധനാദിവസം സംഘം വാതിൽക്കൽ എത്തിയ സ്ഥലം; അവിടെ എന്തു കണ്ടെത്തി എന്നത് ബാധകമല്ല. അതിനു മുമ്പ് പിൻവലിച്ചതോ "
        "മാറ്റിവച്ചതോ ആയ സ്ഥലങ്ങൾ എണ്ണിയിട്ടില്ല.",
    ),
    Definition(
        "teams",
        "Teams",
        "സംഘങ്ങൾ",
        "team",
        "A team that carried out at least one stop. It is counted once, in the police district of "
        "its first stop.",
        "ഒരു സ്ഥലത്തെങ്കിലും എത്തിയ സംഘം. ആദ്യം എത്തിയ പോലീസ് ജില്ലയിൽ ഒരു തവണ മാത്രം എണ്ണുന്നു.",
    ),
    Definition(
        "devices",
        "Devices seized",
        "പിടിച്ചെടുത്ത ഉപകരണങ്ങൾ",
        "device",
        "An exhibit that is a device (telephone, computer, tablet, storage medium) seized at one "
        "of the places counted.",
        "എണ്ണിയ സ്ഥലങ്ങളിൽ നിന്ന് പിടിച്ചെടുത്ത ഫോൺ, കമ്പ്യൂട്ടർ, ടാബ്‌ലെറ്റ്, സംഭരണ മാധ്യമം എന്നീ ഉപകരണങ്ങൾ.",
    ),
    Definition(
        "cases",
        "Crimes registered",
        "രജിസ്റ്റർ ചെയ്ത കേസുകൾ",
        "crime",
        "A crime registered from the operation up to the time stated. A seizure report that became "
        "a crime is counted "
        "here from that day, and no longer as a seizure report.",
        "പരിശോധനയുടെ തുടർച്ചയായി പറഞ്ഞ സമയം വരെ രജിസ്റ്റർ ചെയ്ത കേസ്. കേസായി മാറിയ പിടിച്ചെടുക്കൽ റിപ്പോർട്ട് ആ "
        "ദിവസം മുതൽ "
        "ഇവിടെ മാത്രം എണ്ണുന്നു.",
    ),
    Definition(
        "seizure_reports",
        "Seizure reports (BNSS 106)",
        "പിടിച്ചെടുക്കൽ റിപ്പോർട്ടുകൾ (BNSS 106)",
        "report",
        "A report of seizure to the Magistrate under BNSS 106 that has not become a crime by the "
        "time stated.",
        "പറഞ്ഞ സമയം വരെ കേസായി മാറിയിട്ടില്ലാത്ത, BNSS 106 പ്രകാരം മജിസ്ട്രേറ്റിന് നൽകിയ പിടിച്ചെടുക്കൽ റിപ്പോർട്ട്.",
    ),
    Definition(
        "arrests",
        "Persons arrested",
        "അറസ്റ്റിലായ വ്യക്തികൾ",
        "person",
        "A person arrested in the operation up to the time stated; a person is counted once.",
        "പറഞ്ഞ സമയം വരെ അറസ്റ്റിലായ വ്യക്തി; ഒരാളെ ഒരു തവണ മാത്രം എണ്ണുന്നു.",
    ),
)
"""What each figure of an operation counts; printed in the report and in the press note."""


@dataclass(frozen=True, slots=True)
class DistrictFigures:
    """The figures of one police district, or of the state; `district` is the district id or STATE."""

    district: str
    places: Places
    teams: Teams
    devices: Devices
    cases: Cases
    seizure_reports: SeizureReports
    arrests: Arrests

    def __add__(self, other: DistrictFigures) -> DistrictFigures:
        """The sum, kind by kind; the label of the left side stays."""
        return DistrictFigures(
            self.district,
            self.places + other.places,
            self.teams + other.teams,
            self.devices + other.devices,
            self.cases + other.cases,
            self.seizure_reports + other.seizure_reports,
            self.arrests + other.arrests,
        )

    def value(self, key: str) -> int:
        """The plain number under a definition's key.

        Raises:
            KeyError: no definition has this key.
        """
        count = {
            "places": self.places,
            "teams": self.teams,
            "devices": self.devices,
            "cases": self.cases,
            "seizure_reports": self.seizure_reports,
            "arrests": self.arrests,
        }[key]
        return count.value


@dataclass(frozen=True, slots=True)
class OperationFigures:
    """The figures of an operation as of an instant; the state is the sum of the districts, computed, never
    stored.
    """

    operation: str
    as_of: datetime
    districts: tuple[DistrictFigures, ...]

    @property
    def state(self) -> DistrictFigures:
        """The sum of the districts, labelled STATE."""
        total = nothing_counted("STATE")
        for district in self.districts:
            total = total + district
        return total


def nothing_counted(district: str) -> DistrictFigures:
    """A row of zeros for a district."""
    return DistrictFigures(district, Places(0), Teams(0), Devices(0), Cases(0), SeizureReports(0), Arrests(0))
