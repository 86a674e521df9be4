"""What the page of clocks says, in English and Malayalam side by side; limits come with their own words."""

from __future__ import annotations

from typing import Final

from kaval.station.views.frame import is_malayalam

CLOCKS: Final[dict[str, tuple[str, str]]] = {
    "clocks": ("Clocks", "സമയപരിധികൾ"),
    "lead": (
        "Every limit that runs, what ends first on top. Numbers and readings are not yet confirmed by a jurist.",
        "നിലവിലുള്ള എല്ലാ സമയപരിധികളും, ആദ്യം തീരുന്നത് മുകളിൽ. സംഖ്യകളും വ്യാഖ്യാനവും നിയമവിദഗ്ധർ ഇനിയും ഉറപ്പിച്ചിട്ടില്ല.",
    ),
    "mine": ("Mine", "എന്റേത്"),
    "team": ("My sites", "എന്റെ സ്ഥലങ്ങൾ"),
    "district_list": ("My district", "എന്റെ ജില്ല"),
    "state_list": ("Whole unit", "യൂണിറ്റ് മുഴുവൻ"),
    "overdue": ("Overdue", "സമയം കഴിഞ്ഞത്"),
    "due_soon": ("Due soon", "ഉടൻ തീരുന്നത്"),
    "running": ("Running", "ബാക്കിയുള്ളത്"),
    "met": ("Kept", "പാലിച്ചത്"),
    "met_late": ("Kept late", "വൈകി പാലിച്ചത്"),
    "open": ("All open", "തീരാത്ത എല്ലാം"),
    "state": ("State", "സ്ഥിതി"),
    "limit": ("Limit", "സമയപരിധി"),
    "matter": ("Matter", "വിഷയം"),
    "from": ("From", "എപ്പോൾ മുതൽ"),
    "until": ("Until", "എപ്പോൾ വരെ"),
    "owner": ("Officer", "ഉദ്യോഗസ്ഥൻ"),
    "you": ("you", "നിങ്ങൾ"),
    "nobody": ("nobody yet", "ആരും ഏറ്റെടുത്തിട്ടില്ല"),
    "station": ("Station", "സ്റ്റേഷൻ"),
    "district": ("District", "ജില്ല"),
    "kind": ("Limit", "സമയപരിധി"),
    "show": ("Show", "കാണിക്കുക"),
    "only": ("Only", "ഇവ മാത്രം"),
    "all": ("All", "എല്ലാം"),
    "calendar": ("Calendar file (.ics)", "കലണ്ടർ ഫയൽ (.ics)"),
    "calendar_note": (
        "Holds numbers and limits only: no name and no address.",
        "അക്കങ്ങളും സമയപരിധികളും മാത്രം: പേരോ വിലാസമോ ഇല്ല.",
    ),
    "keep": ("Mark as kept", "പാലിച്ചതായി രേഖപ്പെടുത്തുക"),
    "paper": ("On which paper", "ഏതു രേഖ പ്രകാരം"),
    "when": ("When (IST, empty: now)", "എപ്പോൾ (IST, ഒഴിച്ചിട്ടാൽ ഇപ്പോൾ)"),
    "save": ("Save", "രേഖപ്പെടുത്തുക"),
    "law": ("Source", "ആധാരം"),
    "unverified": ("not confirmed by a jurist", "നിയമവിദഗ്ധർ ഉറപ്പിച്ചിട്ടില്ല"),
    "done": ("The limit is marked as kept.", "സമയപരിധി പാലിച്ചതായി രേഖപ്പെടുത്തി."),
    "empty": (
        "No clock runs here. Clocks begin by themselves with a search, a seizure, a crime, an arrest or a request.",
        "ഇവിടെ സമയപരിധികളൊന്നുമില്ല. പരിശോധന, പിടിച്ചെടുക്കൽ, കേസ്, അറസ്റ്റ്, അപേക്ഷ എന്നിവയോടെ അവ താനേ തുടങ്ങും.",
    ),
    "empty_filter": ("No clock fits this choice.", "ഈ തിരഞ്ഞെടുപ്പിന് ചേരുന്ന സമയപരിധിയില്ല."),
    "show_all": ("Show all", "എല്ലാം കാണിക്കുക"),
    "unrecorded": (
        "No record is kept here of these, so keep their limits by hand:",
        "ഇവയുടെ രേഖ ഇവിടെയില്ല; അവയുടെ സമയപരിധി കൈകൊണ്ട് സൂക്ഷിക്കുക:",
    ),
    "as_of": ("As of", "സമയം"),
}


def clock_words_here() -> dict[str, str]:
    """The page's words in the language of the running request."""
    return {key: words[is_malayalam()] for key, words in CLOCKS.items()}
