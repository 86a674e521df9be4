"""What the two documents of NCMEC's law-enforcement download share: incident types, digests, handling, titles.

Everything here is data or one look-up. The keys and words that no agency's own sample has confirmed are constants, so
that the unit's first real report can correct them in one place.
"""

from __future__ import annotations

import re

# The eight exact values of the published schema: signal of triage, and words for people.
INCIDENT_TYPES = {
    "Child Pornography (possession, manufacture, and distribution)": ("cseam", "CSEAM"),
    "Child Sex Trafficking": ("child_sex_trafficking", "child sex trafficking"),
    "Child Sex Tourism": ("child_sex_tourism", "child sex tourism"),
    "Child Sexual Molestation": ("child_sexual_molestation", "offence against a child"),
    "Misleading Domain Name": ("misleading_domain", "misleading domain name"),
    "Misleading Words or Digital Images on the Internet": (
        "misleading_content",
        "misleading words or images",
    ),
    "Online Enticement of Children for Sexual Acts": ("online_enticement", "online enticement of a child"),
    "Unsolicited Obscene Material Sent to a Child": (
        "unsolicited_to_child",
        "unsolicited material sent to a child",
    ),
}
_BY_FOLDED = {" ".join(name.split()).casefold(): found for name, found in INCIDENT_TYPES.items()}

# Unverified: no public description says under which key the download names its own sorting. A key counts only when
# its value says it in one of these words.
HANDLING_KEYS = ("reportType", "reportClassification", "classification", "handling", "isReferral")
HANDLING_WORDS = {"referral": "referral", "informational": "informational"}

# That `verificationHash` is an MD5 is likely and not documented: the length decides, and the tag says so.
HASH_KIND_ASSUMED = "hash_kind_assumed"
_HASH_KINDS = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-f]+")
_CLASSES = frozenset(("a1", "a2", "b1", "b2"))

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_NAMED = re.compile(
    r"(?:CT|CyberTip(?:line)?(?:[ _-]?Report)?)?[ _-]?(\d{6,18})\.(?:json|pdf)", re.IGNORECASE | re.ASCII
)

# What is said about a child or a victim, whichever key it stands under.
_CHILD = ("victim", "child", "school", "minor")
RESTRICTED_KEYS = frozenset(
    (
        "filename",
        "originalfilename",
        "url",
        "urls",
        "value",
        "content",
        "contents",
        "chatroomname",
        "filenames",
        "additionalinformation",
        "additionalinformations",
        "additionalcontactinformation",
        "incidentdatetimedescription",
    )
)


def incident_of(text: str) -> tuple[str, str]:
    """Signal and words of an incident type; `other_incident` for a value the schema does not know, empty for none."""
    words = " ".join(text.split()).casefold()
    return _BY_FOLDED.get(words, ("other_incident", "")) if words else ("", "")


def title_of(number: str, words: str) -> str:
    """`CyberTip 190000001: CSEAM`, the same for every way a report may arrive."""
    return f"CyberTip {number}{words and ': '}{words}"


def handling_of(text: str) -> str:
    """`referral` or `informational` when a text says just that, else empty."""
    return HANDLING_WORDS.get(" ".join(text.split()).casefold(), "")


def hash_of(text: str) -> tuple[str, str] | None:
    """Kind by length, and the value in lower case; None when the text is no digest."""
    value = "".join(text.split()).lower()
    kind = _HASH_KINDS.get(len(value))
    return (kind, value) if kind and _HEX.fullmatch(value) else None


def class_tag(text: str) -> str:
    """The provider's own classification as a tag (`esp_class_a1`); empty when it is none of the four."""
    word = "".join(text.split()).casefold()
    return f"esp_class_{word}" if word in _CLASSES else ""


def is_number(text: str) -> bool:
    """True for a report number."""
    return _NUMBER.fullmatch(text) is not None


def number_in_name(base_name: str) -> str:
    """The report number a file name states (`CT-190000001.json`, `190000001.pdf`); empty when it states none."""
    match = _NAMED.fullmatch(base_name)
    return match.group(1) if match else ""


def about_child(key: str) -> bool:
    """True when a key's name says that its value is about a child."""
    folded = key.casefold()
    return any(word in folded for word in _CHILD)
