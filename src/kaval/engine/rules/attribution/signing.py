"""On what a provider is asked, and whether this officer may sign it: by the dated table `request_basis`.

The table holds the least rank for each basis and says who has checked it; a unit changes it there, not here
(law_and_procedure.md 1.3). A court's summons names the court and its number, because without them it is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kaval.engine.kernel.reason import Reason
from kaval.engine.reference.load import load
from kaval.engine.rules.attribution.rank import rank_at_least

TABLE: Final = "request_basis"
NEEDS_AUTHORITY: Final = frozenset({"BNSS_94_COURT"})
# As the order, the register and the document cite it.
CITED: Final[Mapping[str, str]] = {"BNSS_94": "BNSS 94", "BNSS_94_COURT": "BNSS 94 (court)"}


@dataclass(frozen=True, slots=True)
class Basis:
    """A basis of requests on a day: how it is cited, the least rank that signs, and who compared it with the law
    (`unverified`: nobody)."""

    code: str
    cited: str
    least_rank: str
    checked_by: str


def bases_on(day: date) -> tuple[Basis, ...]:
    """The bases that hold on a day, in the order of the table."""
    return tuple(
        Basis(one.id, CITED[one.id], str(one.value), one.checked_by)
        for one in load(TABLE).entries
        if one.holds_on(day)
    )


def refused_signature(basis: str, *, rank: str, authority: str, on: date) -> Reason | None:
    """Why an officer of this rank may not sign a request on this basis and authority; None: nothing stands against it.

    `authority` is what the order rests on in words (a court and its number); empty: not stated.
    """
    found = next((one for one in bases_on(on) if one.code == basis), None)
    if found is None:
        return Reason(
            "G-BASIS",
            f"{basis!r} is no basis of a request on this day",
            "ഈ ദിവസം ഇങ്ങനെയൊരു നിയമപരമായ അടിസ്ഥാനമില്ല",
        )
    if not rank_at_least(rank, found.least_rank):
        return Reason(
            "G-RANK",
            f"{found.cited} is signed by {found.least_rank} or above, and the officer's rank is {rank or 'not stated'}",
            f"{found.cited} പ്രകാരമുള്ള ഉത്തരവിൽ ഒപ്പിടേണ്ടത് {found.least_rank} അഥവാ അതിനു മുകളിലുള്ള ഉദ്യോഗസ്ഥനാണ്",
        )
    if basis in NEEDS_AUTHORITY and not authority.strip():
        return Reason(
            "G-AUTHORITY",
            "name the court and the number of its summons",
            "കോടതിയുടെ പേരും സമൻസിന്റെ നമ്പറും രേഖപ്പെടുത്തുക",
        )
    return None
