"""One value has one normal form however it was spelt, and every kind says what it proves and how it misleads."""

from __future__ import annotations

import doctest
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kaval.engine.kernel.identifier import (
    _digits,
    _mailbox,
    _phone_plans,
    email,
    handle,
    holder,
    imei,
    ip_port_instant,
    kinds,
    normalise,
    phone,
    strength,
    upi,
    vehicle,
)

PAGE = Path(__file__).parents[3] / "docs" / "identifiers.md"
each_kind = pytest.mark.parametrize("kind, module", kinds().items(), ids=kinds().keys())

MALAYALAM_ZERO = 0x0D66
NAMES = st.from_regex(r"[a-z][a-z0-9]{1,12}", fullmatch=True)
TAGS = st.from_regex(r"[a-z0-9.+-]{0,8}[a-z0-9]", fullmatch=True).filter(lambda tag: ".." not in tag)
TEXTS = st.text(max_size=50) | st.from_regex(r"[ A-Za-z0-9൦-൯+@.:{}()\[\]\-/_]{0,50}", fullmatch=True)


def in_malayalam_digits(text: str) -> str:
    return "".join(chr(MALAYALAM_ZERO + int(sign)) if sign in "0123456789" else sign for sign in text)


def share_of_malayalam(text: str) -> float:
    letters = [sign for sign in text if sign.isalpha()]
    return sum("MALAYALAM" in unicodedata.name(sign) for sign in letters) / len(letters)


def refuses(function: Callable[[str], str], value: str) -> bool:
    """True for ValueError; anything else goes through and fails the test."""
    try:
        function(value)
    except ValueError:
        return True
    return False


# ---------------------------------------------------------------- what every kind says


@each_kind
def test_a_kind_says_who_holds_it_what_it_proves_and_how_it_misleads(kind: str, module: ModuleType) -> None:
    assert strength(kind) in ("strong", "weak", "container")
    assert holder(kind) in ("one", "passes", "many")
    for name in ("PROVES", "MISLEADS"):
        english, malayalam = getattr(module, name), getattr(module, f"{name}_ML")
        assert (english[-1], malayalam[-1]) == (".", ".")
        assert english.isascii()
        assert len(english) <= 120
        assert share_of_malayalam(malayalam) > 0.6, malayalam
        assert not re.search(r"suspect|offender|culprit|guilty|criminal", english, re.IGNORECASE)


def test_what_many_hold_never_links_strongly_and_what_one_holds_may() -> None:
    by_holder = {
        word: {kind for kind in kinds() if holder(kind) == word} for word in ("one", "passes", "many")
    }

    assert by_holder["one"] == {"email", "esp_account", "upi"}
    assert {"phone", "handle", "device_id", "imei", "client_guid", "vehicle"} <= by_holder["passes"]
    assert not any(strength(kind) == "strong" for kind in by_holder["many"])
    assert {kind for kind in kinds() if strength(kind) == "container"} <= by_holder["many"]


def test_of_an_unknown_kind_nothing_is_made() -> None:
    assert (holder("no_such_kind"), strength("no_such_kind")) == ("many", "weak")


@each_kind
def test_the_page_shows_the_kind_in_both_languages_as_the_code_has_it(kind: str, module: ModuleType) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith(f"| `{kind}` |")
    ]
    worth = [module.STRENGTH, module.HOLDER, module.PROVES, module.MISLEADS]

    assert [row[2:] for row in rows if len(row) == 6] == [worth]
    assert [f"`{kind}`", module.PROVES_ML, module.MISLEADS_ML] in rows


@pytest.mark.parametrize("domain", sorted(_mailbox.RULES))
def test_the_page_names_every_provider_with_a_rule(domain: str) -> None:
    assert domain in PAGE.read_text("utf-8")


@pytest.mark.parametrize("module", (_digits, _mailbox, _phone_plans))
def test_the_examples_of_the_shared_parts_run(module: ModuleType) -> None:
    outcome = doctest.testmod(module)

    assert outcome.attempted
    assert not outcome.failed


