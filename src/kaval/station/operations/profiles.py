"""Confirming what a sender's layout means: a person takes responsibility, and a change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from kaval.engine.formats import profile as profiles
from kaval.engine.kernel.digest import content_digest
from kaval.engine.kernel.errors import ReaderError, RefusedError
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Officer, ReadingProfile

_LOCK = 0x6B61_7661_6C04  # "kaval", profiles


def confirm_profile(
    *, by: Officer, at: datetime, key: str, definition: Mapping[str, Any], name: str
) -> ReadingProfile:
    """Confirms a suggestion (in the JSON of `profile.suggestion_to_json`) as the next version of a profile.

    Raises:
        NotPermitted: the officer may not confirm profiles.
        RefusedError: a question is open, the suggestion is none, or the name cannot be one.
    """
    request = {"name": name, "definition": content_digest(definition)}
    with acting("confirm_profile", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ReadingProfile.objects.get(id=act.earlier)
        try:
            suggestion = profiles.suggestion_from_json(definition)
        except ReaderError as problem:
            raise RefusedError("profile_form", str(problem)) from problem
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = ReadingProfile.objects.filter(name=name).aggregate(last=Max("version"))["last"] or 0
        confirmed = profiles.confirmed(suggestion, name=name, version=last + 1, by=by.number, at=at)
        row = ReadingProfile(
            id=derive("profile", name, confirmed.version),
            name=name,
            version=confirmed.version,
            kind=confirmed.kind,
            definition=profiles.to_json(confirmed),
            confirmed_by=by,
            confirmed_at=at,
        )
        row.save(force_insert=True)
        act.about("profile", row.id)
        act.ledger(
            "profile_confirmed", {"version": row.version, "definition": content_digest(row.definition)}
        )
        return row
