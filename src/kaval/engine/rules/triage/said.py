"""What the named fields of a report say that triage asks about, whichever of the known layouts they come from.

Only fields are read, never running text: what somebody wrote in words is for a person to read. A field that is not
there says nothing; the caller decides whether anybody could have said it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from kaval.engine.rules.leads.shape import Lead


class Sign(StrEnum):
    """What a field can say. REACH: a stated bond or access to the child. OPEN and PRIVATE: the kind of place it
    happened in. DEVICE: the file still carries a camera's own notes."""

    VICTIM = "victim"
    RECIPIENT = "recipient"
    REACH = "reach"
    SCHOOL = "school"
    CHILD_REGION = "child_region"
    OWN_REGION = "own_region"
    AGE = "age"
    BORN = "born"
    OPEN = "open"
    PRIVATE = "private"
    DEVICE = "device"
    WORK = "work"
    CHILDREN = "children"
    CONVICTED = "convicted"


_OPEN = ("webpageincident", "newsgroupincident", "peer2peerincident")
_PRIVATE = ("chatimincident", "emailincident", "cellphoneincident")
_OWN = ("personoruserreported", "reportedpersons")
_CHILD = ("victim/", "victim[", "victims/")
_REGION = re.compile(r"(?:estimatedlocation/region|nonusastate|/state)$")
_AGE = re.compile(r"(?:person(?:\[\d+\])?/age|/approximateage)$")
_DEVICE = re.compile(r"(?:^|/)details(?:\[\d+\])?/@type$")
_ENDS = (
    ("relationshiptochildvictim", Sign.REACH),
    ("accesstochildvictim", Sign.REACH),
    ("accesstochildren", Sign.CHILDREN),
    ("occupation", Sign.WORK),
    ("convictedsexoffender", Sign.CONVICTED),
    ("dateofbirth", Sign.BORN),
)
_NO = frozenset(("", "no", "false", "none", "n", "0", "null"))
_UNKNOWN = frozenset(("unknown", "n/a", "na", "not known", "undetermined", "-", "?"))
_BARE = frozenset((Sign.VICTIM, Sign.RECIPIENT, Sign.OPEN, Sign.PRIVATE))


@lru_cache(maxsize=8192)
def signs_of(key: str) -> tuple[Sign, ...]:
    """What a field of this name can say; empty for most. Names repeat from report to report, so they are kept."""
    folded = key.lower()
    if folded == "null_values":
        return ()
    found = [sign for end, sign in _ENDS if folded.endswith(end)]
    own = any(part in folded for part in _OWN)
    child = any(part in folded for part in _CHILD)
    if Sign.BORN in found and not own:
        found.remove(Sign.BORN)
    if child:
        found.append(Sign.VICTIM)
    if "intendedrecipient" in folded:
        found.append(Sign.RECIPIENT)
    if child and folded.endswith("schoolname"):
        found.append(Sign.SCHOOL)
    if (own or child) and _REGION.search(folded):
        found.append(Sign.CHILD_REGION if child else Sign.OWN_REGION)
    if own and _AGE.search(folded):
        found.append(Sign.AGE)
    if any(part in folded for part in _OPEN):
        found.append(Sign.OPEN)
    if any(part in folded for part in _PRIVATE):
        found.append(Sign.PRIVATE)
    if _DEVICE.search(folded):
        found.append(Sign.DEVICE)
    return tuple(found)


def said_by(leads: Iterable[Lead]) -> dict[Sign, frozenset[str]]:
    """For each sign the values that the leads state, folded; only signs that something is said about."""
    found: dict[Sign, set[str]] = {}
    for lead in leads:
        for bag in (lead.fields, lead.restricted):
            for key, value in bag.items():
                for sign in signs_of(key):
                    if sign in _BARE:
                        found.setdefault(sign, set()).add("")
                    elif (text := value.strip().casefold()) and text not in _UNKNOWN:
                        found.setdefault(sign, set()).add(text)
    return {sign: frozenset(values) for sign, values in found.items()}


def signs_in(lead: Lead) -> set[Sign]:
    """What the fields of one report can say by their names alone, whatever stands in them."""
    return {sign for bag in (lead.fields, lead.restricted) for key in bag for sign in signs_of(key)}


def yes(values: Iterable[str] | None) -> bool | None:
    """True when one value says yes or names something, False when all say no, None when nothing is said."""
    stated = list(values or ())
    return any(value not in _NO for value in stated) if stated else None
