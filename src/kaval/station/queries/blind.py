"""What a second reader sees of an observation: source, request and answer, and nothing of the first result (A-38).

Nothing here reads the first resolution but to know that there is one: which rows are shown, and in which order, follows
from the address, the time as received and the rows themselves.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_network
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kaval.engine.formats._spec import ReceivedFile
from kaval.engine.formats.archive import entries
from kaval.engine.kernel.errors import ReaderError
from kaval.engine.rules.attribution.address import parse_address
from kaval.station import sealed
from kaval.station.models import (
    Act,
    AnswerFile,
    LeaseAnswer,
    Observation,
    Officer,
    ProviderQuirk,
    RequestRow,
    Resolution,
    ResultSeen,
    SecondReading,
)
from kaval.station.queries.connection_steps import subject_of_reference
from kaval.station.queries.paging import Page, page_of
from kaval.station.queries.scope import NotVisible
from kaval.station.sealed import SealBroken

AROUND: Final = timedelta(hours=24)
_ROWS: Final = 60
_LINE: Final = 160
_BEFORE: Final = 40
_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What stands in the sealed bytes around the address; `text` empty: they are no plain text, or not intact."""

    text: str
    locator: str
    sha256: str
    received_at: datetime
    intact: bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of the answer, times as received beside what the provider's profile makes of them."""

    customer_ref: str
    address: str
    ports: str
    start_text: str
    start_at: datetime | None
    end_text: str
    end_at: datetime | None
    locator: str
    sha256: str
    inner: str
    static: bool | None


@dataclass(frozen=True, slots=True)
class Blind:
    """One observation to be read, with everything the first reader had. `far` counts rows outside the hours shown."""

    observation: Observation
    excerpt: Excerpt
    request: RequestRow
    rows: tuple[AnswerRow, ...]
    far: int
    customers: tuple[str, ...]
    profiles: tuple[str, ...]
    quirks: tuple[ProviderQuirk, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an officer has come: own readings, observations that wait for the officer, and those the officer may not
    read because a first result was seen.
    """

    read: int
    waiting: int
    known: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Two readings of one observation that do not name the same customer."""

    reading: SecondReading
    first: str
    found: str


def to_be_read() -> QuerySet[Observation]:
    """Observations whose first reading names a customer and that no second person has read."""
    by_person = SecondReading.objects.filter(observation=OuterRef("pk"), method="person")
    return Observation.objects.filter(
        ~Exists(by_person),
        resolution__state="unique",
        lead__subject_link__isnull=False,
        request_row__isnull=False,
    ).select_related("lead__subject_link", "request_row__request__provider")


def knows_the_first(officer: Officer, observation: Observation) -> bool:
    """True when the officer made the first readings, or opened a page with a first result of the same subject."""
    return not _open_to(officer, Observation.objects.filter(pk=observation.pk)).exists()


def waiting_for(officer: Officer) -> QuerySet[Observation]:
    """What the officer may read second: those with no reading at all first, then the oldest."""
    machine = SecondReading.objects.filter(observation=OuterRef("pk"))
    return (
        _open_to(officer, to_be_read())
        .annotate(read_by_machine=Exists(machine))
        .order_by("read_by_machine", "at", "pk")
    )


def progress_of(officer: Officer) -> Progress:
    """How far the officer has come."""
    every, waiting = to_be_read().order_by().count(), waiting_for(officer).order_by().count()
    read = SecondReading.objects.filter(by=officer, method="person").count()
    return Progress(read, waiting, every - waiting)


def blind_sheet(officer: Officer, observation_id: uuid.UUID | None = None) -> Blind | None:
    """The observation asked for, else the next one that waits for the officer; None: nothing waits.

    Raises:
        NotVisible: the one asked for does not wait for this officer.
    """
    rows = waiting_for(officer).select_related("lead__report__sealed")
    row = rows.filter(pk=observation_id).first() if observation_id else rows.first()
    if row is None and observation_id is not None:
        raise NotVisible(str(observation_id))
    return _sheet(row) if row is not None else None


def customers_of(observation: Observation) -> tuple[str, ...]:
    """The customers the asked provider's answer names for the address at any time, in no order that means anything."""
    return tuple(sorted({row.customer_ref for row in _leases(observation)}))


def unseen_results(officer: Officer, column: str, value: uuid.UUID | str) -> list[uuid.UUID]:
    """The observations of a page that have a first result which the officer was not known to have seen.

    `column` is the way from an observation to what the page is about, `value` its identifier; a text
    names a subject as officers write it.
    """
    subject = subject_of_reference(officer, value) if isinstance(value, str) else None
    of_page = {column: subject.pk if subject else value}
    seen = ResultSeen.objects.filter(observation=OuterRef("pk"), by=officer)
    rows = Observation.objects.filter(~Exists(seen), resolution__isnull=False, **of_page).order_by("pk")
    return list(rows.values_list("pk", flat=True).distinct())


def differences(*, page: int = 1) -> Page[Difference]:
    """Second readings of persons that do not name the first reading's customer, the newest first."""
    rows = (
        SecondReading.objects.filter(method="person", observation__resolution__isnull=False)
        .filter(~Q(customer_ref=F("observation__resolution__customer_ref")))
        .select_related(
            "by", "provider", "observation__resolution", "observation__lead__subject_link__subject"
        )
        .order_by("-at", "pk")
    )
    return page_of(rows, page, _difference)


def _open_to(officer: Officer, rows: QuerySet[Observation]) -> QuerySet[Observation]:
    """Those of the rows of whose subject the officer neither made nor saw a first result."""
    if Act.objects.filter(name="resolve_observations", by=officer).exists():
        return rows.none()
    seen = ResultSeen.objects.filter(
        by=officer,
        observation__lead__subject_link__subject=OuterRef("lead__subject_link__subject"),
    )
    made = Q(lead__subject_link__subject__attribution__analyst=officer)
    return rows.filter(~Exists(seen)).exclude(made)


def _difference(row: SecondReading) -> Difference:
    first: Resolution = row.observation.resolution
    said = Act.objects.filter(name="read_observation", subject=row.pk).values_list("note", flat=True).first()
    return Difference(row, first.customer_ref, said or ("one" if row.customer_ref else "nobody"))


def _sheet(row: Observation) -> Blind:
    leases = _leases(row)
    shown = list(leases.filter(_near(row))[:_ROWS])
    files = AnswerFile.objects.filter(sealed__in=leases.order_by().values("sealed")).order_by("at", "pk")
    provider = row.request_row.request.provider
    day = row.at.date() if row.at else row.lead.report.received_at.date()
    quirks = ProviderQuirk.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day), provider=provider, valid_from__lte=day
    )
    return Blind(
        row,
        _excerpt(row),
        row.request_row,
        tuple(_answer_row(one) for one in shown),
        leases.count() - len(shown),
        tuple(dict.fromkeys(one.customer_ref for one in shown)),
        tuple(dict.fromkeys(one.profile for one in files if one.profile)),
        tuple(quirks.order_by("valid_from", "code")),
    )


