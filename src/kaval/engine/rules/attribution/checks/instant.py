"""A-10 to A-20: the instant is the event's and the source's, zone and order are settled, uncertainty is carried."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from kaval.engine.kernel.instant import OffsetSource, Precision, ist_text, parse_iso, utc_text
from kaval.engine.kernel.reason import CheckKind
from kaval.engine.rules.attribution.answer import Resolution, clock_uncertainty
from kaval.engine.rules.attribution.case import (
    NO_CUSTOMER,
    NO_INSTANT,
    NO_REQUEST,
    PASSED,
    Finding,
    ObservationCase,
    ObservationCheck,
    Stage,
    failed,
    fixed,
    passed,
    unknown,
)

_HOUR = re.compile(r"(?<!\d)(\d{1,2}):\d{2}")
_MARK = re.compile(r"(?<![A-Za-z])[AaPp]\.?[Mm](?![A-Za-z])\.?")
_MONTH = re.compile(r"(?<![A-Za-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_ISO = re.compile(r"\s*\d{4}-\d{2}-\d{2}(?!\d)")
_EPOCH_TEXT = re.compile(r"\s*\d{9,}(?:\.\d+)?\s*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ASSUMED = fixed(failed("The zone was only assumed.", "സമയമേഖല ഊഹിച്ചതാണ്."))


def _zone_settled(case: ObservationCase) -> Finding:
    time = case.observation.time
    if time.utc is None or time.offset_source is OffsetSource.NONE:
        return unknown(
            f"{time.as_received!r} gives no instant.",
            f"{time.as_received!r} കൃത്യമായ സമയം നൽകുന്നില്ല.",
            # A clock that its own profile cannot read gives no instant in any zone.
            follows=case.observation.clock_settled is False,
        )
    return _ASSUMED if time.offset_source is OffsetSource.ASSUMED else PASSED


def _order_settled(case: ObservationCase) -> Finding:
    text, settled = case.observation.time.as_received, case.observation.order_settled
    if settled or _fixes_itself(text) or _MONTH.search(text):
        return PASSED
    if settled is None and case.observation.time.offset_source is OffsetSource.PROFILE:
        return PASSED
    numbers = re.findall(r"\d+", text)[:2]
    if len(numbers) < 2:
        return unknown(f"{text!r} shows no date.", f"{text!r}: തീയതി കാണുന്നില്ല.", follows=True)
    if any(int(number) > 12 for number in numbers) or numbers[0] == numbers[1]:
        return PASSED
    return failed(f"{text!r} may be day or month first.", f"{text!r}: ദിവസമോ മാസമോ ആദ്യം?")


def _hours_settled(case: ObservationCase) -> Finding:
    text, settled = case.observation.time.as_received, case.observation.clock_settled
    if settled or _fixes_itself(text) or _MARK.search(text):
        return PASSED
    if settled is None and case.observation.time.offset_source is OffsetSource.PROFILE:
        return PASSED
    hour = _HOUR.search(text)
    if hour is None:
        return unknown("No hour can be seen in the text.", "മണിക്കൂർ കാണുന്നില്ല.", follows=True)
    if not 1 <= int(hour.group(1)) <= 12:
        return PASSED
    return failed(
        f"{text!r} may be a 12-hour value without AM or PM.", f"{text!r}: AM/PM ഇല്ലാത്ത 12 മണിക്കൂർ സമയമാകാം."
    )


@lru_cache(maxsize=1024)
def _fixes_itself(text: str) -> bool:
    """ISO 8601 and seconds since 1970 have one order and a 24-hour clock."""
    if _EPOCH_TEXT.fullmatch(text):
        return True
    return bool(_ISO.match(text)) and parse_iso(text, profile_offset_minutes=0).utc is not None


def _rendered_both(case: ObservationCase) -> Finding:
    asked = case.request
    if asked is None:
        return NO_REQUEST
    if (asked.utc_text, asked.ist_text) != (utc_text(asked.utc), ist_text(asked.utc)):
        return failed("The printed UTC and IST are not the same instant.", "അച്ചടിച്ച UTC-യും IST-യും ഒന്നല്ല.")
    return PASSED


def _both_readings(case: ObservationCase) -> Finding:
    """Each further reading of a repeated hour must be asked and must name the same customer."""
    others, place = case.observation.other_utc, case.place
    if not others:
        return PASSED
    if case.at is None or case.window is None:
        return NO_INSTANT
    if place is None:
        return NO_CUSTOMER
    for other in others:
        found = [one for one in case.other_resolutions if _stands_for(one, case, other)]
        if not found:
            return unknown(
                f"The hour repeats; the reading {utc_text(other)} has no answer.",
                f"ഇരട്ടിക്കുന്ന മണിക്കൂർ: {utc_text(other)} എന്ന വായനയ്ക്ക് മറുപടിയില്ല.",
            )
        if any((one.isp_id, one.customer_ref) != place for one in found):
            return failed(
                f"The hour repeats; the reading {utc_text(other)} does not name the same customer.",
                f"ഇരട്ടിക്കുന്ന മണിക്കൂർ: {utc_text(other)} എന്ന വായനയിൽ അതേ വരിക്കാരനല്ല.",
            )
    return passed(
        "The hour repeats; both readings name the same customer.",
        "ഇരട്ടിക്കുന്ന മണിക്കൂർ: രണ്ടു വായനയിലും ഒരേ വരിക്കാരൻ.",
    )


def _stands_for(found: Resolution, case: ObservationCase, other: datetime) -> bool:
    """True when the resolution was made for the whole uncertain interval of the further reading."""
    if found.window is None or case.window is None or case.at is None:
        return False
    first, last = (edge + (other - case.at) for edge in case.window)
    return found.window[0] <= first and last <= found.window[1]


def _same_instant(case: ObservationCase) -> Finding:
    asked = case.request
    if asked is None:
        return NO_REQUEST
    if case.at is None:
        return NO_INSTANT
    if asked.utc != case.at:
        return failed(
            f"Asked about {utc_text(asked.utc)}, the source says {utc_text(case.at)}.",
            f"ചോദിച്ചത് {utc_text(asked.utc)}, ഉറവിടത്തിൽ {utc_text(case.at)}.",
        )
    return PASSED


_TIME_UNKNOWN = fixed(
    unknown("The source does not say what the time is the time of.", "ഇത് എന്തിന്റെ സമയമെന്ന് ഉറവിടം പറയുന്നില്ല.")
)
_TIMES = {
    "report": ("of the report", "റിപ്പോർട്ടിന്റെ"),
    "receipt": ("of its receipt", "കൈപ്പറ്റിയതിന്റെ"),
    "file": ("the file was made", "ഫയൽ ഉണ്ടാക്കിയതിന്റെ"),
}


def _event_time(case: ObservationCase) -> Finding:
    seen = case.observation
    if not seen.time_of:
        return _TIME_UNKNOWN
    if seen.time_of != "event":
        words, words_ml = _TIMES.get(seen.time_of, (f"of: {seen.time_of}", seen.time_of))
        return failed(f"It is the time {words}, not of the event.", f"ഇത് {words_ml} സമയമാണ്, സംഭവത്തിന്റേതല്ല.")
    if case.at is not None and case.at in (seen.reported_at, seen.received_at):
        return failed(
            "The time equals that of the report to the second: it is not the event's.",
            "സമയം റിപ്പോർട്ടിന്റേതുമായി കൃത്യം ഒന്നാണ്: സംഭവത്തിന്റേതല്ല.",
        )
    return PASSED


def _plausible(case: ObservationCase) -> Finding:
    seen, at, asked = case.observation, case.at, case.request
    if at is None:
        return NO_INSTANT
    known = (seen.received_at, seen.reported_at, None if asked is None else asked.asked_at)
    if at > case.as_of or any(one is not None and at > one for one in known):
        return failed("The event lies after the report of it.", "റിപ്പോർട്ടിനു ശേഷമുള്ള സമയമാണ്.")
    if at <= _EPOCH + timedelta(days=1):
        return failed("The event time is the zero of a computer clock.", "സമയം കമ്പ്യൂട്ടർ ഘടികാരത്തിന്റെ പൂജ്യമാണ്.")
    created = seen.account_created_at
    if created is not None and at < created and (case.window is None or case.window[1] < created):
        return failed("The event lies before the account was made.", "അക്കൗണ്ട് തുടങ്ങുന്നതിനു മുമ്പുള്ള സമയമാണ്.")
    if seen.midnight_share is not None and seen.midnight_share > case.limits.midnight_share:
        return failed(
            "Too many times of this file are exactly midnight: it may hold dates only.",
            "ഫയലിലെ പല സമയവും കൃത്യം അർധരാത്രിയാണ്: തീയതി മാത്രമാകാം.",
        )
    return PASSED


def _fine_enough(case: ObservationCase) -> Finding:
    if case.at is None:
        return NO_INSTANT
    precision = case.observation.time.precision
    if precision is Precision.SECOND:
        return PASSED
    if precision is Precision.DAY:
        return failed("A day is no instant: a whole day of customers would be named.", "ദിവസം മാത്രം മതിയാവില്ല.")
    return passed(
        f"Stated to the {precision.value}; the whole {precision.value} is asked about.",
        "സൂക്ഷ്മത കുറവായതിനാൽ ഇടവേള മുഴുവൻ ചോദിക്കുന്നു.",
    )


_UNCERTAIN = fixed(
    unknown(
        "The uncertainty cannot be added to an unknown instant.",
        "സമയം അറിയാതെ അനിശ്ചിതത്വം ചേർക്കാനാവില്ല.",
        follows=True,
    )
)
_ADDED = {
    seconds: fixed(passed(f"{seconds} s are added on both sides.", f"ഇരുവശത്തും {seconds} സെക്കൻഡ് ചേർത്തു."))
    for seconds in (2, 120)
}


def _uncertainty_added(case: ObservationCase) -> Finding:
    window, asked = case.window, case.request
    if window is None:
        return _UNCERTAIN
    if asked is not None and asked.utc == case.at and (asked.from_at > window[0] or asked.to_at < window[1]):
        return failed(
            "The request asked about a shorter interval than the observation may stand for.",
            "നിരീക്ഷണത്തിനു വേണ്ട ഇടവേളയിലും കുറവാണ് അപേക്ഷയിൽ ചോദിച്ചത്.",
        )
    return _ADDED[int(clock_uncertainty(case.observation.time).total_seconds())]


def _still_kept(case: ObservationCase) -> Finding:
    if case.at is None:
        return NO_INSTANT
    limits, isp = case.limits, case.isp
    age = (case.request.asked_at if case.request is not None else case.as_of) - case.at
    kept = limits.retention_days if isp is None or isp.retention_days is None else isp.retention_days
    if age > timedelta(days=kept - limits.handling_days):
        return failed(
            f"The event is {age.days} days old; the ISP keeps records for {kept}.",
            f"സംഭവത്തിന് {age.days} ദിവസം പഴക്കം; സൂക്ഷിക്കുന്നത് {kept} ദിവസം.",
            kind=CheckKind.BLOCK,
        )
    if age >= timedelta(days=kept - (limits.retention_days - limits.retention_warn_days)):
        return failed(
            f"The event is {age.days} days old: ask first.", f"സംഭവത്തിന് {age.days} ദിവസം പഴക്കം: ആദ്യം ചോദിക്കുക."
        )
    return PASSED


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
        "A-14",
        _BLOCK,
        _ANSWER,
        "In an hour that summer time repeats, both readings are asked and name the same customer.",
        "വേനൽക്കാല സമയത്തിൽ ഇരട്ടിക്കുന്ന മണിക്കൂറിൽ രണ്ടു വായനയും ചോദിച്ച് ഒരേ വരിക്കാരനിലെത്തി.",
        examine=_both_readings,
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
        "A-16",
        _BLOCK,
        _ASK,
        "The time is that of the event, not of a report, a receipt or a file.",
        "സമയം സംഭവത്തിന്റേതാണ്, റിപ്പോർട്ടിന്റെയോ ഫയലിന്റെയോ അല്ല.",
        examine=_event_time,
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
        behind=("A-14", "A-18"),
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