# ---------------------------------------------------------------- laws of every kind


@each_kind
@settings(max_examples=50)
@given(text=TEXTS)
def test_any_text_is_refused_or_has_a_stable_normal_form(kind: str, module: ModuleType, text: str) -> None:
    value = f"Example Chat:{text}" if module.SCOPED else text
    if not module.is_valid(value):
        assert refuses(module.validate, value)
        assert refuses(module.format, value)
        return
    normal = module.validate(value)

    assert module.validate(normal) == normal == normalise(kind, value)
    shown = module.format(value)
    if not module.SCOPED and kind != "ip_port_instant":
        assert module.validate(shown) == normal


HOSTILE = ("\ud800", "\x00", "x" * 50_000, "9" * 50_000, " @" * 20_000, "\u0d3e:\u200d", "\U0001f9ff" * 9)


@each_kind
def test_a_hostile_text_is_refused_or_normal_and_nothing_else_happens(kind: str, module: ModuleType) -> None:
    for value in (*HOSTILE, *(f"example chat:{text}" for text in HOSTILE)):
        assert module.is_valid(value) == (normalise(kind, value) is not None)


# ---------------------------------------------------------------- mailboxes


@settings(max_examples=40)
@given(name=NAMES, tag=TAGS, data=st.data())
@pytest.mark.parametrize("domain", sorted(_mailbox.RULES))
def test_two_spellings_of_one_mailbox_are_equal(
    domain: str, name: str, tag: str, data: st.DataObject
) -> None:
    assume(email.is_valid(f"{name}@{domain}"))
    rule = _mailbox.RULES[domain]
    place = data.draw(st.integers(1, len(name) - 1))
    sign = data.draw(st.sampled_from(("", *rule.ignored)))
    written = f"{name[:place]}{sign}{name[place:]}+{tag}@{domain}".upper()

    assert email.validate(written) == email.validate(f"{name}@{domain}") == f"{name}@{rule.domain}"
    assert email.format(written) == written.lower()


@given(name=NAMES, tag=TAGS)
@pytest.mark.parametrize("domain", ("example.org", "gmail.com.example.net", "mail.example.com"))
def test_a_provider_without_a_published_rule_is_left_alone(domain: str, name: str, tag: str) -> None:
    written = f"a.{name}+{tag}@{domain}"

    assert email.validate(written) == written


def test_dots_count_where_only_tags_do_not_and_domains_stay_apart() -> None:
    assert email.validate("0.x+a@outlook.com") == "0.x@outlook.com" != email.validate("0x@outlook.com")
    assert email.validate("0x@hotmail.com") != email.validate("0x@outlook.com")
    assert email.validate("0x@proton.me") != email.validate("0x@pm.me")


@pytest.mark.parametrize("text", ("+tag@gmail.com", "unknown+1@gmail.com", "_-_@proton.me", "x+y@pm.me"))
def test_a_mailbox_without_a_name_is_nobodys(text: str) -> None:
    assert not email.is_valid(text)


# ---------------------------------------------------------------- telephone numbers


@given(number=st.from_regex(r"[6-9][0-9]{9}", fullmatch=True))
def test_spellings_of_an_indian_mobile_number_are_equal(number: str) -> None:
    assume(phone.is_valid(number))
    first, second = number[:5], number[5:]
    spellings = (
        f"+91 {first} {second}", f"0{number}", f"0091-{first}-{second}", f"91{number}", f"(+91) {number}",
        f"+91 (0) {number}", f"+91-0{number}", f"tel:+91{number}", in_malayalam_digits(f"{first} {second}"),
        f"\u200e+91 {number}\u202c", f"\uff0b91{number}",
    )  # fmt: skip

    assert {phone.validate(text) for text in spellings} == {f"+91{number}"}
    assert phone.validate(phone.format(number)) == f"+91{number}"


