"""A proposal with its evidence and its open questions, and how a person's answers make a profile of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from kaval.engine.formats.profile._canonical import names_of, times_of
from kaval.engine.formats.profile._model import Clock, Evidence, Profile, TimeRule
from kaval.engine.formats.profile._time import ORDERS, offset_of
from kaval.engine.kernel.errors import RefusedError
from kaval.engine.kernel.instant import require_aware


@dataclass(frozen=True, slots=True)
class Question:
    """What the file does not settle. `code` is `order`, `clock`, `zone`, `column`, `fixed` or `kind`; `about` the
    canonical field (empty for `kind`); `options` are (answer, what it would mean)."""

    code: str
    about: str
    text: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """How an answer names it: `order.start`, `kind`."""
        return f"{self.code}.{self.about}" if self.about else self.code


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A profile of version 0, why each part was proposed, and what a person must answer first.

    `evidence` is by canonical field; `layout` and `kind` have their own entries. A time whose order is not proposed
    has the order `""`, which no file is ever read by. `header` are the columns as they stand in the file.
    """

    profile: Profile
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    header: tuple[str, ...] = ()


def answered(suggestion: Suggestion, answers: Mapping[str, str]) -> Suggestion:
    """The suggestion with a person's answers in it. `order=dmy` answers every open order, `order.start=dmy` one time.

    Raises:
        RefusedError: an answer to no question, or one that is not possible.
    """
    for key, answer in answers.items():
        code, _, about = key.partition(".")
        asked = [q for q in suggestion.questions if q.code == code and about in ("", q.about)]
        given = [about] if about else [q.about for q in asked]
        if code not in _ANSWERS or not given:
            open_keys = ", ".join(q.key for q in suggestion.questions) or "none"
            raise RefusedError("profile_answer", f"{key!r} answers no question; open questions: {open_keys}")
        profile = suggestion.profile
        for name in given:
            profile = _ANSWERS[code](suggestion, profile, (name, answer))
        left = tuple(q for q in suggestion.questions if not (q.code == code and q.about in given))
        suggestion = replace(suggestion, profile=profile, questions=left)
    return suggestion


def _refuse(answer: str, wanted: str) -> RefusedError:
    return RefusedError("profile_answer", f"{answer!r} is no answer here; {wanted}")


def _rule(profile: Profile, name: str) -> TimeRule:
    if name not in profile.times:
        raise RefusedError("profile_answer", f"this profile has no time {name!r}")
    return profile.times[name]


def _with_rule(profile: Profile, name: str, rule: TimeRule) -> Profile:
    return replace(profile, times={**profile.times, name: rule})


def _order(_: Suggestion, profile: Profile, given: tuple[str, str]) -> Profile:
    name, answer = given
    if answer not in ORDERS:
        raise _refuse(answer, f"an order is one of {', '.join(ORDERS)}")
    return _with_rule(profile, name, replace(_rule(profile, name), order=answer))


def _clock(_: Suggestion, profile: Profile, given: tuple[str, str]) -> Profile:
    name, answer = given
    if answer not in ("24h", "12h"):
        raise _refuse(answer, "a clock is 24h or 12h")
    return _with_rule(profile, name, replace(_rule(profile, name), clock=Clock(answer)))


def _zone(_: Suggestion, profile: Profile, given: tuple[str, str]) -> Profile:
    name, answer = given
    text, comma, how = answer.partition(",")
    if text.strip() == "value":
        return _with_rule(
            profile, name, replace(_rule(profile, name), zone_minutes=None, zone_source="value")
        )
    minutes = offset_of(text)
    if minutes is None or (comma and how.strip() != "agreed"):
        raise _refuse(answer, "a zone is +05:30, or +05:30,agreed when the sender has confirmed it, or value")
    source = "profile" if comma else "officer"
    return _with_rule(profile, name, replace(_rule(profile, name), zone_minutes=minutes, zone_source=source))


def _column(suggestion: Suggestion, profile: Profile, given: tuple[str, str]) -> Profile:
    name, answer = given
    if name not in names_of(profile.kind):
        raise RefusedError("profile_answer", f"{name!r} is no field of {profile.kind}")
    columns = {key: value for key, value in profile.columns.items() if key != name}
    if answer == "none":
        return replace(profile, columns=columns)
    if answer not in suggestion.header:
        raise _refuse(answer, f"the columns are {', '.join(suggestion.header[:40])}; or none")
    if name in times_of(profile.kind):
        raise _refuse(answer, "a time's column is not exchanged by an answer: suggest again")
    return replace(profile, columns={**columns, name: answer})


def _fixed(_: Suggestion, profile: Profile, given: tuple[str, str]) -> Profile:
    name, answer = given
    if name not in names_of(profile.kind) or not answer.strip() or len(answer) > 200:
        raise _refuse(answer, "one value for the whole file is asked for")
    return replace(profile, fixed={**profile.fixed, name: answer.strip()})


def _kind(_: Suggestion, profile: Profile, given: tuple[str, str]) -> Profile:
    if given[1] != profile.kind:
        raise _refuse(given[1], f"for another kind than {profile.kind}, suggest again with --kind {given[1]}")
    return profile


_ANSWERS = {
    "order": _order, "clock": _clock, "zone": _zone, "column": _column, "fixed": _fixed, "kind": _kind,
}  # fmt: skip


def confirmed(suggestion: Suggestion, *, name: str, version: int, by: str, at: datetime) -> Profile:
    """The profile a person takes responsibility for.

    Raises:
        RefusedError: a question is open, a time has no order, or name or officer is missing.
    """
    if suggestion.questions:
        open_keys = ", ".join(question.key for question in suggestion.questions)
        raise RefusedError("profile_open", f"still to be answered: {open_keys}")
    unset = [field for field, rule in suggestion.profile.times.items() if rule.order not in ORDERS]
    if unset:
        raise RefusedError("profile_open", f"no order of day and month for {', '.join(unset)}")
    plain = name.replace("-", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and len(name) <= 60) or version < 1:
        raise RefusedError("profile_name", "a name is made of letters, digits, - and _, at most 60 of them")
    if not by.strip():
        raise RefusedError("profile_officer", "a profile is confirmed by an officer: name one")
    return replace(
        suggestion.profile,
        name=name,
        version=version,
        confirmed_by=by.strip(),
        confirmed_at=require_aware(at),
    )
