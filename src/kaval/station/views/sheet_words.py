"""What the page around an attribution sheet says, in English and Malayalam; the sheet's own words are the paper's."""

from __future__ import annotations

from typing import Final

from kaval.station.views.frame import is_malayalam

SHEET: Final[dict[str, tuple[str, str]]] = {
    "title": ("Attribution sheet", "ആട്രിബ്യൂഷൻ ഷീറ്റ്"),
    "desk": ("Attribution desk", "നിർണയ മേശ"),
    "subjects": ("Subjects", "ലീഡ് കൂട്ടങ്ങൾ"),
    "level_0": ("Level 0: address seen", "ലെവൽ 0: വിലാസം കണ്ടു"),
    "level_1": ("Level 1: one subscriber", "ലെവൽ 1: ഒരു വരിക്കാരൻ / വരിക്കാരി"),
    "level_2": ("Level 2: place verified", "ലെവൽ 2: സ്ഥലം ഉറപ്പാക്കി"),
    "level_3": ("Level 3: device found there", "ലെവൽ 3: ഉപകരണം കണ്ടെത്തി"),
    "level_4": ("Level 4: person tied to its use", "ലെവൽ 4: ഉപയോഗിച്ചയാളെ ബന്ധിപ്പിച്ചു"),
    "as_of": ("As of", "ഈ സമയത്ത്"),
    "note": (
        "A subscriber is whose line it is, not who used it, and not a suspect. The sheet says how far the records "
        "reach and what speaks against it.",
        "കണക്ഷൻ ആരുടേതെന്നു മാത്രമാണ് വരിക്കാരൻ / വരിക്കാരി; ഉപയോഗിച്ചയാളല്ല, കുറ്റം സംശയിക്കപ്പെടുന്നയാളുമല്ല. രേഖകൾ എവിടെ വരെ "
        "എത്തുന്നു, എതിരായി എന്തുണ്ട് എന്ന് ഈ ഷീറ്റ് പറയുന്നു.",
    ),
    "none": (
        "No attribution yet. It follows when the provider has answered and a station has verified the place.",
        "ഇതുവരെ കണ്ടെത്തലില്ല. സേവനദാതാവ് മറുപടി നൽകി സ്റ്റേഷൻ സ്ഥലം ഉറപ്പാക്കിയ ശേഷം ഉണ്ടാകും.",
    ),
    "parts": ("Parts of this sheet", "ഈ ഷീറ്റിന്റെ ഭാഗങ്ങൾ"),
    "gaps": ("Missing facts", "ലഭ്യമല്ലാത്ത വസ്തുതകൾ"),
    "passed": ("passed", "ശരിയായവ"),
    "source": ("source", "ഉറവിടം"),
    "sources": (
        "Sources: digest of the sealed record, place in it",
        "ഉറവിടങ്ങൾ: മുദ്രവച്ച രേഖയുടെ ഹാഷ്, അതിലെ സ്ഥാനം",
    ),
    "law": (
        "The provisions named here were not signed off by a lawyer.",
        "ഇവിടെ പറയുന്ന വകുപ്പുകൾ അഭിഭാഷകൻ അംഗീകരിച്ചിട്ടില്ല.",
    ),
    "drawing": ("The lease, and the time seen in it", "ലീസും അതിൽ കണ്ട സമയവും"),
    "lease": ("lease", "ലീസ്"),
    "window": ("time seen, clock error included", "കണ്ട സമയം, ഘടികാരപ്പിഴവ് ഉൾപ്പെടെ"),
    "outside": ("the time seen sticks out of the lease", "കണ്ട സമയം ലീസിനു പുറത്തേക്ക് പോകുന്നു"),
    "no_end": ("no end of the lease is stated", "ലീസിന്റെ അവസാനം പറഞ്ഞിട്ടില്ല"),
    "paper": ("Make a paper", "രേഖ തയ്യാറാക്കുക"),
    "paper_note": (
        "It is made from what is on record now, numbered and sealed. What is missing is listed on it.",
        "ഇപ്പോൾ രേഖയിലുള്ളതിൽ നിന്ന് തയ്യാറാക്കി നമ്പറിട്ട് മുദ്രവയ്ക്കും. ഇല്ലാത്തത് അതിൽ പറയും.",
    ),
    "kind": ("Paper", "രേഖ"),
    "language": ("Language", "ഭാഷ"),
    "both": ("English and Malayalam", "ഇംഗ്ലീഷും മലയാളവും"),
    "make": ("Make and seal", "തയ്യാറാക്കി മുദ്രവയ്ക്കുക"),
    "made": ("Papers made", "തയ്യാറാക്കിയ രേഖകൾ"),
    "in.attribution_sheet": ("Attribution sheet", "ആട്രിബ്യൂഷൻ ഷീറ്റ്"),
    "in.grounds_of_belief": ("Grounds of belief", "വിശ്വാസത്തിനുള്ള കാരണങ്ങൾ"),
    "in.disclosure_pack": ("Disclosure pack on the lead source", "ലീഡ് ഉറവിടത്തിന്റെ വെളിപ്പെടുത്തൽ രേഖ"),
    "in.disclosure_pack_redacted": ("Disclosure pack, redacted", "വെളിപ്പെടുത്തൽ രേഖ, മറച്ചത്"),
}


def words_here() -> dict[str, str]:
    """The words in the language of the request."""
    column = int(is_malayalam())
    return {key: pair[column] for key, pair in SHEET.items()}
