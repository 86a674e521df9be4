"""Notices: an arriving report touches an open investigation, a watched identifier, a place in a frozen plan, or
another unit's matter. Raised in the transaction that links the report; seen by a named officer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from kaval.engine.kernel.instant import IST
from kaval.station.audit import Acting, acting
from kaval.station.copying import Rows
from kaval.station.ids import derive_text
from kaval.station.models import Investigation, Notice, Officer, SubjectLead, WatchedKey

_NOTICE = ("id", "kind", "lead_id", "subject_id", "reference", "text", "text_ml", "raised_at")
_CHUNK = 5000

_WORDS = {
    "open_case": (
        "a new report is about the person of investigation {}",
        "അന്വേഷണം {}-ലെ വ്യക്തിയെക്കുറിച്ച് പുതിയ റിപ്പോർട്ട്",
    ),
    "frozen_plan": (
        "a new report touches {} of a plan that is frozen: look at it before the day",
        "അന്തിമമാക്കിയ പദ്ധതിയിലെ {}-നെ പുതിയ റിപ്പോർട്ട് സ്പർശിക്കുന്നു: ദൗത്യദിനത്തിനു മുമ്പ് പരിശോധിക്കുക",
    ),
    "registered_offender": (
        "a new report names an identifier held in a register: ask {}",
        "ഒരു രജിസ്റ്ററിലുള്ള തിരിച്ചറിയൽ വിവരം പുതിയ റിപ്പോർട്ടിലുണ്ട്: {}-നോട് ചോദിക്കുക",
    ),
    "other_unit": (
        "another unit works on an identifier of a new report: ask {}",
        "പുതിയ റിപ്പോർട്ടിലെ ഒരു തിരിച്ചറിയൽ വിവരം മറ്റൊരു യൂണിറ്റ് അന്വേഷിക്കുന്നു: {}-നോട് ചോദിക്കുക",
    ),
    "split_subject": (
        "reports that were one person are no longer: investigation {} rests on them",
        "ഒരാളുടേതായിരുന്ന റിപ്പോർട്ടുകൾ ഇനി ഒരാളുടേതല്ല: അന്വേഷണം {} അവയെ ആശ്രയിക്കുന്നു",
    ),
}
# A subject in a plan that nobody may change unseen any more; and an address that a lease of a planned place covered.
_PLANNED = """
SELECT s.lead_id, o.code, t.number FROM station_subjectlead s
JOIN station_attribution a ON a.subject_id = s.subject_id JOIN station_site t ON t.attribution_id = a.id
JOIN station_operation o ON o.id = t.operation_id
WHERE s.lead_id = ANY(%s) AND o.state IN ('frozen', 'live') AND t.state NOT IN ('withdrawn', 'done')
UNION
SELECT v.lead_id, o.code, t.number FROM station_observation v
JOIN station_leaseanswer e ON e.address = host(v.ip) AND v.at BETWEEN e.start_at AND coalesce(e.end_at, v.at)
    AND (e.port_low IS NULL OR v.port BETWEEN e.port_low AND coalesce(e.port_high, e.port_low))
JOIN station_place p ON p.provider_id = e.provider_id AND p.customer_ref = e.customer_ref
JOIN station_site t ON t.place_id = p.id JOIN station_operation o ON o.id = t.operation_id
WHERE v.lead_id = ANY(%s) AND v.role = 'client' AND o.state IN ('frozen', 'live')
    AND t.state NOT IN ('withdrawn', 'done')
