"""What the pages of an examination and of looking at an item say, in English and Malayalam side by side."""

from __future__ import annotations

from typing import Final

from kaval.engine.kernel.errors import RefusedError
from kaval.engine.rules.examination.viewing import LEVELS
from kaval.station.views.frame import is_malayalam

VIEWING: Final[dict[str, tuple[str, str]]] = {
    "examination": ("Examination", "പരിശോധന"),
    "nothing_shown": (
        "Nothing is shown here. An item is opened one at a time, with a reason, and every opening is on record.",
        "ഇവിടെ ഒന്നും കാണിക്കുന്നില്ല. ഓരോ ഇനവും കാരണം എഴുതി ഒന്നൊന്നായി മാത്രം തുറക്കാം; തുറക്കുന്നതെല്ലാം രേഖപ്പെടുത്തും.",
    ),
    "counts": ("Counts", "എണ്ണം"),
    "files": ("Files", "ഫയലുകൾ"),
    "known": ("In a list", "പട്ടികയിലുള്ളവ"),
    "deleted": ("Deleted", "നീക്കം ചെയ്തവ"),
    "provenance": ("Where this comes from", "ഇതിന്റെ ഉറവിടം"),
    "tool": ("Tool", "ഉപകരണം"),
    "examined_at": ("Examined", "പരിശോധിച്ചത്"),
    "examiner": ("Recorded by", "രേഖപ്പെടുത്തിയത്"),
    "image": ("Image", "ഇമേജ്"),
    "image_at": ("Image lies at", "ഇമേജ് ഉള്ള സ്ഥലം"),
    "not_stated": ("not stated", "പറഞ്ഞിട്ടില്ല"),
    "inputs": ("Digest of the inputs", "ഇൻപുട്ടുകളുടെ ഡൈജസ്റ്റ്"),
    "result_files": ("Files of the result", "ഫലത്തിലെ ഫയലുകൾ"),
    "lists": ("Hash sets compared with", "ഒത്തുനോക്കിയ ഹാഷ് പട്ടികകൾ"),
    "list": ("List", "പട്ടിക"),
    "version": ("Version", "പതിപ്പ്"),
    "entries": ("Entries", "രേഖകൾ"),
    "held": ("registered", "രജിസ്റ്റർ ചെയ്തത്"),
    "not_held": ("not registered with the unit", "യൂണിറ്റിൽ രജിസ്റ്റർ ചെയ്തിട്ടില്ല"),
    "no_lists": ("The result names no list.", "ഫലത്തിൽ പട്ടികയൊന്നും പറഞ്ഞിട്ടില്ല."),
    "order": ("What a person should look at first", "ആദ്യം പരിശോധിക്കേണ്ടവ"),
    "order_lead": (
        "Files that no list knows, by risk to a child. Read the reasons first: most are settled without opening.",
        "ഒരു പട്ടികയിലും ഇല്ലാത്ത ഫയലുകൾ, കുട്ടിക്കുള്ള അപകടസാധ്യതയുടെ ക്രമത്തിൽ. ആദ്യം കാരണങ്ങൾ വായിക്കുക: മിക്കതും തുറക്കാതെ തീർക്കാം.",
    ),
    "no_order": (
        "No order is on record. It comes when the lab concludes the examination.",
        "ക്രമം രേഖയിലില്ല. ലാബ് പരിശോധന പൂർത്തിയാക്കുമ്പോൾ ലഭിക്കും.",
    ),
    "path": ("Path", "സ്ഥാനം"),
    "reasons": ("Reasons", "കാരണങ്ങൾ"),
    "group": ("Looks alike", "ഒരുപോലെയുള്ളവ"),
    "seen_alike": ("need not be opened", "തുറക്കേണ്ടതില്ല"),
    "facts": ("Facts for the examination record", "പരിശോധനാ രേഖയ്ക്കുള്ള വസ്തുതകൾ"),
    "no_facts": ("Not concluded: no facts on record.", "പൂർത്തിയാക്കിയിട്ടില്ല: വസ്തുതകൾ രേഖയിലില്ല."),
    "tests": ("What still lacks a fact", "ഇനിയും വസ്തുത വേണ്ടവ"),
    "settled": ("every fact is on record", "എല്ലാ വസ്തുതകളും രേഖയിലുണ്ട്"),
    "yes": ("yes", "ഉണ്ട്"),
    "no_trace": ("no trace", "അടയാളമില്ല"),
    "unknown": ("unknown", "അറിയില്ല"),
    "indicators": ("Indicators", "സൂചനകൾ"),
    "indicators_lead": (
        "Signs, never proof: each has innocent explanations.",
        "സൂചനകൾ മാത്രം, തെളിവല്ല: ഓരോന്നിനും നിർദ്ദോഷമായ വിശദീകരണങ്ങളുണ്ട്.",
    ),
    "no_indicators": ("None on record.", "ഒന്നും രേഖയിലില്ല."),
    "may_be": ("May be", "ഇങ്ങനെയുമാകാം"),
    "openings": ("Openings on record", "രേഖയിലുള്ള തുറക്കലുകൾ"),
    "no_openings": ("Nobody has opened an item of this device.", "ഈ ഉപകരണത്തിലെ ഒരു ഇനവും ആരും തുറന്നിട്ടില്ല."),
    "by": ("By", "ആര്"),
    "at": ("Time (IST)", "സമയം (IST)"),
    "reason": ("Reason", "കാരണം"),
    "seconds": ("Seconds", "സെക്കൻഡ്"),
    "of_seconds": ("seconds", "സെക്കൻഡ്"),
    "still_open": ("open", "തുറന്നിരിക്കുന്നു"),
    "viewing": ("Looking at items", "ഇനങ്ങൾ കാണൽ"),
    "item": ("Item", "ഇനം"),
    "size": ("Bytes", "ബൈറ്റ്"),
    "kind": ("Kind", "ഇനം"),
    "state": ("State", "അവസ്ഥ"),
    "before": (
        "Must it be opened? Metadata, lists and reasons often decide. Opening it costs you something.",
        "തുറക്കേണ്ടതുണ്ടോ? വിവരങ്ങളും പട്ടികകളും കാരണങ്ങളും പലപ്പോഴും മതിയാകും. കാണുന്നത് നിങ്ങളെ ബാധിക്കും.",
    ),
    "why": ("Why must it be opened?", "എന്തിന് തുറക്കണം?"),
    "open": ("Open this item", "ഈ ഇനം തുറക്കുക"),
    "shown_as": ("It is shown", "കാണിക്കുന്നത്"),
    "no_sound": ("without sound", "ശബ്ദമില്ലാതെ"),
    "for": ("for at most", "പരമാവധി"),
    "left_today": ("Left today", "ഇന്ന് ബാക്കി"),
    "items": ("items", "ഇനങ്ങൾ"),
    "minutes": ("minutes", "മിനിറ്റ്"),
    "close": ("Close now", "ഇപ്പോൾ അടയ്ക്കുക"),
    "until": ("It goes by itself at", "തനിയെ മറയുന്ന സമയം"),
    "over": (
        "The time of this opening is over. Nothing is shown any more.",
        "ഈ തുറക്കലിന്റെ സമയം കഴിഞ്ഞു. ഇനി ഒന്നും കാണിക്കില്ല.",
    ),
    "not_shown": ("It cannot be shown", "കാണിക്കാനാവില്ല"),
    "still": ("Guarded picture of the item", "ഇനത്തിന്റെ മറച്ച ചിത്രം"),
    "frames": ("Still frames, without sound", "നിശ്ചല ദൃശ്യങ്ങൾ, ശബ്ദമില്ല"),
    "back": ("Back to the examination", "പരിശോധനയിലേക്ക് മടങ്ങുക"),
    "today": ("Your day", "നിങ്ങളുടെ ഇന്ന്"),
    "used": ("Opened", "തുറന്നത്"),
    "floor": ("The unit's floor", "യൂണിറ്റിന്റെ പരിധി"),
    "floor_lead": (
        "What the unit allows at most. Only a supervisor changes it; nobody can go below it.",
        "യൂണിറ്റ് അനുവദിക്കുന്ന പരമാവധി. സൂപ്പർവൈസർക്ക് മാത്രം മാറ്റാം; ഇതിൽ കൂടുതൽ ആർക്കും കാണാനാവില്ല.",
    ),
    "own": ("Your own limit", "നിങ്ങളുടെ സ്വന്തം പരിധി"),
    "own_lead": (
        "You can only be stricter with yourself than the unit is. Nobody asks why.",
        "യൂണിറ്റിന്റേതിനെക്കാൾ കർശനമായി മാത്രം വയ്ക്കാം. കാരണം ആരും ചോദിക്കില്ല.",
    ),
    "level": ("Shown at most", "കാണിക്കുന്ന രീതി"),
    "items_per_day": ("Items a day", "ദിവസം എത്ര ഇനം"),
    "minutes_per_day": ("Minutes a day", "ദിവസം എത്ര മിനിറ്റ്"),
    "seconds_per_item": ("Seconds an item", "ഒരു ഇനത്തിന് എത്ര സെക്കൻഡ്"),
    "set_floor": ("Set the floor", "പരിധി നിശ്ചയിക്കുക"),
    "set_own": ("Set my limit", "എന്റെ പരിധി വയ്ക്കുക"),
    "people": ("Today, by person", "ഇന്ന്, ആളനുസരിച്ച്"),
    "people_lead": (
        "To relieve who has seen most, not to hurry anybody.",
        "കൂടുതൽ കണ്ടവർക്ക് വിശ്രമം നൽകാൻ; ആരെയും തിടുക്കാനല്ല.",
    ),
    "nobody": ("Nobody has opened anything today.", "ഇന്ന് ആരും ഒന്നും തുറന്നിട്ടില്ല."),
    "bad_numbers": ("Give whole numbers within the limits shown.", "കാണിച്ച പരിധിക്കുള്ളിലെ പൂർണ്ണസംഖ്യകൾ നൽകുക."),
}

