"""A look at a place by the local station, and what follows from it: every attribution that names the place anew.

Two acts of other rooms, in one transaction: either both are kept or neither.
"""

from __future__ import annotations

from datetime import datetime

from kaval.station.audit import one_transaction
from kaval.station.models import Attribution, GroundVerification, Officer, Place
from kaval.station.operations import attribution
from kaval.station.operations.attribution import GroundLook


def look_at_place(
    *, by: Officer, at: datetime, key: str, place: Place, look: GroundLook
) -> GroundVerification:
    """Records the look (`verify_place`) and computes the attributions of the place's subjects again.

    Raises:
        RefusedError: what `verify_place` refuses.
    """
    with one_transaction():
        row = attribution.verify_place(by=by, at=at, key=key, place=place, look=look)
        subjects = Attribution.objects.filter(place=place).values_list("subject", flat=True)
        for subject in sorted(subjects):
            attribution.attribute_subject(by=by, at=at, key=f"{key} {subject}", subject=subject)
        return row
