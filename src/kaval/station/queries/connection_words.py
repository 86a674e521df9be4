"""How two things are connected, in words: one line per kind of connection, English and Malayalam, with a short form.

A connection says what is on record. It never says that somebody did something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HIDDEN_PARTIES: Final = ("victim", "reporter")
CONTAINERS: Final = ("address", "file", "group")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence and its short form for a drawing. `dashed`: the connection proves nothing about persons."""

    code: str
    text: str
    text_ml: str
    short: str
    short_ml: str
    dashed: bool = False
    hidden: bool = False

    def said(self, *, malayalam: bool, short: bool = False) -> str:
        """The words in one language."""
        if short:
            return self.short_ml if malayalam else self.short
        return self.text_ml if malayalam else self.text


def words_of(code: str, *values: object, hidden: bool = False) -> Words:
    """The words of a connection; `values` fill its numbers."""
    text, text_ml, short, short_ml = (part.format(*values) for part in _WORDS[code])
    return Words(code, text, text_ml, short, short_ml, dashed=code in _PROVES_NOTHING, hidden=hidden)


def words_of_party(party: str) -> Words:
    """How a report names an identifier: whose it says it is."""
    code = f"named_{party}" if f"named_{party}" in _WORDS else "named_mentioned"
    return words_of(code, hidden=party in HIDDEN_PARTIES)


def kind_words(kind: str, *, malayalam: bool, many: bool = False) -> str:
    """A kind of thing as an officer reads it."""
    one, several, one_ml, several_ml = KINDS.get(kind, _OTHER_KIND)
    if malayalam:
        return several_ml if many else one_ml
    return several if many else one


def identifier_words(kind: str, *, malayalam: bool) -> str:
    """An identifier kind as an officer reads it."""
    found = _IDENTIFIERS.get(kind)
    if found is None:
        return kind.replace("_", " ")
    return found[1] if malayalam else found[0]


KINDS: Final[dict[str, tuple[str, str, str, str]]] = {
    "subject": ("subject", "subjects", "ലീഡ് കൂട്ടം", "ലീഡ് കൂട്ടങ്ങൾ"),
    "identifier": ("identifier", "identifiers", "തിരിച്ചറിയൽ വിവരം", "തിരിച്ചറിയൽ വിവരങ്ങൾ"),
    "report": ("report", "reports", "റിപ്പോർട്ട്", "റിപ്പോർട്ടുകൾ"),
    "address": ("IP address", "IP addresses", "ഐപി വിലാസം", "ഐപി വിലാസങ്ങൾ"),
    "file": ("file", "files", "ഫയൽ", "ഫയലുകൾ"),
    "group": ("group", "groups", "ഗ്രൂപ്പ്", "ഗ്രൂപ്പുകൾ"),
    "place": ("place", "places", "സ്ഥലം", "സ്ഥലങ്ങൾ"),
    "device": ("device", "devices", "ഉപകരണം", "ഉപകരണങ്ങൾ"),
    "operation": ("operation", "operations", "ഓപ്പറേഷൻ", "ഓപ്പറേഷനുകൾ"),
}
_OTHER_KIND: Final = ("thing", "things", "ഇനം", "ഇനങ്ങൾ")

_PROVES_NOTHING: Final = frozenset({"seen_at", "names_file", "in_group", "site_of", "proposed", "in_several"})