"""
_NAMED = """
SELECT u.lead_id, i.kind, i.value FROM station_leadidentifier u JOIN station_identifier i ON i.id = u.identifier_id
WHERE u.party = 'reported' AND i.strength <> 'container' AND u.lead_id = ANY(%s)
"""


def raise_notices(act: Acting, leads: Sequence[UUID]) -> int:
    """Notices for leads that were just linked; each once. Gives how many are new.

    A first bulk of reports touches nothing: there is no investigation, plan or watched key before it.
    """
    raised = 0
    for start in range(0, len(leads), _CHUNK):
        some = list(leads[start : start + _CHUNK])
        raised += _write(act, [*_of_cases(some), *_of_plans(some), *_of_watched(some, act.at)])
    if raised:
        act.ledger("notices_raised", {"count": raised})
    return raised


def tell_parted(act: Acting, subjects: Collection[UUID], moved: Mapping[int, tuple[UUID, UUID]]) -> None:
    """A notice for every open investigation whose reports came apart, on the oldest report that left."""
    held = Investigation.objects.filter(subject__in=subjects).values_list("subject_id", "number")
    left: dict[UUID, int] = {}
    for number, (was, _) in sorted(moved.items()):
        left.setdefault(was, number)
    found = []
    for subject, reference in held:
        if subject in left:
            lead = SubjectLead.objects.get(lead__number=left[subject]).lead_id
            found.append((lead, "split_subject", reference, reference))
    _write(act, found)


def see_notice(*, by: Officer, at: datetime, key: str, notice: Notice) -> None:
    """A named officer has seen a notice; the first to see it stays on record."""
    with acting("see_notice", by=by, at=at, key=key, request={"notice": str(notice.id)}) as act:
        if act.repeated:
            return
        act.about("notice", notice.id)
        Notice.objects.filter(id=notice.id, seen_at=None).update(seen_by=by, seen_at=at)
        act.ledger("notice_seen", {"kind": notice.kind, "notice": str(notice.id)})


def watch_digest(kind: str, value: str) -> str:
    """The keyed digest under which an identifier in normal form is watched: without the station's key it says
    nothing."""
    return derive_text("watched", kind, value)


_Found = tuple[UUID, str, str, str]  # lead, kind, what it touches, what the sentence names


def _of_cases(leads: list[UUID]) -> Iterator[_Found]:
    held = SubjectLead.objects.filter(lead__in=leads, subject__investigation__isnull=False)
    for lead, number in held.values_list("lead_id", "subject__investigation__number"):
        yield lead, "open_case", number, number


def _of_plans(leads: list[UUID]) -> Iterator[_Found]:
    with connection.cursor() as cursor:
        cursor.execute(_PLANNED, [leads, leads])
        for lead, code, number in cursor.fetchall():
            reference = f"{code} site {number}"
            yield lead, "frozen_plan", reference, reference


def _of_watched(leads: list[UUID], at: datetime) -> Iterator[_Found]:
    day = at.astimezone(IST).date()
    if not WatchedKey.objects.filter(withdrawn_at=None, valid_until__gte=day).exists():
        return
    named: dict[str, set[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [leads])
        for lead, kind, value in cursor.fetchall():
            named.setdefault(watch_digest(kind, value), set()).add(lead)
    held = WatchedKey.objects.filter(withdrawn_at=None, valid_until__gte=day, digest__in=list(named))
    for row in held.order_by("holder", "reference"):
        # Digests are 32 digits without dashes, as they were derived.
        for lead in sorted(named[row.digest]):
            yield lead, row.kind, f"{row.holder} {row.reference}"[:120], f"{row.holder}, {row.reference}"


def _write(act: Acting, found: Iterable[_Found]) -> int:
    """Notices that are not there yet."""
    wanted = {
        derive_text("notice", kind, lead, about): (lead, kind, about, said)
        for lead, kind, about, said in found
    }
    if not wanted:
        return 0
    there = {row.hex for row in Notice.objects.filter(id__in=list(wanted)).values_list("id", flat=True)}
    subjects = dict(
        SubjectLead.objects.filter(lead__in={each[0] for each in wanted.values()}).values_list(
            "lead_id", "subject_id"
        )
    )
    rows = Rows()
    table = rows.table(Notice, _NOTICE)
    for id, (lead, kind, about, said) in sorted(wanted.items()):
        if id not in there:
            text, text_ml = (words.format(said) for words in _WORDS[kind])
            table.append((id, kind, lead, subjects.get(lead), about, text, text_ml, act.at))
    raised = len(table)
    rows.write()
    return raised
