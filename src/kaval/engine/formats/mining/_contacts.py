"""Contacts that show by their own form: e-mail addresses, UPI addresses, telephone numbers with a country."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from kaval.engine.formats.mining._labels import Label
from kaval.engine.formats.mining._values import Found
from kaval.engine.kernel.identifier import email, phone, upi

MAX_AT_SIGNS = 100_000
_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.)*[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_NO_BANK = frozenset(("localhost", "localdomain", "local"))
_TELEPHONE = re.compile(
    r"[+(0-9](?<![\w@#+].)(?<!\d[.\-].)(?<![A-Za-z][\-/].)(?:"
    r"(?<=\+)91[ -]?(?:\(?0?\)?)?[1-9][0-9]{1,4}[ -]?[0-9]{3,4}[ -]?[0-9]{3,5}"
    r"|(?<=\+)[1-9](?:[ ().-]{0,2}[0-9]){7,14}"
    r"|(?<=[6-9])(?:[0-9]{9}|[0-9]{4}[ -][0-9]{5}|[0-9]{3}[ -][0-9]{6}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"
    r"|[0-9]{2}[ -][0-9]{3}[ -][0-9]{4})"
    r"|(?<=[09])(?:(?<=0)0?91[ -]?|(?<=9)1[ -]?|(?<=0))[6-9][0-9]{4}[ -]?[0-9]{5}"
    r"|(?<=0)[1-9][0-9]{1,3}[ -][0-9]{3,4}[ -]?[0-9]{3,4}"
    r"|(?<=\()0[1-9][0-9]{1,3}\)[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}"
    r")(?![\w@]|[.\-:][0-9])"
)


def contacts(text: str, labels: Sequence[Label]) -> list[Found]:
    """E-mail and UPI addresses, told apart by the dot in the provider's part; ids of messages are neither."""
    spans = [(label.value, label.end) for label in labels if label.kind == "reference"]
    starts = [start for start, _ in spans]
    found: list[Found] = []
    at = text.find("@")
    for _ in range(MAX_AT_SIGNS):
        if at < 0:
            break
        item = _contact(text, at)
        if item is not None and not _within(item[0], starts, spans):
            found.append(item)
        at = text.find("@", at + 1)
    return found


def _contact(text: str, at: int) -> Found | None:
    window = text[max(0, at - 65) : at]
    name = window[len(window.rstrip(_LOCAL)) :].lstrip(".-%+_'")
    host = _HOST.match(text, at + 1, at + 256)
    if not 0 < len(name) <= 64 or host is None or text[host.end() : host.end() + 1] == "@":
        return None
    domain = host[0].rstrip("-")
    start, end = at - len(name), at + 1 + len(domain)
    value = text[start:end]
    if "." in domain:
        return (start, end, "email", "", value) if email.is_valid(value) else None
    if domain.lower() in _NO_BANK or not upi.is_valid(value):
        return None
    return start, end, "upi", "", value


def telephones(text: str, *, taken: Sequence[tuple[int, int]]) -> list[Found]:
    """Numbers in an Indian form or with `+` and a country, outside the spans already taken for something else."""
    spans = sorted(taken)
    starts = [start for start, _ in spans]
    found: list[Found] = []
    for match in _TELEPHONE.finditer(text):
        start = match.start()
        if text[start] == "+" or phone.is_valid(match[0]):
            number = _valid(match[0])
            last = start + len(number) - 1
            if number and not _within(start, starts, spans) and not _within(last, starts, spans):
                found.append((start, last + 1, "phone", "", number))
    return found


def _valid(number: str) -> str:
    """The longest beginning that is one number, since a second may follow after a space."""
    while number and not phone.is_valid(number):
        number = number.rpartition(" ")[0].rstrip(" -.(")
    return number


def _within(at: int, starts: Sequence[int], spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(starts, at) - 1
    return index >= 0 and at < spans[index][1]
