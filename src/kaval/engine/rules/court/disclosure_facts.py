"""The facts of the papers about a lead's source: what the defence can check, and the grounds an officer swears to.

None means nobody recorded it. No name of a subscriber, a victim or a reporter, and no name of a file, is here.
Source: law_and_procedure.md 3.4 (A-43, A-44, A-64, A-65).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.facts import ExhibitHashFacts, HeadFacts, OfficerFacts
from kaval.engine.rules.court.sheet_facts import CaveatFacts, LookFacts, SeenFacts


@dataclass(frozen=True, slots=True)
class CameFacts:
    """One arrival of a report: when, how, from which source, and who took it in."""

    received_at: datetime
    channel: str | None
    source_name: str
    by: OfficerFacts


@dataclass(frozen=True, slots=True)
class LeadSourceFacts:
    """One lead and where it comes from.

    `system` is the tool or platform that reported, `tool_version` and `operator` as its export states them. `kept` are
    the fields of the export that a reader kept, as (name, value). `viewed` is how many of its files a person at the
    reporter viewed, only matched by digest, and left unsaid; `hash_lists` names lists the reporter names. `profile` is
    empty when the format needs none.
    """

    lead: str
    system: str
    report: str
    kind: str
    tool_version: str | None
    operator: str | None
    export: ExhibitHashFacts
    locator: str
    reader: str | None
    profile: str
    came: tuple[CameFacts, ...]
    kept: tuple[tuple[str, str], ...]
    viewed: tuple[int, int, int]
    hash_kinds: tuple[str, ...]
    hash_lists: tuple[str, ...]
    source: SourceRef


@dataclass(frozen=True, slots=True)
class AnswerSourceFacts:
    """One answer file of a provider and how it was read. `accepted_by` None: nobody has accepted its form (A-32)."""

    provider: str
    profile: str | None
    template: str | None
    accepted_by: OfficerFacts | None
    channel_agreed: bool | None
    certificate: str | None
    source: SourceRef


@dataclass(frozen=True, slots=True)
class DisclosureFacts:
    """The pack on the sources of one subject's leads. `software` is our own name and version.

    `files` are all sealed files behind the attribution with three digests. `recipient` None: not decided yet.
    """

    head: HeadFacts
    subject: str
    level: int
    leads: tuple[LeadSourceFacts, ...]
    answers: tuple[AnswerSourceFacts, ...]
    files: tuple[ExhibitHashFacts, ...]
    software: str
    seen: int
    source: SourceRef
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class GroundsFacts:
    """What an officer believes and why, for an application or a record of grounds (A-64).

    `seen` are the observations that support it. `caveats` None: nobody looked for warnings of the provider. `shared`:
    the address was one that many customers share; None: not known. `basis` names the power applied for, None: open.
    """

    head: HeadFacts
    subject: str
    level: int
    place: str | None
    officer: OfficerFacts | None
    seen: tuple[SeenFacts, ...]
    leads: tuple[LeadSourceFacts, ...]
    look: LookFacts | None
    shared: bool | None
    flags: tuple[str, ...]
    caveats: tuple[CaveatFacts, ...] | None
    against: int
    stopped_by: tuple[str, ...]
    usable: bool
    source: SourceRef
    basis: str | None = None