@pytest.mark.parametrize("code", sorted(_phone_plans.PLANS))
def test_a_national_number_has_the_length_its_country_uses(code: str) -> None:
    shortest, longest = _phone_plans.PLANS[code]
    national = "2345678902345678"

    assert phone.is_valid(f"+{code} {national[:longest]}")
    assert not phone.is_valid(f"+{code} {national[: shortest - 1]}")
    assert not phone.is_valid(f"+{code}{national[: longest + 1]}")


def test_no_country_code_is_the_start_of_another() -> None:
    codes = _phone_plans.PLANS
    assert not [(one, two) for one in codes for two in codes if one != two and two.startswith(one)]


@pytest.mark.parametrize("text", (
    "98460 12345 ext 7", "98460 12345 x7", "+91 98460 12345;ext=7", "+91 98460 12345#7", "9846012345 or 9846012346",
    "+210 12345678", "+999 12345678", "+91 9846012", "+91 98460123456", "+1 102 555 0123", "+1 202 155 0123",
    "+971 50 123", "+44 20 7946 0958 12", "1234567890", "+91 98765 43210", "9²46012345", "+91", "", "+ 91",
))  # fmt: skip
def test_what_is_no_subscriber_number_is_refused(text: str) -> None:
    assert not phone.is_valid(text)


def test_a_zero_that_belongs_to_the_number_stays() -> None:
    assert phone.validate("+39 06 1234 5678") == "+390612345678"
    assert phone.validate("+44 (0)20 7946 0958") == phone.validate("0044 20 7946 0958")


# ---------------------------------------------------------------- handles and payment addresses


@given(name=NAMES, data=st.data())
def test_dots_in_a_handle_count_but_where_the_platform_says_not(name: str, data: st.DataObject) -> None:
    assume(handle.is_valid(f"facebook:{name}"))
    place = data.draw(st.integers(1, len(name) - 1))
    dotted = f"@{name[:place]}.{name[place:]}".upper()

    assert handle.validate(f"Facebook:{dotted}") == handle.validate(f"facebook:{name}")
    assert handle.validate(f"Example Chat:{dotted}") != handle.validate(f"example chat:{name}")


def test_invisible_marks_of_a_copied_screen_do_not_make_another_handle() -> None:
    assert handle.validate("ExampleChat:\u200e@River_Otter\u202c") == "examplechat:river_otter"
    assert not handle.is_valid("ExampleChat:\u200e")
    assert not handle.is_valid("Facebook:...")


def test_a_payment_address_is_no_mail_address() -> None:
    assert upi.is_valid("kavya.98@examplebank")
    assert not upi.is_valid("kavya.98@example.org")
    assert not email.is_valid("kavya.98@examplebank")


# ---------------------------------------------------------------- handsets and vehicles


@given(body=st.from_regex(r"[0-9]{14}", fullmatch=True), version=st.from_regex(r"[0-9]{2}", fullmatch=True))
def test_an_imei_is_the_same_from_label_network_and_software_version(body: str, version: str) -> None:
    whole = imei.compact(f"{body}{version}")
    assume(imei.is_valid(whole))

    same = {
        f"{body}{version}",
        f"{body}0",
        f"IMEI: {whole} / {version}",
        in_malayalam_digits(whole),
        imei.format(whole),
    }
    assert {imei.validate(text) for text in same} == {whole}
    # Of the ten last digits only the check digit and the network's 0 are an IMEI.
    assert {end for end in "0123456789" if imei.is_valid(body + end)} == {"0", whole[-1]}


@given(
    body=st.from_regex(r"[0-9]{13}[1-9]", fullmatch=True),
    place=st.integers(0, 13),
    digit=st.sampled_from("123456789"),
)
def test_one_mistyped_digit_is_noticed_unless_the_check_digit_is_zero(
    body: str, place: int, digit: str
) -> None:
    whole = imei.compact(f"{body}01")
    assume(imei.is_valid(whole) and whole[-1] != "0" and whole[place] != digit)

    assert not imei.is_valid(f"{whole[:place]}{digit}{whole[place + 1 :]}")


def test_a_device_id_that_is_an_imei_stays_what_the_provider_called_it() -> None:
    assert normalise("device_id", "35-693803-564380-9") == normalise("imei", "35-693803-564380-9")
    assert normalise("device_id", "3569380356438001") != normalise("imei", "3569380356438001")


