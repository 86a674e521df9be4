"""A port as somebody wrote it."""

from __future__ import annotations


def port_of(text: str) -> int | None:
    """A port from 1 to 65535 in at most five ASCII figures; None for anything else, and for no text.

    >>> port_of("443"), port_of("00443"), port_of("65536"), port_of("٤٤٣"), port_of("")
    (443, 443, None, None, None)
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        return None
    port = int(text)
    return port if 1 <= port <= 65535 else None
