"""Profiles of free layouts: which column means what, in what order the day and the month stand, in which zone.

suggestion = suggest(file)                       # version 0, with evidence and open questions
suggestion = answered(suggestion, {"zone": "+05:30,agreed"})
profile = confirmed(suggestion, name="watch-g", version=1, by="HQ-007", at=at)
profile = fitting(file)                          # the newest of file.profiles made from this header
time, problem = time_of(row, profile.times["start"])
"""

from __future__ import annotations

from kaval.engine.formats.profile._canonical import KINDS, names_of, times_of
from kaval.engine.formats.profile._fit import fingerprint, fitting, matches
from kaval.engine.formats.profile._form import from_json, suggestion_from_json, suggestion_to_json, to_json
from kaval.engine.formats.profile._model import Clock, Evidence, Layout, Profile, TimeRule
from kaval.engine.formats.profile._suggest import suggest
from kaval.engine.formats.profile._suggestion import Question, Suggestion, answered, confirmed
from kaval.engine.formats.profile._time import time_of

__all__ = [
    "KINDS",
    "Clock",
    "Evidence",
    "Layout",
    "Profile",
    "Question",
    "Suggestion",
    "TimeRule",
    "answered",
    "confirmed",
    "fingerprint",
    "fitting",
    "from_json",
    "matches",
    "names_of",
    "suggest",
    "suggestion_from_json",
    "suggestion_to_json",
    "time_of",
    "times_of",
    "to_json",
]
