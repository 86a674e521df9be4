"""NCMEC's own sorting of its reports: three counts that are never one number.

NCMEC publishes referrals and informational reports apart since 2024, and some of its own tables hold
referrals only: a sum of both is comparable with nothing (law_and_procedure.md 1.9, S26b). A report whose
sorting nobody stated is neither. Other sources have no such sorting and are not counted here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.statistics.figures import Count, Definition

SOURCE_SYSTEM = "ncmec"


class Referrals(Count):
    """NCMEC reports called referrals."""

    __slots__ = ()


class InformationalReports(Count):
    """NCMEC reports called informational."""

    __slots__ = ()


class UnsortedReports(Count):
    """NCMEC reports of which nobody said which they are."""

    __slots__ = ()


_ALONE = "Counted by itself: referrals and informational reports are not one population and are not added."
_ALONE_ML = "വേറെയായി എണ്ണുന്നു: റെഫറലുകളും വിവരാർത്ഥ റിപ്പോർട്ടുകളും ഒരേ കൂട്ടമല്ല; കൂട്ടുന്നില്ല."

HANDLING: tuple[Definition, ...] = (
    Definition(
        "referral",
        "NCMEC reports: referrals",
        "എൻസിഎംഇസി റിപ്പോർട്ടുകൾ: റെഫറലുകൾ",
        "NCMEC referral",
        f"Distinct NCMEC reports that say that they are referrals. {_ALONE}",
        f"റെഫറൽ എന്ന് പറയുന്ന വ്യത്യസ്ത എൻസിഎംഇസി റിപ്പോർട്ടുകൾ. {_ALONE_ML}",
    ),
    Definition(
        "informational",
        "NCMEC reports: informational",
        "എൻസിഎംഇസി റിപ്പോർട്ടുകൾ: വിവരാർത്ഥം",
        "NCMEC informational report",
        f"Distinct NCMEC reports that say that they are informational. {_ALONE}",
        f"വിവരാർത്ഥം എന്ന് പറയുന്ന വ്യത്യസ്ത എൻസിഎംഇസി റിപ്പോർട്ടുകൾ. {_ALONE_ML}",
    ),
    Definition(
        "not_stated",
        "NCMEC reports: not stated",
        "എൻസിഎംഇസി റിപ്പോർട്ടുകൾ: പറഞ്ഞിട്ടില്ല",
        "NCMEC report of unstated handling",
        f"Distinct NCMEC reports that do not say which of the two they are. {_ALONE}",
        f"ഇവയിൽ ഏതെന്ന് പറയാത്ത വ്യത്യസ്ത എൻസിഎംഇസി റിപ്പോർട്ടുകൾ. {_ALONE_ML}",
    ),
)


@dataclass(frozen=True, slots=True)
class ReportsByHandling:
    """The three counts. There is no total, and adding two of them is a TypeError."""

    referral: Referrals
    informational: InformationalReports
    not_stated: UnsortedReports

    def value(self, key: str) -> int:
        """The plain number under a definition's key.

        Raises:
            KeyError: no definition has this key.
        """
        counts: dict[str, Count] = {
            "referral": self.referral,
            "informational": self.informational,
            "not_stated": self.not_stated,
        }
        return counts[key].value


def by_handling(counted: Iterable[tuple[str, int]]) -> ReportsByHandling:
    """The counts of NCMEC reports from (handling as stored, how many); empty handling is not stated.

    Raises:
        RefusedError: a handling that is none of the three (HANDLING), or one that comes twice.
    """
    found: dict[str, int] = {}
    for handling, number in counted:
        if handling not in ("referral", "informational", "") or handling in found:
            raise RefusedError("HANDLING", f"{handling!r} is no handling, or was counted before")
        found[handling] = number
    return ReportsByHandling(
        Referrals(found.get("referral", 0)),
        InformationalReports(found.get("informational", 0)),
        UnsortedReports(found.get("", 0)),
    )
