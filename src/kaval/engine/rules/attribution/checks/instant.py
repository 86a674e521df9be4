"""A-10 to A-20: the instant is the source's, its zone and order are settled, and its uncertainty is carried
along."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from kaval.engine.kernel.instant import OffsetSource, Precision, ist_text, parse_iso, utc_text
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.answer import clock_uncertainty, observed_window
from kaval.engine.rules.attribution.case import (
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    failed,
    passed,
    unknown,
)

_TWELVE = re.compile(r"(?<!\d)(\d{1,2}):\d{2}")
_MARK = re.compile(r"\b[AaPp]\.?[Mm]\b\.?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _zone_settled(case: ObservationCase) -> Finding:
    time = case.observation.time
    if time.utc is None or time.offset_source is OffsetSource.NONE:
        return unknown(
            f"{time.as_received!r} gives no instant.", f"{time.as_received!r} കൃത്യമായ സമയം നൽകുന്നില്ല."
        )
    if time.offset_source is OffsetSource.ASSUMED:
        return failed("The zone was only assumed.", "സമയമേഖല ഊഹിച്ചതാണ്.")
    return passed()


def _order_settled(case: ObservationCase) -> Finding:
    time = case.observation.time
    if _is_iso(time.as_received) or time.offset_source is OffsetSource.PROFILE:
        return passed()
    numbers = [int(number) for number in re.findall(r"\d+", time.as_received)[:2]]
    if any(number > 12 for number in numbers):
        return passed()
    return failed(
        f"{time.as_received!r} may be day or month first.", f"{time.as_received!r}: ദിവസമോ മാസമോ ആദ്യം?"
    )


def _hours_settled(case: ObservationCase) -> Finding:
    time = case.observation.time
    if (
        _is_iso(time.as_received)
        or time.offset_source is OffsetSource.PROFILE
        or _MARK.search(time.as_received)
    ):
        return passed()
    hour = _TWELVE.search(time.as_received)
    if hour is None:
        return unknown("No hour can be seen in the text.", "മണിക്കൂർ കാണുന്നില്ല.")
    if int(hour.group(1)) > 12:
        return passed()
    return failed(
        f"{time.as_received!r} may be a 12-hour value without AM or PM.",
        f"{time.as_received!r}: AM/PM ഇല്ലാത്ത 12 മണിക്കൂർ സമയമാകാം.",
    )


def _rendered_both(case: ObservationCase) -> Finding:
    asked = case.request
    if asked is None:
        return unknown("No request is on record for this observation.", "ഈ നിരീക്ഷണത്തിന് അപേക്ഷ രേഖയിലില്ല.")
    if (asked.utc_text, asked.ist_text) != (utc_text(asked.utc), ist_text(asked.utc)):
        return failed("The printed UTC and IST are not the same instant.", "അച്ചടിച്ച UTC-യും IST-യും ഒന്നല്ല.")
    return passed()


def _same_instant(case: ObservationCase) -> Finding:
    asked = case.request
    if asked is None or case.at is None:
        return unknown("There is no request or no instant to compare.", "താരതമ്യത്തിന് അപേക്ഷയോ സമയമോ ഇല്ല.")
    if asked.utc != case.at:
        return failed(
            f"Asked about {utc_text(asked.utc)}, the source says {utc_text(case.at)}.",
            f"ചോദിച്ചത് {utc_text(asked.utc)}, ഉറവിടത്തിൽ {utc_text(case.at)}.",
        )
    return passed()


def _plausible(case: ObservationCase) -> Finding:
    seen, at = case.observation, case.at
    if at is None:
        return unknown("There is no instant to look at.", "പരിശോധിക്കാൻ സമയമില്ല.")
    if at > (seen.received_at or case.as_of) or at > case.as_of:
        return failed("The event lies after the report of it.", "റിപ്പോർട്ടിനു ശേഷമുള്ള സമയമാണ്.")
    if at <= _EPOCH + timedelta(days=1):
        return failed("The event time is the zero of a computer clock.", "സമയം കമ്പ്യൂട്ടർ ഘടികാരത്തിന്റെ പൂജ്യമാണ്.")
    if seen.account_created_at is not None and at < seen.account_created_at:
        return failed("The event lies before the account was made.", "അക്കൗണ്ട് തുടങ്ങുന്നതിനു മുമ്പുള്ള സമയമാണ്.")
    if seen.midnight_share is not None and seen.midnight_share > case.limits.midnight_share:
        return failed(
            "Too many times of this file are exactly midnight: it may hold dates only.",
            "ഫയലിലെ പല സമയവും കൃത്യം അർധരാത്രിയാണ്: തീയതി മാത്രമാകാം.",
        )
    return passed()


def _fine_enough(case: ObservationCase) -> Finding:
    if case.at is None:
        return unknown("There is no instant to look at.", "പരിശോധിക്കാൻ സമയമില്ല.")
    precision = case.observation.time.precision
    if precision is Precision.DAY:
        return failed("A day is no instant: a whole day of customers would be named.", "ദിവസം മാത്രം മതിയാവില്ല.")
    if precision is Precision.SECOND:
        return passed()
    return passed(
        f"Stated to the {precision.value}; the whole {precision.value} is asked about.",
        "സൂക്ഷ്മത കുറവായതിനാൽ ഇടവേള മുഴുവൻ ചോദിക്കുന്നു.",
    )


def _uncertainty_added(case: ObservationCase) -> Finding:
    if observed_window(case.observation.time) is None:
        return unknown(
            "The uncertainty cannot be added to an unknown instant.", "സമയം അറിയാതെ അനിശ്ചിതത്വം ചേർക്കാനാവില്ല."
        )
    seconds = int(clock_uncertainty(case.observation.time).total_seconds())
    return passed(f"{seconds} s are added on both sides.", f"ഇരുവശത്തും {seconds} സെക്കൻഡ് ചേർത്തു.")


def _still_kept(case: ObservationCase) -> Finding:
    if case.at is None:
        return unknown("There is no instant to look at.", "പരിശോധിക്കാൻ സമയമില്ല.")
    asked_at = case.request.asked_at if case.request is not None else case.as_of
    age, limits = asked_at - case.at, case.limits
    if age > timedelta(days=limits.retention_days - limits.handling_days):
        return failed(
            f"The event is {age.days} days old; ISPs keep {limits.retention_days}.",
            f"സംഭവത്തിന് {age.days} ദിവസം പഴക്കം; സൂക്ഷിക്കുന്നത് {limits.retention_days} ദിവസം.",
            kind=CheckKind.BLOCK,
        )
    if age >= timedelta(days=limits.retention_warn_days):
        return failed(
            f"The event is {age.days} days old: ask first.", f"സംഭവത്തിന് {age.days} ദിവസം പഴക്കം: ആദ്യം ചോദിക്കുക."
        )
    return passed()


def _is_iso(text: str) -> bool:
    return parse_iso(text, profile_offset_minutes=0).utc is not None


_ASK, _ANSWER, _BLOCK = Stage.ASK, Stage.ANSWER, CheckKind.BLOCK
CHECKS = (
    ObservationCheck(
        "A-10",
        _BLOCK,
        _ASK,
        "The time states its offset, or a checked profile fixes the zone.",
        "സമയത്തിനൊപ്പം സമയമേഖല വ്യക്തമാണ്.",
        examine=_zone_settled,
    ),
    ObservationCheck(
        "A-11",
        _BLOCK,
        _ASK,
        "The order of day and month is settled.",
        "ദിവസവും മാസവും ഏതു ക്രമത്തിലെന്ന് ഉറപ്പാണ്.",
        examine=_order_settled,
    ),
    ObservationCheck(
        "A-12",
        _BLOCK,
        _ASK,
        "A 12-hour value has AM or PM.",
        "12 മണിക്കൂർ സമയത്തിന് AM/PM ഉണ്ട്.",
        examine=_hours_settled,
    ),
    ObservationCheck(
        "A-13",
        _BLOCK,
        _ANSWER,
        "The request shows UTC and IST of one instant, 05:30 apart.",
        "അപേക്ഷയിൽ ഒരേ നിമിഷത്തിന്റെ UTC-യും IST-യും ഉണ്ട്.",
        examine=_rendered_both,
    ),
    ObservationCheck(
        "A-15",
        _BLOCK,
        _ANSWER,
        "Year, month, day, hour, minute and second asked equal the source.",
        "ചോദിച്ച തീയതിയും സമയവും ഉറവിടത്തിലേതു തന്നെ.",
        examine=_same_instant,
    ),
    ObservationCheck(
        "A-17",
        CheckKind.HOLD,
        _ASK,
        "The time is plausible: not future, not zero, not date-only.",
        "സമയം വിശ്വസനീയമാണ്: ഭാവിയല്ല, പൂജ്യമല്ല, തീയതി മാത്രമല്ല.",
        examine=_plausible,
    ),
    ObservationCheck(
        "A-18",
        _BLOCK,
        _ASK,
        "Seconds are present, or the interval is widened to what is stated.",
        "സെക്കൻഡ് വരെ സമയമുണ്ട്, അല്ലെങ്കിൽ ഇടവേള വിശാലമാക്കി.",
        examine=_fine_enough,
    ),
    ObservationCheck(
        "A-19",
        _BLOCK,
        _ASK,
        "The clock uncertainty is added on both sides.",
        "ഘടികാര അനിശ്ചിതത്വം ഇരുവശത്തും ചേർത്തു.",
        examine=_uncertainty_added,
    ),
    ObservationCheck(
        "A-20",
        CheckKind.WARN,
        _ASK,
        "The ISP still keeps its record of the event.",
        "സേവനദാതാവ് രേഖ ഇപ്പോഴും സൂക്ഷിക്കുന്നു.",
        "law_and_procedure.md 1.6 (DoT, Dec 2021)",
        examine=_still_kept,
    ),
)
