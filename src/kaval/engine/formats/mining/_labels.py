"""Labels in running text: `Phone: …`, `"ip_address": …`, `X-Originating-IP: …`, and where their values lie.

A label is found from its separator backwards, so that a text without one costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SEPARATORS = 200_000
MAX_LABELS = 40_000
MAX_VALUE = 300
MAX_REFERENCE = 4000
_BACK = 40
_SEPARATOR = re.compile(r"[:=\t\u2013\u2014]|-(?= )")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_OPENING = re.compile(r"[ \t]{0,4}[:=]?[ \t]{0,4}[\"'\u201c\u2018]?[ \t]{0,2}")
_BREAK = re.compile(r"[\r\n\t,;|{}<>]")
_ADDRESS_END = re.compile(r"[\r\n\t;|{}<>]")
_UNFOLDED = re.compile(r"\r?\n(?![ \t])")
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}
_DASHES = frozenset("-\u2013\u2014")
_NO_LABEL_ENDS = frozenset((*":=\t\n.,;", ""))
_JOINTS = str.maketrans("_-/.", "    ")
_ROUND = re.compile(r"\s?\([^()]{0,20}\)\Z")

# What a label announces. `reference` values look like e-mail addresses and are none; `number` values look like
# telephone numbers and are none.
_KINDS = {
    "phone": "phone|mobile|cell|telephone|tel|ph|contact|contact number|contact no|whatsapp|whatsapp number|phone no"
    "|mobile no|mobile number|phone number|cell number|mob|msisdn|cell phone|landline|whatsapp no",
    "email": "email|e mail|mail|mail id|email id|email address|e mail address|e mail id|recovery email|gmail",
    "upi": "upi|upi id|vpa|upi address|upi handle|virtual payment address|gpay|google pay|phonepe|paytm",
    "handle": "user name|username|screen name|screenname|handle|nickname|nick|chat name|login name|user handle"
    "|account name|profile name|alias",
    "account": "user id|userid|account id|accountid|uid|esp user id|espuserid|member id|profile id|user identifier"
    "|account identifier",
    "address": "address|postal address|home address|billing address|shipping address|street address|residence|location"
    "|permanent address|present address|residential address|mailing address|office address",
    "ip": "ip|ip address|ipaddress|ip addr|ipv4|ipv6|client ip|source ip|src ip|login ip|registration ip|upload ip"
    "|remote ip|public ip|clientip|sourceip|remote addr|ipv4 address|ipv6 address|x forwarded for|ip addresses",
    "header": "x originating ip|received|x sender ip|x client ip|x source ip",
    "time": "time|timestamp|date|date time|datetime|ts|login time|event time|access time|upload time|last login"
    "|last seen|logged at|created at|seen at|time stamp|date and time|date utc|time utc|logintime|eventtime",
    "port": "port|source port|src port|port number|port no|sourceport|srcport|client port|clientport|remote port",
    "reference": "message id|in reply to|references|content id|cid|x message id|resent message id|messageid|thread id",
    "number": "order id|transaction id|txn id|case no|case number|account number|account no|reference|reference no|utr"
    "|imei|imsi|aadhaar|pan|ref no|post id|media id|report id|device id|serial|serial number|id|fir no|crime no"
    "|utr no|ticket|booking id|group id|channel id|message number|tip id|version|size|bytes|md5|sha1|sha256",
    "ignore": "mac address|web address|site address|mac|url|link|hash|http|https|birth|dob|date of birth|subject",
}
_PLATFORMS = (
    "Telegram",
    "Instagram",
    "Snapchat",
    "Facebook",
    "Discord",
    "Twitter",
    "YouTube",
    "Skype",
    "Signal",
)
_SUFFIXES = ("", " id", " username", " user name", " handle", " user", " account", " profile")

LABELS: dict[str, tuple[str, str]] = {
    **{name: (kind, "") for kind, names in _KINDS.items() for name in names.split("|")},
    **{
        f"{platform.lower()}{suffix}": ("handle", platform) for platform in _PLATFORMS for suffix in _SUFFIXES
    },
}
_LAST = frozenset(name.rpartition(" ")[2] for name in LABELS)
_AT_NAME = re.compile(r"[ \t]{0,4}@\w")
_CLAUSE = re.compile(r"(?:^|[\n,;|(]) {0,4}([A-Za-z][A-Za-z0-9.+-]{0,19}(?: [A-Za-z0-9.+-]{1,20}){0,2}) ?\Z")
_CAPITALS = re.compile(r"(?<!\S)([A-Z][A-Za-z0-9.+-]{0,19}(?: [A-Z][A-Za-z0-9.+-]{0,19}){0,2}) ?\Z")
_NO_PLATFORM = frozenset(
    (
        "to",
        "cc",
        "bcc",
        "from",
        "by",
        "via",
        "note",
        "re",
        "fwd",
        "he",
        "she",
        "and",
        "with",
        "reply-to",
        "sender",
    )
)


@dataclass(frozen=True, slots=True)
class Label:
    """A label: where it starts, where its value starts and ends, what it announces, and the platform it names."""

    start: int
    value: int
    end: int
    kind: str
    scope: str


def labels_of(text: str) -> list[Label]:
    """The labels known by name, and any words before an `@name`, in the order of the text."""
    if not (":" in text or "=" in text or "\t" in text or " - " in text or " \u2013 " in text):
        return []
    found: list[tuple[int, int, str, str]] = []
    for count, separator in enumerate(_SEPARATOR.finditer(text)):
        if count >= MAX_SEPARATORS or len(found) >= MAX_LABELS:
            break
        start, end = separator.span()
        if text[start - 1 : start] in _NO_LABEL_ENDS or (text[start] in _DASHES and text[start - 1] != " "):
            continue
        label = _known(text, start) or _platform(text, start, end)
        if label is not None:
            found.append((label[0], end, label[1], label[2]))
    labels: list[Label] = []
    following = [item[0] for item in found[1:]] + [len(text)]
    for item, limit in zip(found, following, strict=False):
        if labels and item[2] == "reference" and item[1] < labels[-1].end:
            continue
        labels.append(_bounded(text, item, limit))
    return labels


def kind_of(name: str) -> str:
    """What a label's own text announces; empty when it is not known."""
    return LABELS.get(" ".join(_ROUND.sub("", name.lower()).translate(_JOINTS).split()), ("", ""))[0]


