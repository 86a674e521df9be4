"""The register of providers: figures, contacts and known quirks, each with its dates; nothing in it is ever removed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from ipaddress import ip_network

from kaval.engine.kernel.errors import RefusedError
from kaval.station.audit import acting
from kaval.station.ids import derive
from kaval.station.models import Officer, Provider, ProviderContact, ProviderQuirk

KINDS = ("fixed", "mobile", "hosting", "platform", "own")
_MOST_DAYS = 3660


@dataclass(frozen=True)
class ProviderFigures:
    """What a supervisor keeps about a provider. Days None: not known. `as_numbers` and `nat64` are its networks."""

    kind: str
    contact: str
    office: str
    answer_channel: str
    answer_layout: str
    subscriber_layout: str
    shares_addresses: bool
    retention_days: int | None
    typical_days: int | None
    as_numbers: tuple[int, ...] = ()
    nat64: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContactFacts:
    """Whom to write to; an e-mail address or a telephone number at least."""

    name: str
    role: str
    email: str
    phone: str
    valid_from: date


@dataclass(frozen=True)
class QuirkFacts:
    """A known peculiarity of a provider's answers, by a short code and in words, with who says so."""

    code: str
    text: str
    valid_from: date
    source: str = ""


def add_provider(
    *, by: Officer, at: datetime, key: str, code: str, name: str, figures: ProviderFigures
) -> Provider:
    """Puts a provider on the register; its code is never used for another.

    Raises:
        RefusedError: the code is taken or none, or a figure makes no sense.
    """
    request = {"code": code, "name": name, "figures": _plain(figures)}
    with acting("add_provider", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Provider.objects.get(id=act.earlier)
        if not (code.isascii() and code.replace("-", "").isalnum() and name.strip()):
            raise RefusedError("PROVIDER", "a provider has a code of letters and digits, and a name")
        if Provider.objects.filter(code=code).exists():
            raise RefusedError("PROVIDER", f"{code} is on the register already")
        row = Provider(id=derive("provider", code), code=code, name=name.strip(), offset_minutes=330)
        _set(row, figures)
        row.save(force_insert=True)
        act.about("provider", row.id)
        act.ledger("provider_added", {"provider": code, "kind": row.kind})
        return row


def edit_provider(
    *, by: Officer, at: datetime, key: str, provider: Provider, figures: ProviderFigures
) -> Provider:
    """Writes the figures of a provider anew; the ledger keeps which of them changed.

    Raises:
        RefusedError: a figure makes no sense.
    """
    request = {"provider": provider.code, "figures": _plain(figures)}
    with acting("edit_provider", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return Provider.objects.get(id=act.earlier)
        row = Provider.objects.select_for_update().get(id=provider.id)
        changed = _set(row, figures)
        row.save(update_fields=changed or None)
        act.about("provider", row.id)
        act.ledger("provider_edited", {"provider": row.code, "changed": changed})
        return row


def add_contact(
    *, by: Officer, at: datetime, key: str, provider: Provider, details: ContactFacts
) -> ProviderContact:
    """Adds whom to write to at a provider, from a day on.

    Raises:
        RefusedError: nobody is named, or there is no way to reach them.
    """
    request = {
        "provider": provider.code,
        "contact": asdict(details) | {"valid_from": str(details.valid_from)},
    }
    with acting("add_contact", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ProviderContact.objects.get(id=act.earlier)
        if not details.name.strip() or not (details.email.strip() or details.phone.strip()):
            raise RefusedError("CONTACT", "name the contact and give an e-mail address or a telephone number")
        row = ProviderContact.objects.create(
            id=derive("provider contact", act.key),
            provider=provider,
            name=details.name.strip(),
            role=details.role.strip(),
            email=details.email.strip(),
            phone=details.phone.strip(),
            valid_from=details.valid_from,
        )
        act.about("contact", row.id)
        act.ledger("contact_added", {"provider": provider.code, "from": str(row.valid_from)})
        return row


def end_contact(
    *, by: Officer, at: datetime, key: str, contact: ProviderContact, last_day: date
) -> ProviderContact:
    """Ends a contact with its last day.

    Raises:
        RefusedError: it ended before, or the day lies before it began.
    """
    request = {"contact": str(contact.id), "last_day": str(last_day)}
    with acting("end_contact", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ProviderContact.objects.get(id=act.earlier)
        row = ProviderContact.objects.select_for_update().select_related("provider").get(id=contact.id)
        _end(row, last_day)
        act.about("contact", row.id)
        act.ledger("contact_ended", {"provider": row.provider.code, "last_day": str(last_day)})
        return row


def add_quirk(
    *, by: Officer, at: datetime, key: str, provider: Provider, details: QuirkFacts
) -> ProviderQuirk:
    """Adds a known peculiarity of a provider's answers, from a day on; who asks, reads and approves sees it.

    Raises:
        RefusedError: code or words are missing.
    """
    request = {"provider": provider.code, "quirk": asdict(details) | {"valid_from": str(details.valid_from)}}
    with acting("add_quirk", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ProviderQuirk.objects.get(id=act.earlier)
        if not details.code.strip() or not details.text.strip():
            raise RefusedError("QUIRK", "give the quirk a short code and say in words what it is")
        row = ProviderQuirk.objects.create(
            id=derive("provider quirk", act.key),
            provider=provider,
            code=details.code.strip(),
            text=details.text.strip(),
            valid_from=details.valid_from,
            source=details.source.strip(),
            entered_by=by,
            entered_at=at,
        )
        act.about("quirk", row.id)
        act.ledger("quirk_added", {"provider": provider.code, "code": row.code, "from": str(row.valid_from)})
        return row


def end_quirk(*, by: Officer, at: datetime, key: str, quirk: ProviderQuirk, last_day: date) -> ProviderQuirk:
    """Ends a quirk with the last day on which it held.

    Raises:
        RefusedError: it ended before, or the day lies before it began.
    """
    request = {"quirk": str(quirk.id), "last_day": str(last_day)}
    with acting("end_quirk", by=by, at=at, key=key, request=request) as act:
        if act.repeated:
            return ProviderQuirk.objects.get(id=act.earlier)
        row = ProviderQuirk.objects.select_for_update().select_related("provider").get(id=quirk.id)
        _end(row, last_day)
        act.about("quirk", row.id)
        act.ledger(
            "quirk_ended", {"provider": row.provider.code, "code": row.code, "last_day": str(last_day)}
        )
        return row


def _end(row: ProviderContact | ProviderQuirk, last_day: date) -> None:
    if row.valid_until is not None:
        raise RefusedError("ENDED", f"it ended on {row.valid_until.isoformat()} already")
    if last_day < row.valid_from:
        raise RefusedError("ENDED", f"it began on {row.valid_from.isoformat()}: it cannot end before")
    row.valid_until = last_day
    row.save(update_fields=["valid_until"])


def _set(row: Provider, figures: ProviderFigures) -> list[str]:
    """Puts the figures into the row; gives the names of those that changed."""
    _check(figures)
    changed = []
    for name, value in asdict(figures).items():
        value = list(value) if isinstance(value, tuple) else value
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def _check(figures: ProviderFigures) -> None:
    if figures.kind not in KINDS:
        raise RefusedError("PROVIDER", f"a provider is one of: {', '.join(KINDS)}")
    for days in (figures.retention_days, figures.typical_days):
        if days is not None and not 0 < days <= _MOST_DAYS:
            raise RefusedError("PROVIDER", f"days are a number from 1 to {_MOST_DAYS}, or left empty")
    if any(not 0 < number < 2**32 for number in figures.as_numbers):
        raise RefusedError("PROVIDER", "a network number (AS) lies between 1 and 4294967295")
    for prefix in figures.nat64:
        try:
            network = ip_network(prefix)
        except ValueError:
            raise RefusedError("PROVIDER", f"{prefix!r} is no IPv6 prefix") from None
        if network.version != 6:
            raise RefusedError("PROVIDER", f"{prefix!r} is no IPv6 prefix")


def _plain(figures: ProviderFigures) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(figures).items()
    }