def _leases(row: Observation) -> QuerySet[LeaseAnswer]:
    """Every row of the asked provider's answer for the address or a prefix that holds it, oldest first."""
    provider = row.request_row.request.provider
    return (
        LeaseAnswer.objects.filter(provider=provider, address__in=_addresses(row.ip))
        .select_related("sealed")
        .order_by("start_at", "sealed__sha256", "locator", "pk")
    )


def _addresses(text: str) -> set[str]:
    """How an answer may write the address: itself, and for IPv6 every prefix that holds it."""
    address = parse_address(text)
    if not isinstance(address, IPv6Address):
        return {text}
    return {
        text,
        str(address),
        *(str(ip_network((address, length), strict=False)) for length in range(16, 129)),
    }


def _near(row: Observation) -> Q:
    """Rows that may touch the day before and after the time; all of them when the time, or a row's, is unknown."""
    if row.at is None:
        return Q()
    started = Q(start_at=None) | Q(start_at__lte=row.at + AROUND)
    return started & (Q(end_at=None) | Q(end_at__gte=row.at - AROUND))


def _answer_row(row: LeaseAnswer) -> AnswerRow:
    low, high = row.port_low, row.port_high
    return AnswerRow(
        row.customer_ref,
        row.address,
        "" if low is None else f"{low}" if high in (None, low) else f"{low} - {high}",
        row.start_text,
        row.start_at,
        row.end_text,
        row.end_at,
        row.locator,
        row.sealed.sha256,
        row.inner,
        row.static,
    )


def source_bytes(row: Observation) -> bytes | None:
    """The sealed bytes an observation was read from, None when they are no longer what was received."""
    try:
        return sealed.read(row.lead.report.sealed)
    except SealBroken:
        return None


def _excerpt(row: Observation) -> Excerpt:
    report, content = row.lead.report, source_bytes(row)
    member, text = _around_address(content, row) if content else ("", "")
    return Excerpt(
        text,
        f"{member} {row.locator}".strip(),
        report.sealed.sha256,
        report.received_at,
        content is not None,
    )


def _around_address(content: bytes, row: Observation) -> tuple[str, str]:
    """The lines from the address to its time, with the archive's member they stand in; empty where no text has them."""
    found = [(name, lines) for name, lines in _texts(content) if any(_names(row.ip, line) for line in lines)]
    found.sort(key=lambda one: not any(row.time_text in line for line in one[1]))
    if not found:
        return "", ""
    name, lines = found[0]
    with_ip = [number for number, line in enumerate(lines) if _names(row.ip, line)]
    with_time = [number for number, line in enumerate(lines) if row.time_text and row.time_text in line]
    pairs = [(abs(ip - time), ip, time) for ip in with_ip for time in with_time]
    distance, at, time = min(pairs, default=(0, with_ip[0], with_ip[0]))
    wanted = range(min(at, time), max(at, time) + 1) if distance <= _LINES else sorted({at, time})
    return name, "\n".join(_clipped(lines[number], row) for number in wanted)


def _texts(content: bytes) -> Iterator[tuple[str, list[str]]]:
    """The lines of a file that is text, and of every member of an archive that is; what is no text is left out."""
    try:
        parts = list(entries(ReceivedFile("", content)))
    except ReaderError:
        return
    for part in parts:
        if isinstance(part, ReceivedFile):
            try:
                yield part.name.partition("!")[2], part.content.decode("utf-8-sig").splitlines()
            except (UnicodeDecodeError, ReaderError):
                continue


def _names(ip: str, line: str) -> bool:
    """True when the line has the address and not merely a longer one that begins or ends like it."""
    if ip not in line.lower():
        return False
    return re.search(rf"(?<![0-9a-f:.]){re.escape(ip)}(?![0-9a-f:]|\.\d)", line, re.IGNORECASE) is not None


def _clipped(line: str, row: Observation) -> str:
    """A very long line around what is looked for; a row of a table is shown whole."""
    if len(line) <= 4 * _LINE:
        return line.strip()
    at = line.lower().find(row.ip.lower())
    at = at if at >= 0 else max(0, line.find(row.time_text))
    return f"… {line[max(0, at - _BEFORE) : at + 2 * _LINE].strip()} …"
