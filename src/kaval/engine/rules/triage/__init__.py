"""Which subject first, and why: stage 1 weighs what the reports say, before anybody knows who the person is; stage 2
weighs what is known about the person, and re-orders.

One fact counts once. What the wish list calls repeat appearance is `prior_reports` (named or seen before) and, among
the reports in hand, `volume` (how many) and `escalation_over_time` (how they change). Hands-on offences and
trafficking have factors of their own and so left `child_contact`. `novelty` and `content_seen_before` are the two ends
of one look-up and speak of different files. Several source systems are `independent_sources`; several services named
by providers, which are one source system, are `platform_escalation`.
"""

from kaval.engine.rules.triage.assess import (
    PERSON_RULES,
    RULES,
    Queued,
    assess,
    assess_many,
    assess_person,
    factor_named,
    factors,
    person_factors,
    queue,
    without,
)
from kaval.engine.rules.triage.calibration import BandOrder, CalibrationRow, band_order, calibrate, wilson
from kaval.engine.rules.triage.clocks import (
    BAND_CODES,
    Band,
    EvidenceAge,
    Retention,
    band,
    bands_on,
    due_at,
    evidence_age,
    keep_until,
    records_until,
)
from kaval.engine.rules.triage.content import ContentFacts, Digest, KnownContent, content_of, digests_of
from kaval.engine.rules.triage.course import Course, course_of
from kaval.engine.rules.triage.facts import TriageFacts, facts_of
from kaval.engine.rules.triage.parking import draw_sample, park_reason, park_rule
from kaval.engine.rules.triage.person import PersonFacts, stated_of
from kaval.engine.rules.triage.reorder import Change, Mover, Place, WhatIf, changed_weights, what_if
from kaval.engine.rules.triage.words import Explanation, Line, explain, points_text

__all__ = [
    "BAND_CODES",
    "PERSON_RULES",
    "RULES",
    "Band",
    "BandOrder",
    "CalibrationRow",
    "Change",
    "ContentFacts",
    "Course",
    "Digest",
    "EvidenceAge",
    "Explanation",
    "KnownContent",
    "Line",
    "Mover",
    "PersonFacts",
    "Place",
    "Queued",
    "Retention",
    "TriageFacts",
    "WhatIf",
    "assess",
    "assess_many",
    "assess_person",
    "band",
    "band_order",
    "bands_on",
    "calibrate",
    "changed_weights",
    "content_of",
    "course_of",
    "digests_of",
    "draw_sample",
    "due_at",
    "evidence_age",
    "explain",
    "factor_named",
    "factors",
    "facts_of",
    "keep_until",
    "park_reason",
    "park_rule",
    "person_factors",
    "points_text",
    "queue",
    "records_until",
    "stated_of",
    "what_if",
    "wilson",
    "without",
]
