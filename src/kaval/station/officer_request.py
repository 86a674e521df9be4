"""What pages and the interface for programs are given by the gate: a request with the officer who asks."""

from __future__ import annotations

from django.http import HttpRequest

from kaval.station.models import Officer


class OfficerRequest(HttpRequest):
    """A request that passed the gate: `officer` is who asks."""

    officer: Officer