SERIES = st.from_regex(r"[A-HJ-NP-Z]{1,3}", fullmatch=True)


@given(office=st.integers(1, 99), series=SERIES, number=st.integers(1, 9999))
def test_spellings_of_a_registration_number_are_equal(office: int, series: str, number: int) -> None:
    normal = f"KL{office:02}{series}{number:04}"
    spellings = (
        normal, f"kl {office} {series} {number}", f"KL-{office:02}-{series}-{number:04}",
        f"IND KL.{office:02} {series}{number}",
        f"KL{office}{series.lower()}{number:04}", in_malayalam_digits(f"KL {office:02} {series} {number:04}"),
    )  # fmt: skip

    assert {vehicle.validate(text) for text in spellings} == {normal}
    assert vehicle.validate(vehicle.format(normal)) == normal


@pytest.mark.parametrize("text, normal", (
    ("22-BH-1234-AA", "22BH1234AA"), ("26 bh 7 c", "26BH0007C"), ("DL 3C AB 1234", "DL03CAB1234"),
    ("KL-7-1234", "KL071234"), ("KL VA AA 12", "KLVAAA0012"), ("KL 07 ab 1234.", "KL07AB1234"),
))  # fmt: skip
def test_series_of_their_own_have_their_own_form(text: str, normal: str) -> None:
    assert vehicle.validate(text) == normal


@pytest.mark.parametrize("text", (
    "20 BH 1234 AA", "22 BH 0000 AA", "22 BH 1234 AI", "KL 00 AB 1234", "QQ 07 AB 1234", "KL 07 ABCD 1234",
    "KL 07 AB 12345", "KL71234", "KLO7AB1234", "KL 07", "07 AB 1234", "unknown", "",
))  # fmt: skip
def test_what_no_office_issues_is_refused(text: str) -> None:
    assert not vehicle.is_valid(text)


# ---------------------------------------------------------------- address, port and second


@given(
    address=st.ip_addresses().map(str),
    port=st.integers(1, 65535),
    seconds=st.floats(800_000_000, 3_700_000_000),
    minutes=st.integers(-48, 56).map(lambda quarter: quarter * 15),
)
def test_one_second_has_one_form_whatever_the_offset(
    address: str, port: int, seconds: float, minutes: int
) -> None:
    here = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    normal = ip_port_instant.join(address, port, here)
    stated = here.replace(microsecond=0).isoformat()

    assert ip_port_instant.join(address, port, here.astimezone(UTC)) == normal
    assert ip_port_instant.validate(normal) == normal
    assert ip_port_instant.validate(f"{address.upper()} {port} {stated}") == normal
    assert f"port {port} at " in ip_port_instant.format(normal)


@pytest.mark.parametrize("text", (
    "192.0.2.7:443@2026-03-01T07:00:00", "192.0.2.7:443@2026-03-01T07:00Z", "192.0.2.7:443@2026-03-01", "192.0.2.7:443",
    "192.0.2.7@2026-03-01T07:00:00Z", "192.0.2.7:0@2026-03-01T07:00:00Z", "192.0.2.7:65536@2026-03-01T07:00:00Z",
    "192.0.2.300:443@2026-03-01T07:00:00Z", "2001:db8::1:443@2026-03-01T07:00:00Z",
    "192.0.2.7:443@2026-02-30T07:00:00Z",
    "192.0.2.7:443@2026-03-01T07:00:00+99:00", "192.0.2.7:443@9999-12-31T23:59:59Z",
    "192.0.2.7:443@0001-01-01T00:00:00Z",
))  # fmt: skip
def test_without_address_port_second_and_offset_there_is_no_connection(text: str) -> None:
    assert not ip_port_instant.is_valid(text)


def test_a_time_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="no zone"):
        ip_port_instant.join(
            "192.0.2.7", 443, datetime.fromtimestamp(1_800_000_000, UTC).replace(tzinfo=None)
        )
