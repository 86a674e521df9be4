"""The providers' answers as they lie sealed, read now, with what is on record about each file.

An answer whose seal is broken does not stop the rest: its rows are taken from what was derived of it when it came, so
that whatever rests on it is still seen to rest on it, and is stopped by that (A-01).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from kaval.engine import formats
from kaval.engine.formats._spec import LeaseRow, ReceivedFile, SubscriberRow
from kaval.engine.formats._text import has_columns, read_table
from kaval.engine.kernel import identifier
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.kernel.instant import OffsetSource, Precision, StatedTime
from kaval.engine.rules.attribution.answer import AnswerFile, IspAnswer
from kaval.engine.rules.attribution.facts import AnswerFileFacts
from kaval.station import models, sealed
from kaval.station.models import LeaseAnswer, Receipt, SubscriberAnswer
from kaval.station.queries.attribution_sources import Profiles
from kaval.station.sealed import SealBroken

# The columns in which the layout of 2013 gives a customer and the customer's numbers.
_USER, _NUMBERS = "User ID", ("Contact No", "Alternate Contact No")


@dataclass
class Answers:
    """Every answer by provider, what is on record about each file by its SHA-256, and the profile it was read by."""

    by_isp: Mapping[str, IspAnswer]
    files: Mapping[str, AnswerFileFacts]
    profiles: Mapping[str, str]
    names: Mapping[str, str]
    _numbered: Mapping[str, Sequence[models.AnswerFile]] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> dict[str, dict[str, frozenset[str]]]:
        """The contact numbers a provider's answer gives, in normal form, by provider and customer; read when asked."""
        return {isp: _contact_numbers(files) for isp, files in self._numbered.items()}


def answers(known: Profiles, *, isps: Collection[str] | None = None) -> Answers:
    """What the providers answered; only these providers when `isps` names them."""
    rows = models.AnswerFile.objects.select_related("sealed", "provider", "template").order_by("at", "id")
    if isps is not None:
        rows = rows.filter(provider__code__in=list(isps))
    names = {
        (sealed_id, source): name
        for sealed_id, source, name in Receipt.objects.filter(source__startswith="provider:")
        .order_by("-received_at", "-name")
        .values_list("sealed_id", "source", "name")
    }
    read: dict[str, list[AnswerFile]] = defaultdict(list)
    numbered: dict[str, list[models.AnswerFile]] = defaultdict(list)
    facts, labels, called = {}, {}, {}
    for row in rows:
        code, sha256 = row.provider.code, row.sealed.sha256
        name = names.get((row.sealed_id, f"provider:{code}"), sha256)
        found = _read(row, name, known)
        # What an altered profile would make of good bytes is nothing the answer says.
        derived = found is None or (row.profile and known.intact(row.profile) is False)
        leases, subscribers = _derived(row) if derived or found is None else found
        if leases and found is not None:
            numbered[code].append(row)
        read[code].append(AnswerFile(sha256, leases, subscribers))
        facts[sha256] = _facts(row, intact=found is not None)
        called[sha256] = f"{code} {name.rsplit('/', 1)[-1]}"
        if row.profile:
            labels[sha256] = row.profile
    by_isp = {code: IspAnswer.of_files(code, files) for code, files in read.items()}
    return Answers(by_isp, facts, labels, called, numbered)


def _read(
    row: models.AnswerFile, name: str, known: Profiles
) -> tuple[list[LeaseRow], list[SubscriberRow]] | None:
    """The rows of the sealed bytes; None when the seal is broken or the bytes can no longer be read."""
    try:
        file = ReceivedFile(name, sealed.read(row.sealed), known.of(row.profile))
        records = formats.read_one(file, "provider").records
    except (SealBroken, ReaderError):
        return None
    leases = [record for record in records if isinstance(record, LeaseRow)]
    return leases, [record for record in records if isinstance(record, SubscriberRow)]


def _facts(row: models.AnswerFile, *, intact: bool) -> AnswerFileFacts:
    template = row.template
    return AnswerFileFacts(
        sha256=row.sealed.sha256,
        isp_id=row.provider.code,
        intact=intact,
        template=template.fingerprint if template else "",
        template_accepted=None if template is None else template.accepted_by_id is not None,
        half_day=row.half_day,
        zone_drift=row.zone_drift_minutes,
        caveats=None if row.caveats is None else tuple(map(str, row.caveats)),
        channel_agreed=row.channel_agreed,
        certificate=row.certificate,
    )


def _derived(row: models.AnswerFile) -> tuple[list[LeaseRow], list[SubscriberRow]]:
    """The rows that were taken from the file when it came; their times are to the second and settled by profile."""
    offset = row.provider.offset_minutes
    leases = [
        LeaseRow(
            one.customer_ref, one.address, one.port_low, one.port_high, _time(one.start_text, one.start_at, offset),
            _time(one.end_text, one.end_at, offset) if one.end_text else None, one.static, one.inner, "", "",
            one.locator, row.profile,
        )
        for one in LeaseAnswer.objects.filter(provider=row.provider_id, sealed=row.sealed_id).order_by("id")
    ]  # fmt: skip
    subscribers = [
        SubscriberRow(
            one.customer_ref, one.name, one.address_kind, one.house_name, one.ward, one.door_number, one.locality,
            one.pincode, one.segment, one.latitude, one.longitude, one.active_from, one.active_to,
            one.holder_birth_year, one.remarks, one.locator, row.profile,
        )
        for one in SubscriberAnswer.objects.filter(provider=row.provider_id, sealed=row.sealed_id).order_by("id")
    ]  # fmt: skip
    return leases, subscribers


def _time(text: str, at: datetime | None, offset: int) -> StatedTime:
    if at is None:
        return StatedTime(text, None, None, OffsetSource.NONE)
    return StatedTime(text, at, offset, OffsetSource.PROFILE, Precision.SECOND)


def _contact_numbers(rows: Sequence[models.AnswerFile]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for answer in rows:
        file = ReceivedFile("answer.csv", sealed.read(answer.sealed))
        if not has_columns(file, (_USER, *_NUMBERS)):
            continue
        for _, row in read_table(file, (_USER, *_NUMBERS), []):
            for column in _NUMBERS:
                number = identifier.normalise("phone", row[column]) if row[column] else None
                if number:
                    found[row[_USER]].add(number)
    return {customer: frozenset(numbers) for customer, numbers in found.items()}
