"""A shared copy holds only what the agreement names; names of people below level 4 never leave (A-65).

Source: law_and_procedure.md A-65, 1.8. What is withheld is listed by field and reason, so that the partner
knows that something is missing and the releasing officer sees what is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kaval.engine.kernel.reason import Reason

# Fields that identify a person or a home; a partner sees them only from level 4 and only when the agreement names them.
IDENTIFYING = frozenset(
    {
        "name",
        "address",
        "house_name",
        "door_number",
        "ward",
        "phone",
        "email",
        "customer_ref",
        "latitude",
        "longitude",
        "birth_year",
        "subscriber",
    }
)
# Fields that identify a child; no agreement opens them here.
SEALED = frozenset({"child_name", "child_address", "child_school", "child_relation"})


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """What goes out, and what was withheld as (field, reason), both sorted by field."""

    shared: tuple[tuple[str, str], ...]
    withheld: tuple[tuple[str, Reason], ...]


def share(record: Mapping[str, str], *, agreed: Collection[str], level: int) -> SharedCopy:
    """The copy of one record for a partner whose agreement names the fields `agreed`; `level` is the
    attribution's."""
    shared, withheld = [], []
    for name in sorted(record):
        why = _withhold(name, agreed, level)
        if why is None:
            shared.append((name, record[name]))
        else:
            withheld.append((name, why))
    return SharedCopy(tuple(shared), tuple(withheld))


def _withhold(name: str, agreed: Collection[str], level: int) -> Reason | None:
    if name in SEALED:
        return Reason("A-65", "It identifies a child.", "കുട്ടിയെ തിരിച്ചറിയാനിടയാക്കും.")
    if name in IDENTIFYING and level < 4:
        return Reason("A-65", "It identifies a person below level 4.", "ലെവൽ 4-ൽ താഴെ ആളെ തിരിച്ചറിയാനിടയാക്കും.")
    if name not in agreed:
        return Reason("E-AGREED", "The agreement does not name this field.", "കരാറിൽ ഈ വിവരം പറഞ്ഞിട്ടില്ല.")
    return None