_WORDS: Final[dict[str, tuple[str, str, str, str]]] = {
    "named_reported": (
        "the report names it as the reported account's",
        "റിപ്പോർട്ടിലെ അക്കൗണ്ടിന്റേതായി പറയുന്നു",
        "names",
        "പറയുന്നു",
    ),
    "named_recipient": (
        "the report names it as a recipient's",
        "സ്വീകർത്താവിന്റേതായി പറയുന്നു",
        "recipient",
        "സ്വീകർത്താവ്",
    ),
    "named_victim": ("the report names it as a victim's", "ഇരയുടേതായി പറയുന്നു", "victim", "ഇര"),
    "named_reporter": (
        "the report names it as the reporter's",
        "വിവരം നൽകിയയാളുടേതായി പറയുന്നു",
        "reporter",
        "വിവരം നൽകിയയാൾ",
    ),
    "named_mentioned": (
        "the report mentions it",
        "റിപ്പോർട്ട് പരാമർശിക്കുന്നു",
        "mentions",
        "പരാമർശം",
    ),
    "in_several": (
        "reports of both subjects name it; it did not join them",
        "രണ്ട് കൂട്ടങ്ങളിലെയും റിപ്പോർട്ടുകൾ ഇത് പറയുന്നു; അതുകൊണ്ട് ഒന്നാക്കിയിട്ടില്ല",
        "also names",
        "ഇതും പറയുന്നു",
    ),
    "seen_at": (
        "was seen at this address, which many may share",
        "ഈ വിലാസത്തിൽ കണ്ടു; പലരും ഇത് പങ്കിടാം",
        "seen at",
        "കണ്ടത്",
    ),
    "names_file": (
        "names a file with this digest, which many may hold",
        "ഈ ഫയൽ പറയുന്നു; പലരുടെ കൈയിലും ഉണ്ടാകാം",
        "names file",
        "ഫയൽ",
    ),
    "in_group": (
        "was seen in this group, which many are in",
        "ഈ ഗ്രൂപ്പിൽ കണ്ടു; പലരും അതിലുണ്ട്",
        "in group",
        "ഗ്രൂപ്പിൽ",
    ),
    "held_here": (
        "the provider's answer: at that time held by the customer at this place",
        "ദാതാവിന്റെ മറുപടി: ആ സമയത്ത് ഈ സ്ഥലത്തെ വരിക്കാരന്റെ കൈവശം",
        "held here",
        "ഇവിടെ",
    ),
    "attributed": (
        "the evidence on the subject leads to this place (level {0})",
        "തെളിവുകൾ ഈ സ്ഥലത്തേക്ക് (തലം {0})",
        "level {0}",
        "തലം {0}",
    ),
    "seized": ("seized at this place", "ഈ സ്ഥലത്തുനിന്ന് പിടിച്ചെടുത്തു", "seized at", "പിടിച്ചെടുത്തു"),
    "site_of": (
        "is site no. {0} of this operation; being in one operation proves nothing about persons",
        "ഈ ഓപ്പറേഷനിലെ സ്ഥലം നമ്പർ {0}; ഒരേ ഓപ്പറേഷൻ വ്യക്തികളെപ്പറ്റി ഒന്നും തെളിയിക്കുന്നില്ല",
        "site {0}",
        "സ്ഥലം {0}",
    ),
    "same_device": ("the device carries this number", "ഉപകരണത്തിന്റെ നമ്പർ ഇതാണ്", "same number", "ഒരേ നമ്പർ"),
    "noted_together": (
        "an officer noted that the two belong together",
        "രണ്ടും ഒന്നിച്ചുള്ളതെന്ന് ഒരു ഉദ്യോഗസ്ഥൻ രേഖപ്പെടുത്തി",
        "noted",
        "രേഖപ്പെടുത്തി",
    ),
    "proposed": (
        "perhaps the same person ({0} bits): a person has to decide",
        "ഒരേ ആളാകാം ({0} ബിറ്റ്): തീരുമാനം ബാക്കി",
        "proposal",
        "നിർദേശം",
    ),
    "of_subject": ("is a report of this subject", "ഈ കൂട്ടത്തിലെ റിപ്പോർട്ട്", "report of", "റിപ്പോർട്ട്"),
}

_IDENTIFIERS: Final[dict[str, tuple[str, str]]] = {
    "email": ("e-mail", "ഇ-മെയിൽ"),
    "phone": ("telephone", "ഫോൺ"),
    "handle": ("handle", "ഹാൻഡിൽ"),
    "esp_account": ("account", "അക്കൗണ്ട്"),
    "client_guid": ("client id", "ക്ലയന്റ് ഐഡി"),
    "device_id": ("device id", "ഉപകരണ ഐഡി"),
    "imei": ("IMEI", "ഐഎംഇഐ"),
    "advertising_id": ("advertising id", "പരസ്യ ഐഡി"),
    "vehicle": ("vehicle", "വാഹനം"),
    "upi": ("UPI", "യുപിഐ"),
    "name": ("name", "പേര്"),
    "profile_url": ("profile", "പ്രൊഫൈൽ"),
    "peer_id": ("peer id", "പിയർ ഐഡി"),
    "group_code": ("group", "ഗ്രൂപ്പ്"),
    "ip": ("address", "വിലാസം"),
    "file_md5": ("MD5", "MD5"),
    "file_sha1": ("SHA-1", "SHA-1"),
    "file_sha256": ("SHA-256", "SHA-256"),
}
