"""What the station holds, in the keys of the outside world, for comparison with the truth of a synthetic state."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import F
from django.db.models.lookups import IsNull

from kaval.station.models import Attribution, Finding, Outcome, Subject, SubjectLead

Connection = tuple[str, str]


def entered_sites() -> dict[Connection, int]:
    """The sites that were entered, by (provider, customer), with their numbers."""
    rows = Outcome.objects.filter(entered=True).values_list(
        "site__place__provider__code", "site__place__customer_ref", "site__number"
    )
    return {(provider, customer): number for provider, customer, number in rows}


def outcome_by_place() -> dict[Connection, str]:
    """Why a planned site was not entered: outcome and reason, by (provider, customer)."""
    rows = Outcome.objects.filter(entered=False).values_list(
        "site__place__provider__code", "site__place__customer_ref", "code", "reason"
    )
    return {(provider, customer): f"{code}: {reason}" for provider, customer, code, reason in rows}


def passed_places() -> set[Connection]:
    """The connections attributed at level 2 or above."""
    rows = Attribution.objects.filter(level__gte=2, provider__isnull=False).values_list(
        "provider__code", "customer_ref"
    )
    return {(provider or "", customer) for provider, customer in rows}


def blocked_by_place() -> dict[Connection, str]:
    """The checks that kept a connection from being planned."""
    rows = Attribution.objects.filter(level__lt=2, provider__isnull=False).values_list(
        "provider__code", "customer_ref", "blocked_by"
    )
    return {
        (provider or "", customer): "blocked by " + ", ".join(checks) for provider, customer, checks in rows
    }


def subject_of_reports() -> dict[Connection, str]:
    """The subject every report was linked to, by (source system, source id)."""
    rows = SubjectLead.objects.values_list(
        "lead__report__source_system", "lead__report__source_id", "subject__number"
    )
    return {(system, number): subject for system, number, subject in rows}


def queue() -> list[str]:
    """Subject numbers in the order of triage; what was parked stands at the end."""
    return list(
        Subject.objects.filter(merged_into=None)
        .order_by(IsNull(F("parked_at"), False), "-score", "first_seen_at", "number")
        .values_list("number", flat=True)
    )


def findings() -> dict[str, set[str]]:
    """The SHA-256 of the files found known, by the digest of the image."""
    found: dict[str, set[str]] = defaultdict(set)
    for image, sha256 in Finding.objects.values_list("examination__image_sha256", "sha256"):
        found[image].add(sha256)
    return found
