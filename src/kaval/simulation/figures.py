"""What each named operation must add up to: the one table of figures in the simulation.

The world is *built* so that counting its rows gives these numbers; the station never sees them.
20.3 and 23.1 follow publicly reported totals of two operations, the others are our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SIMULATOR_VERSION = "3"
# What is drawn stays the same while nothing is drawn differently, whatever else a version adds.
DRAWS_VERSION = "1"
TWISTS_VERSION = "2"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one operation; counts are exact where the contract table names them.

    `districts` empty means all twenty. `extra` is the number of offenders who must not pass attribution.
    `bystanders` is the number of innocent lines that stand next to the true ones in provider answers.
    `twists`: the ways in which reports mislead are all there (`twists.py`), and truth/ tells of them; `crowd`
    is then how many further people tiplines and file-sharing monitors name, none of whom passes attribution.
    """

    operation: str
    name: str
    name_ml: str
    field_day: date
    sites: int
    withdrawn: int
    deferred: int
    teams: int
    devices: int
    cases: int
    seizure_reports: int
    arrests: int
    cybertips: int
    p2p_rows: int
    register_rows: int
    tips: int
    extra: int
    bystanders: int
    images: tuple[str, ...]
    stations: tuple[int, int] = (6, 8)
    districts: tuple[str, ...] = ()
    twists: bool = False
    crowd: tuple[int, int] = (0, 0)

    @property
    def version(self) -> str:
        """Of the simulator that writes this operation; a world of another version is written again."""
        return f"{SIMULATOR_VERSION}.{TWISTS_VERSION}" if self.twists else SIMULATOR_VERSION

    @property
    def places(self) -> int:
        """Doors reached on the field day: sites planned less those withdrawn or deferred before."""
        return self.sites - self.withdrawn - self.deferred

    @property
    def code(self) -> str:
        """The code printed on every paper, so that no training paper passes for a real one."""
        return f"TRAINING {self.operation}"


_EIGHT = ("ext4", "vfat", "ntfs", "ext4", "vfat", "ntfs", "ext4", "vfat")

FIGURES: dict[str, Figures] = {
    figures.operation: figures
    for figures in (
        Figures(
            operation="small",
            name="Training operation, small",
            name_ml="പരിശീലന ദൗത്യം, ചെറുത്",
            field_day=date(2026, 3, 1),
            sites=14,
            withdrawn=1,
            deferred=0,
            teams=6,
            devices=9,
            cases=6,
            seizure_reports=2,
            arrests=2,
            cybertips=40,
            p2p_rows=60,
            register_rows=10,
            tips=5,
            extra=8,
            bystanders=40,
            images=("ext4", "vfat", "ntfs"),
            stations=(3, 3),
            districts=("KCC", "TSRC", "KKDC"),
        ),
        Figures(
            operation="linking",
            name="Training operation, linking",
            name_ml="പരിശീലന ദൗത്യം, ബന്ധിപ്പിക്കൽ",
            field_day=date(2026, 3, 15),
            sites=14,
            withdrawn=1,
            deferred=0,
            teams=6,
            devices=9,
            cases=6,
            seizure_reports=2,
            arrests=2,
            cybertips=1600,
            p2p_rows=1300,
            register_rows=60,
            tips=40,
            extra=24,
            bystanders=400,
            images=("vfat",),
            stations=(3, 3),
            districts=("KCC", "TSRC", "KKDC"),
            twists=True,
            crowd=(440, 150),
        ),
        Figures(
            operation="20.3",
            name="Training operation 20.3",
            name_ml="പരിശീലന ദൗത്യം 20.3",
            field_day=date(2026, 1, 18),
            sites=600,
            withdrawn=2,
            deferred=2,
            teams=320,
            devices=392,
            cases=339,
            seizure_reports=18,
            arrests=41,
            cybertips=1400,
            p2p_rows=2500,
            register_rows=200,
            tips=60,
            extra=72,
            bystanders=1500,
            images=_EIGHT,
        ),
        Figures(
            operation="23.1",
            name="Training operation 23.1",
            name_ml="പരിശീലന ദൗത്യം 23.1",
            field_day=date(2026, 2, 22),
            sites=862,
            withdrawn=2,
            deferred=2,
            teams=280,
            devices=270,
            cases=142,
            seizure_reports=66,
            arrests=12,
            cybertips=2000,
            p2p_rows=3600,
            register_rows=240,
            tips=80,
            extra=104,
            bystanders=2100,
            images=_EIGHT,
        ),
        Figures(
            operation="state",
            name="Training operation, whole state",
            name_ml="പരിശീലന ദൗത്യം, സംസ്ഥാനം",
            field_day=date(2026, 4, 12),
            sites=2000,
            withdrawn=6,
            deferred=8,
            teams=600,
            devices=1300,
            cases=900,
            seizure_reports=110,
            arrests=120,
            cybertips=40000,
            p2p_rows=58500,
            register_rows=1000,
            tips=500,
            extra=240,
            bystanders=6000,
            images=_EIGHT,
            twists=True,
            crowd=(6000, 5000),
        ),
    )
}

OPERATIONS: tuple[str, ...] = tuple(FIGURES)
