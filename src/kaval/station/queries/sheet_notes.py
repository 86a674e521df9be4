"""What people put on record about an attribution: overrides, explanations, corroboration, warnings, quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from kaval.engine.kernel.instant import IST
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court import sheet_facts as facts
from kaval.station import models
from kaval.station.queries.sheet_sources import Sources, officer_facts

Numbers = Mapping[str, int]
_SAYS = facts.SaidFacts("The provider says in its answer", "സേവനദാതാവ് മറുപടിയിൽ പറയുന്നത്")


def lifted_of(row: models.Attribution, numbers: Numbers, sources: Sources) -> tuple[facts.LiftedFacts, ...]:
    """Every override of the subject, also one withdrawn, oldest first."""
    rows = list(
        models.CheckOverride.objects.filter(subject=row.subject).select_related("by").order_by("at", "pk")
    )
    sources.load(one.pk for one in rows)
    used = {_key(one.get("check"), one.get("by")) for one in row.overridden if isinstance(one, Mapping)}
    return tuple(
        facts.LiftedFacts(
            one.check_id,
            facts.NoteFacts(
                one.text,
                officer_facts(one.by),
                one.at,
                sources.of(one.pk),
                numbers.get(str(one.observation_id)),
            ),
            one.rank,
            withdrawn=one.withdrawn_at is not None,
            counted=_key(one.check_id, one.by.number) in used,
        )
        for one in rows
    )


def explained_of(row: models.Attribution, numbers: Numbers, sources: Sources) -> tuple[facts.NoteFacts, ...]:
    """Why observations point to other customers, by name (A-41)."""
    rows = list(
        models.ContradictionNote.objects.filter(subject=row.subject).select_related("by").order_by("at", "pk")
    )
    sources.load(one.pk for one in rows)
    return tuple(
        facts.NoteFacts(
            one.text, officer_facts(one.by), one.at, sources.of(one.pk), numbers.get(str(one.observation_id))
        )
        for one in rows
    )


def ties_of(row: models.Attribution, sources: Sources) -> tuple[facts.TieFacts, ...]:
    """Facts beyond addresses, each with its sealed source where it has one (A-42)."""
    rows = list(
        models.CorroborationNote.objects.filter(subject=row.subject)
        .select_related("by", "sealed")
        .order_by("at", "pk")
    )
    sources.load(one.pk for one in rows)
    return tuple(
        facts.TieFacts(
            one.kind,
            facts.NoteFacts(
                one.text,
                officer_facts(one.by),
                one.at,
                SourceRef(one.sealed.sha256, one.locator) if one.sealed else sources.of(one.pk),
            ),
        )
        for one in rows
    )


def around_of(row: models.Attribution, sources: Sources) -> facts.AskedAroundFacts | None:
    """The newest answer to the question who else holds the identifiers (A-50)."""
    one = (
        models.DeconflictionNote.objects.filter(subject=row.subject)
        .select_related("by")
        .order_by("-at", "-pk")
        .first()
    )
    if one is None:
        return None
    note = facts.NoteFacts(one.reference, officer_facts(one.by), one.at, sources.of(one.pk))
    return facts.AskedAroundFacts(one.asked, one.conflict, note)


def caveats_of(row: models.Attribution, sources: Sources) -> tuple[facts.CaveatFacts, ...]:
    """The provider's warnings in the files it rests on, then what the unit knows of its answers at those times."""
    if row.provider is None:
        return ()
    digests = [str(one.get("digest")) for one in row.basis if isinstance(one, Mapping)]
    files = models.AnswerFile.objects.filter(provider=row.provider, sealed__sha256__in=digests)
    said = [
        facts.CaveatFacts(_SAYS, str(text), SourceRef(one.sealed.sha256, ""))
        for one in files.select_related("sealed").order_by("at", "pk")
        for text in one.caveats or ()
    ]
    quirks = list(
        models.ProviderQuirk.objects.filter(provider=row.provider).order_by("valid_from", "code", "pk")
    )
    events = _events(row)
    sources.load(one.pk for one in quirks)
    known = [
        facts.CaveatFacts(_known(one), one.text, sources.of(one.pk)) for one in quirks if _holds(one, events)
    ]
    return (*said, *known)


def held_back_of(row: models.Attribution, sources: Sources) -> tuple[facts.HeldBackFacts, ...]:
    """The quarantines that hold it now (A-61)."""
    rows = list(
        models.Quarantine.objects.filter(attribution=row, lifted_at=None)
        .select_related("error")
        .order_by("at", "pk")
    )
    sources.load(one.error_id for one in rows)
    return tuple(
        facts.HeldBackFacts(one.shared, one.reference, one.error.number, one.at, sources.of(one.error_id))
        for one in rows
    )


def _key(check: object, by: object) -> tuple[str, str]:
    return str(check), str(by)


def _events(row: models.Attribution) -> list[datetime]:
    found = models.Observation.objects.filter(pk__in=row.support, at__isnull=False).values_list(
        "at", flat=True
    )
    return [at for at in found if at is not None]


def _holds(quirk: models.ProviderQuirk, events: Iterable[datetime]) -> bool:
    """Whether it was known of the time of an event, or stands now when no event is known."""
    days = [at.astimezone(IST).date() for at in events]
    if not days:
        return quirk.valid_until is None
    return any(
        quirk.valid_from <= day and (quirk.valid_until is None or day <= quirk.valid_until) for day in days
    )


def _known(quirk: models.ProviderQuirk) -> facts.SaidFacts:
    until = quirk.valid_until.isoformat() if quirk.valid_until else None
    since = quirk.valid_from.isoformat()
    return facts.SaidFacts(
        f"Known of its answers since {since}{f' until {until}' if until else ''}",
        f"മറുപടികളെക്കുറിച്ച് അറിയാവുന്നത് ({since} മുതൽ{f' {until} വരെ' if until else ''})",
    )