def _known(text: str, at: int) -> tuple[int, str, str] | None:
    """The label that ends before a separator: its start, kind and platform."""
    low_at = max(0, at - _BACK)
    low = text[low_at:at].rstrip(" \"'*_`\u201d\u2019")
    if low.endswith(")"):
        low = _ROUND.sub("", low)
    low = low.lower()
    begin = len(low.rstrip(_LETTERS))
    if low[begin:] not in _LAST:
        return None
    name, starts = low.translate(_JOINTS), [begin]
    while len(starts) < 3 and begin and name[begin - 1] == " ":
        begin = len(name[: begin - 1].rstrip(_LETTERS))
        if name[begin] == " ":
            break
        starts.append(begin)
    for begin in reversed(starts):
        kind = LABELS.get(name[begin:])
        if kind is not None:
            return low_at + begin, *kind
    return None


def _platform(text: str, at: int, end: int) -> tuple[int, str, str] | None:
    """One to three words before `: @name` name a platform: a clause of their own, or written with capitals."""
    if text[at] not in ":=" or not _AT_NAME.match(text, end):
        return None
    before = text[max(0, at - _BACK) : at]
    match = _CLAUSE.search(before) or _CAPITALS.search(before)
    if match is None or match[1].lower() in _NO_PLATFORM:
        return None
    return max(0, at - _BACK) + match.start(1), "handle", match[1]


def _bounded(text: str, item: tuple[int, int, str, str], following: int) -> Label:
    """The label with its value's bounds: a quote, a line's end, a sign that ends a value, the next label."""
    start, separator, kind, scope = item
    opening = _OPENING.match(text, separator)
    value = opening.end() if opening else separator
    limit = min(len(text), value + MAX_VALUE, max(following, value))
    if kind == "reference":
        # The ids of a mail header go on in the folded lines below it.
        limit = min(len(text), value + MAX_REFERENCE)
        stop = _UNFOLDED.search(text, value, limit)
    elif value > separator and text[value - 1] in _QUOTES:
        stop = re.compile(f"{_QUOTES[text[value - 1]]}|[\r\n]").search(text, value, limit)
    else:
        stop = (_ADDRESS_END if kind == "address" else _BREAK).search(text, value, limit)
    return Label(start, value, stop.start() if stop else limit, kind, scope)
