"""The filters of the queue that an officer keeps: his own and nobody else's."""

from __future__ import annotations

from typing import Final

from kaval.station.models import Officer, SavedView

DROPPED: Final = "~"
"""Begins the name of a view that was dropped: the station deletes no rows."""


def views_of(viewer: Officer) -> tuple[SavedView, ...]:
    """The viewer's views by name."""
    rows = SavedView.objects.filter(officer=viewer).exclude(name__startswith=DROPPED)
    return tuple(rows.order_by("name"))
