"""The facts stage 1 weighs, gathered from all reports about one subject; what nobody stated stays None."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kaval.engine.rules.leads.quality import quality
from kaval.engine.rules.leads.shape import Lead
from kaval.engine.rules.triage.content import ContentFacts, KnownContent, content_of
from kaval.engine.rules.triage.course import NO_COURSE, Course, course_of
from kaval.engine.rules.triage.said import Sign, said_by, yes

# Only these kinds of report have a place to say that a child is in danger; silence of others means nothing.
_SPEAKING = frozenset(("cybertip", "cybertip_file"))
_PART = "cybertip_file"
# Part of the rule, like its version: in smaller shares two marks are what chance gives among many reports.
_SHARE_THAT_AGREES = 0.25
_ACCOUNTS = frozenset(("esp_account", "handle"))

CHILD_NEAR = frozenset(
    (
        "escalated",
        "online_enticement",
        "unsolicited_to_child",
        "sextortion",
        "cseam_solicitation",
        "child_sex_trafficking",
        "child_sex_tourism",
        "child_sexual_molestation",
        "minor_to_minor_interaction",
        "possible_self_production",
        "live_streaming",
        "infant",
        "physical_harm",
        "sadistic_exploitation",
    )
)
"""Signals of a child who is, or may be, within someone's reach: with any of them no content lowers anything."""


@dataclass(frozen=True, slots=True)
class TriageFacts:
    """What is known about a subject from its reports.

    `signals` None: no report of a kind that carries signals. `prior_appearances`: investigations or
    operations in which the subject was seen before, None when nobody looked. `reports`: accepted reports.
    `last_event_at`: the latest stated event; `newest_observation_at`: the latest time of the user's own
    address. Instants aware UTC or None. `child_named`: a report of any kind speaks of a victim or of a child
    within reach. `content` None: nobody looked at the files.

    None in what follows: no report had a place to say it. `victim`, `recipient`: a party of that kind is named.
    `child_reach`: the reported person has a stated bond or access to the child. `child_near_by`: the child's school is
    named, or child and reported person are stated in one region. `own_device`: a file carries a camera's own notes.
    `platforms`: services on which the reported person has an account. `course`: what changed between the reports.
    `reported_age`: the lowest age stated, in years. `least_quality`: of the least complete report, in percent; it is
    never weighed, and a report below the limit is never parked. `repeated`: signs of a child in danger that two reports
    or more give, and a quarter of those that could.
    """

    signals: frozenset[str] | None
    prior_appearances: int | None
    source_systems: frozenset[str]
    reports: int
    last_event_at: datetime | None
    newest_observation_at: datetime | None
    child_named: bool = False
    content: ContentFacts | None = None
    victim: bool | None = None
    recipient: bool | None = None
    child_reach: bool | None = None
    child_near_by: bool | None = None
    own_device: bool | None = None
    platforms: frozenset[str] | None = None
    course: Course = NO_COURSE
    reported_age: int | None = None
    least_quality: int | None = None
    repeated: frozenset[str] | None = None

    @property
    def child_near(self) -> bool:
        """True when a report speaks of a child who is, or may be, within someone's reach."""
        return (
            self.child_named
            or bool(self.victim or self.child_reach or self.child_near_by)
            or not CHILD_NEAR.isdisjoint(self.signals or ())
        )


def facts_of(
    leads: Iterable[Lead], *, prior_appearances: int | None = None, known: KnownContent | None = None
) -> TriageFacts:
    """The facts of one subject from its leads, independent of their order."""
    found = list(leads)
    speaking = [lead for lead in found if lead.kind in _SPEAKING]
    seen = [o.time.utc for lead in found for o in lead.observations if o.role == "client" and o.time.utc]
    events = [*seen, *(lead.incident.utc for lead in found if lead.incident and lead.incident.utc)]
    said = said_by(speaking)
    content = content_of(found, known)
    return TriageFacts(
        signals=frozenset(s for lead in speaking for s in lead.signals) if speaking else None,
        prior_appearances=prior_appearances,
        source_systems=frozenset(lead.source_system for lead in found),
        reports=len({(lead.source_system, lead.source_id) for lead in found}),
        last_event_at=max(events, default=None),
        newest_observation_at=max(seen, default=None),
        child_named=any(_names_a_child(lead) for lead in found),
        content=content,
        victim=_party(speaking, "victim", sign=Sign.VICTIM in said),
        recipient=_party(speaking, "recipient", sign=Sign.RECIPIENT in said),
        child_reach=yes(said.get(Sign.REACH)),
        child_near_by=_near_by(said) if speaking else None,
        own_device="exif" in said.get(Sign.DEVICE, ()) if any(lead.files for lead in speaking) else None,
        platforms=_platforms(speaking),
        course=course_of(found, speaking=speaking, new_in=content.new_in if content else None),
        reported_age=_age(said, events),
        least_quality=min((quality(lead).value for lead in found if lead.kind != _PART), default=None),
        repeated=_repeated(speaking) if speaking else None,
    )


def _names_a_child(lead: Lead) -> bool:
    return (
        not CHILD_NEAR.isdisjoint(lead.signals)
        or any(each.party == "victim" for each in lead.identifiers)
        or any(each.role == "victim" for each in lead.observations)
        or any("victim" in key.lower() for part in (lead.fields, lead.restricted) for key in part)
    )


def _repeated(speaking: list[Lead]) -> frozenset[str]:
    """The signs given by two reports or more, and by a part of all that is too large for a slip: where many reports
    are silent, two marks among them are what chance gives. The parts of one report are one report."""
    told = {
        (signal, lead.source_system, lead.source_id)
        for lead in speaking
        for signal in lead.signals
        if signal in CHILD_NEAR
    }
    counted = Counter(signal for signal, _, _ in told)
    reports = len({(lead.source_system, lead.source_id) for lead in speaking})
    return frozenset(
        signal for signal, count in counted.items() if count > 1 and count >= reports * _SHARE_THAT_AGREES
    )


def _party(speaking: list[Lead], party: str, *, sign: bool) -> bool | None:
    if not speaking:
        return None
    return sign or any(
        any(each.party == party for each in lead.identifiers)
        or any(each.role == party for each in lead.observations)
        for lead in speaking
    )


def _near_by(said: Mapping[Sign, frozenset[str]]) -> bool:
    regions = said.get(Sign.CHILD_REGION, frozenset()) & said.get(Sign.OWN_REGION, frozenset())
    return bool(regions) or Sign.SCHOOL in said


def _platforms(speaking: list[Lead]) -> frozenset[str] | None:
    """The services, folded; None when no report names an account of the reported person."""
    named = {
        each.scope.casefold()
        for lead in speaking
        for each in lead.identifiers
        if each.party == "reported" and each.kind in _ACCOUNTS and each.scope
    }
    return frozenset(named) or None


def _age(said: Mapping[Sign, frozenset[str]], events: list[datetime]) -> int | None:
    """The lowest age stated; a date of birth counts to the first event, and to nothing without one."""
    ages = [int(text) for text in said.get(Sign.AGE, ()) if text.isascii() and text.isdigit()]
    if events:
        first = min(events).date()
        for text in said.get(Sign.BORN, ()):
            year, _, rest = text[:10].partition("-")
            if len(year) == 4 and year.isascii() and year.isdigit():
                ages.append(first.year - int(year) - (f"{first.month:02}-{first.day:02}" < rest))
    return min((age for age in ages if 0 < age < 120), default=None)
