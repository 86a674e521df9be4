"""What makes one seized item sound: where it was found, a seal of its own, and numbers that check out.

Sources: BNSS 103(5) (list with the place of each thing), law_and_procedure.md 2.1 and 2.3 (C-9). IMEI check
digit: 3GPP TS 23.003 Annex B (Luhn over 15 digits); ICCID: ITU-T E.118 (Luhn).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kaval.engine.kernel.luhn import check_digit
from kaval.engine.kernel.reason import CheckKind, CheckResult, Reason, Verdict

KINDS = (
    "phone",
    "tablet",
    "laptop",
    "desktop",
    "hdd",
    "ssd",
    "usb",
    "card",
    "sim",
    "router",
    "nvr",
    "console",
    "other",
)


@dataclass(frozen=True, slots=True)
class SeizedItem:
    """One item as the team lists it. Empty text or None: not stated; an IMEI is needed only where there is
    one."""

    item_no: str
    kind: str
    make: str
    model: str
    serial: str
    found_at: str
    seal: str
    imei: str | None = None
    iccid: str | None = None
    sha256: str | None = None
    no_hash_reason: str = ""


def luhn_is_valid(digits: str) -> bool:
    """True when the text is ASCII digits and its last digit is the Luhn digit of the others."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 2:
        return False
    return digits[-1] == check_digit(digits[:-1])


def check_item(item: SeizedItem, others: Collection[SeizedItem] = ()) -> tuple[CheckResult, ...]:
    """Every check of one item against the rest of the operation's list (`others` may contain the item
    itself)."""
    rest = [one for one in others if one is not item and one != item]
    return (
        _result(
            "S-NUMBER",
            bool(item.item_no.strip()) and not _taken(item.item_no, [one.item_no for one in rest]),
            ("The item number is stated and used once.", "ഇനത്തിന്റെ നമ്പർ ഒന്നു മാത്രം."),
        ),
        _result("S-KIND", item.kind in KINDS, ("The kind is one of the list.", "ഇനം പട്ടികയിലുണ്ട്.")),
        _result(
            "S-FOUND",
            bool(item.found_at.strip()),
            ("The room and spot where it was found are stated.", "കണ്ടെത്തിയ മുറിയും സ്ഥലവും രേഖപ്പെടുത്തി."),
        ),
        _result(
            "S-SEAL",
            bool(item.seal.strip()) and not _taken(item.seal, [one.seal for one in rest]),
            ("The item has a seal of its own.", "ഇനത്തിനു മാത്രമായി ഒരു സീൽ ഉണ്ട്."),
        ),
        _imei(item, rest),
        _result(
            "S-ICCID",
            item.iccid is None or (luhn_is_valid(item.iccid) and 18 <= len(item.iccid) <= 20),
            ("The ICCID checks out.", "ICCID ശരിയാണ്."),
        ),
        _result(
            "S-SERIAL",
            not _taken(item.serial, [one.serial for one in rest if one.make == item.make]),
            ("No other item of this make has the serial.", "ഇതേ സീരിയൽ മറ്റൊന്നിനില്ല."),
        ),
        _result(
            "S-HASH",
            bool(item.sha256 or item.no_hash_reason.strip()),
            ("There is a hash, or the reason why not.", "ഹാഷ് ഉണ്ട്, അല്ലെങ്കിൽ ഇല്ലാത്തതിന്റെ കാരണമുണ്ട്."),
            kind=CheckKind.WARN,
        ),
    )


def _imei(item: SeizedItem, rest: Collection[SeizedItem]) -> CheckResult:
    ok = item.imei is None or (
        len(item.imei) == 15
        and luhn_is_valid(item.imei)
        and not _taken(item.imei, [one.imei or "" for one in rest])
    )
    return _result(
        "S-IMEI",
        ok,
        ("The IMEI has 15 digits, checks out and is no other item's.", "IMEI 15 അക്കം, ശരി, മറ്റൊന്നിനില്ല."),
    )


def _taken(value: str, others: Collection[str]) -> bool:
    plain = value.strip().casefold()
    return bool(plain) and any(plain == other.strip().casefold() for other in others)


def _result(code: str, ok: bool, words: tuple[str, str], *, kind: CheckKind = CheckKind.BLOCK) -> CheckResult:
    return CheckResult(code, kind, Verdict.PASS if ok else Verdict.FAIL, Reason(code, *words))
