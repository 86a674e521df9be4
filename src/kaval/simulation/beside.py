"""What a unit has on record beside the reports: dated lists of ranges, what others said when they were asked, facts
that tie a person to a place without an address, how the answers came.

None of it tells who passes: the lists are the same for all, and a fact is noted for everybody whom file-sharing
monitors alone report.
"""

from __future__ import annotations

from datetime import timedelta

from kaval.simulation.cast import Cast
from kaval.simulation.figures import Figures
from kaval.simulation.folder import Folder
from kaval.simulation.inbox import Inbox
from kaval.simulation.isps import ISPS

LISTED = ("kind", "name", "dated", "cidr", "valid_until", "source")
CORROBORATION = ("source_system", "source_id", "kind", "text")
DECONFLICTION = ("asked", "conflict", "reference")
RECEIVED = ("isp_id", "channel_agreed", "certificate")
SOURCE = "Kaval synthetic list"

# Days before the field day on which lists were handed over; each speaks for thirty days on either side.
_LIST_DAYS = (-135, -80, -30)
_AWAY = (
    ("hosting", "example-hosting", "203.0.113.0/24"),
    ("vpn", "example-vpn", "198.51.100.0/26"),
    ("relay", "example-relays", "198.51.100.64/28"),
)
_OURS = ("own", "own-lines", "2022-01-01", "192.0.2.0/24", "", SOURCE)
_FACTS = (
    ("profile", "The nickname set in the client is the public name of a profile that names this place."),
    ("device", "The client's own number is on a device that was registered for repair under this address."),
    ("payment_delivery", "A delivery to this address was paid from the account that bought the client."),
)
_ASKED = "national deconfliction desk; neighbouring states; undercover units; known victims' accounts"


def put_lists(folder: Folder, figures: Figures) -> None:
    """Writes station/lists/: one file for each day lists were handed over, and the unit's own lines."""
    for days in _LIST_DAYS:
        dated = (figures.field_day + timedelta(days=days)).isoformat()
        rows = [[kind, name, dated, cidr, "", SOURCE] for kind, name, cidr in _AWAY]
        folder.csv(f"station/lists/away-{dated}.csv", LISTED, rows=rows)
    folder.csv("station/lists/own.csv", LISTED, rows=[_OURS])


def put_record(folder: Folder, cast: Cast, inbox: Inbox) -> None:
    """Writes station/corroboration.csv, deconfliction.csv and received.csv."""
    alone = {person.person_id for person in cast.offenders if person.channels == ("p2p",)}
    first: dict[str, list[str]] = {}
    for system, source_id, row in sorted(inbox.rows, key=lambda each: each[:2]):
        person = row.person.person_id
        if person in alone and person not in first:
            first[person] = [system, source_id, *_FACTS[len(first) % len(_FACTS)]]
    folder.csv("station/corroboration.csv", CORROBORATION, rows=first.values())
    folder.csv("station/deconfliction.csv", DECONFLICTION, rows=[(_ASKED, "no", "")])
    folder.csv("station/received.csv", RECEIVED, rows=[(isp, "yes", "received") for isp in sorted(ISPS)])