_LEVELS: Final[dict[str, tuple[str, str]]] = {
    "clear": ("small, in colour", "ചെറുതായി, നിറത്തിൽ"),
    "grey": ("small and grey", "ചെറുതായി, നിറമില്ലാതെ"),
    "soft": ("small, grey and blurred", "ചെറുതായി, നിറമില്ലാതെ, മങ്ങലോടെ"),
    "guarded": ("small, grey, blurred and half covered", "ചെറുതായി, നിറമില്ലാതെ, മങ്ങലോടെ, പകുതി മറച്ച്"),
}

_FACTS: Final[dict[str, tuple[str, str]]] = {
    "known_material": ("Known material", "പട്ടികയിലുള്ള ഉള്ളടക്കം"),
    "where": ("Where", "എവിടെ"),
    "how_it_came": ("How it came", "എങ്ങനെ വന്നു"),
    "opened": ("Opened", "തുറന്നോ"),
    "knowledge": ("Knowledge", "അറിവ്"),
    "deleted": ("Deleted", "നീക്കം ചെയ്തോ"),
    "deleted_or_reported": ("Deleted or reported", "നീക്കം ചെയ്തോ, അറിയിച്ചോ"),
    "transmitted": ("Transmitted", "കൈമാറിയോ"),
    "commercial": ("Commercial", "വാണിജ്യപരം"),
    "camera_original": ("Made by a camera", "ക്യാമറയിൽ എടുത്തത്"),
    "apparent_age": ("Apparent age", "പ്രായം"),
    "possible_known_child": ("Possibly a known child", "അറിയപ്പെടുന്ന കുട്ടിയാകാം"),
    "user_attribution": ("Who used it", "ഉപയോഗിച്ചത് ആര്"),
}

# By the code of a refusal or of what the process that draws answered.
_REFUSED_ML: Final[dict[str, str]] = {
    "V-REASON": "ഇനം എന്തിന് തുറക്കണം എന്ന് ചുരുക്കമായി എഴുതുക",
    "V-ITEMS": "ഇന്നത്തെ ഇനങ്ങളുടെ എണ്ണം തീർന്നു; നാളെ തുടരുക, അല്ലെങ്കിൽ സഹപ്രവർത്തകരോട് ആവശ്യപ്പെടുക",
    "V-SECONDS": "ഇന്നത്തെ സമയം തീർന്നു; നാളെ തുടരുക, അല്ലെങ്കിൽ സഹപ്രവർത്തകരോട് ആവശ്യപ്പെടുക",
    "V-SOURCE": "പരിശോധിച്ച ഇമേജ് എവിടെയാണെന്ന് രേഖയിലില്ല",
    "V-FLOOR": "നിങ്ങളുടെ പരിധി യൂണിറ്റിന്റേതിനെക്കാൾ കർശനമായിരിക്കണം",
    "V-RULE": "നൽകിയ സംഖ്യകൾ അനുവദിച്ച പരിധിക്ക് പുറത്താണ്",
    "V-OTHER": "തുറന്നയാൾക്ക് മാത്രമേ അടയ്ക്കാനാവൂ",
    "view-source-missing": "പരിശോധിച്ച ഇമേജ് രേഖയിൽ പറഞ്ഞ സ്ഥലത്തില്ല",
    "view-source-unreadable": "പരിശോധിച്ച ഇമേജ് വായിക്കാനാവുന്നില്ല",
    "view-digest-differs": "അവിടെ ഇപ്പോഴുള്ളത് പരിശോധിച്ചതല്ല",
    "view-item-missing": "ഇനം ഇമേജിൽ കാണുന്നില്ല",
    "view-no-picture": "ചിത്രമോ വീഡിയോയോ അല്ല",
    "view-broken": "കേടായതിനാൽ തുറക്കാനാവില്ല",
    "view-too-large": "അനുവദിച്ചതിലും വലുതാണ്",
    "view-timed-out": "അനുവദിച്ച സമയത്തിനുള്ളിൽ കിട്ടിയില്ല",
    "view-died": "വരയ്ക്കുന്ന പ്രക്രിയ മറുപടി തന്നില്ല",
    "view-not-confined": "ഈ യന്ത്രത്തിൽ സുരക്ഷിതമായി തുറക്കാനാവില്ല",
    "view-not-installed": "ചിത്രങ്ങൾക്കുള്ള ഘടകം ഇൻസ്റ്റാൾ ചെയ്തിട്ടില്ല",
}


def viewing_words_here() -> dict[str, str]:
    """The words in the language of the running request."""
    return {key: pair[is_malayalam()] for key, pair in VIEWING.items()}


def level_words(level: int) -> str:
    """How an item is shown at a level."""
    return _LEVELS[LEVELS[level].name][is_malayalam()]


def fact_words(name: str) -> str:
    """What a fact of the examination record is called; one without words is shown by its own name."""
    pair = _FACTS.get(name)
    return name.replace("_", " ") if pair is None else pair[is_malayalam()]


def refused_words(code: str, text: str) -> str:
    """Why not, in the language of the running request; a code without Malayalam words stays English."""
    return _REFUSED_ML.get(code, text) if is_malayalam() else text


def refusal(refused: RefusedError) -> str:
    """An act's refusal in words."""
    return refused_words(refused.code, refused.text)
