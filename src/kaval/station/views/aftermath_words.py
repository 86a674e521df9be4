"""What the pages after the day say, in English and Malayalam side by side; checks come with their own words."""

from __future__ import annotations

from typing import Final

from kaval.engine.rules.attribution.aftermath import CAUSES, ISP_ERRORS, OWED_TO, SHARED
from kaval.station.views.frame import is_malayalam

AFTERMATH: Final[dict[str, tuple[str, str]]] = {
    "aftermath": ("After the day", "ദൗത്യദിനത്തിനു ശേഷം"),
    "reaudits": ("Re-audits", "വീണ്ടും പരിശോധിക്കേണ്ടവ"),
    "errors": ("Error register", "തെറ്റുകളുടെ രജിസ്റ്റർ"),
    "figures": ("Figures", "കണക്കുകൾ"),
    "owed": ("Owed", "ബാക്കിയുള്ളവ"),
    "made": ("Made", "പൂർത്തിയായവ"),
    "owed_lead": (
        "A search that found nothing, or no link at the scene, means the attribution is gone through anew within 24 "
        "hours, before any laboratory answers. A subscriber is not a suspect.",
        "പരിശോധനയിൽ ഒന്നും കണ്ടെത്തിയില്ലെങ്കിൽ ലാബിന്റെ മറുപടി കാക്കാതെ 24 മണിക്കൂറിനകം കണ്ടെത്തൽ വീണ്ടും പരിശോധിക്കണം. "
        "വരിക്കാരൻ സംശയിക്കപ്പെടുന്ന ആളല്ല.",
    ),
    "none_owed": (
        "No re-audit is owed. One begins by itself when a search ends without a link.",
        "വീണ്ടും പരിശോധിക്കേണ്ട ഒന്നുമില്ല. ബന്ധമൊന്നും കാണാത്ത പരിശോധനയോടെ അത് താനേ തുടങ്ങും.",
    ),
    "none_made": ("None is finished yet.", "ഒന്നും പൂർത്തിയായിട്ടില്ല."),
    "subject": ("Subject", "ലീഡ് കൂട്ടം"),
    "search": ("Search", "പരിശോധന"),
    "held_back": ("held back", "തടഞ്ഞുവച്ചത്"),
    "nothing_found": ("nothing found", "ഒന്നും കണ്ടെത്തിയില്ല"),
    "wrong_place": ("wrong place", "തെറ്റായ സ്ഥലം"),
    "nobody_there": ("nobody there", "ആരുമില്ല"),
    "begin_by": ("To begin by", "തുടങ്ങേണ്ട സമയം"),
    "begun": ("Begun", "തുടങ്ങിയത്"),
    "begun_late": ("begun late", "വൈകി തുടങ്ങി"),
    "not_begun": ("not begun", "തുടങ്ങിയിട്ടില്ല"),
    "finished": ("Finished", "പൂർത്തിയായത്"),
    "verdict": ("Verdict", "തീർപ്പ്"),
    "sound": ("Sound", "ശരിയായിരുന്നു"),
    "error": ("Error", "തെറ്റ്"),
    "begin": ("Begin the re-audit", "വീണ്ടും പരിശോധിച്ചു തുടങ്ങുക"),
    "begin_note": (
        "Everything is read again from the sealed files and every check is made anew. What is stored stays as it is.",
        "മുദ്രവച്ച ഫയലുകൾ വീണ്ടും വായിച്ച് എല്ലാ പരിശോധനകളും ആവർത്തിക്കും. സൂക്ഷിച്ചിരിക്കുന്നത് മാറില്ല.",
    ),
    "differences": ("What comes out otherwise today", "ഇന്ന് മാറ്റം കാണുന്നവ"),
    "no_difference": (
        "Every check comes out as it did. The fault, if there is one, is not in what the checks see.",
        "എല്ലാ പരിശോധനകളുടെയും ഫലം പഴയതു തന്നെ. തെറ്റുണ്ടെങ്കിൽ അത് ഈ പരിശോധനകൾക്ക് പുറത്താണ്.",
    ),
    "check": ("Check", "പരിശോധന"),
    "then": ("Then", "അന്ന്"),
    "now": ("Now", "ഇന്ന്"),
    "not_made": ("not made", "ചെയ്തിരുന്നില്ല"),
    "PASS": ("passed", "ശരി"),
    "FAIL": ("failed", "തെറ്റി"),
    "UNKNOWN": ("not known", "അറിയില്ല"),
    "why": ("Reason", "കാരണം"),
    "finish": ("Keep the verdict", "തീർപ്പ് രേഖപ്പെടുത്തുക"),
    "analyst_no": (
        "You made this attribution: another officer gives the verdict.",
        "ഈ കണ്ടെത്തൽ നിങ്ങളുടേതാണ്: തീർപ്പ് മറ്റൊരു ഉദ്യോഗസ്ഥൻ നൽകണം.",
    ),
    "confirm": ("Enter as a confirmed error", "സ്ഥിരീകരിച്ച തെറ്റായി രേഖപ്പെടുത്തുക"),
    "confirm_note": (
        "Every attribution that shares an answer file, a form of answer, a request or a person with this one is held "
        "back at once, until a re-audit of it finds it sound.",
        "ഒരേ മറുപടി ഫയലോ രൂപമോ അപേക്ഷയോ വ്യക്തിയോ പങ്കിടുന്ന എല്ലാ കണ്ടെത്തലുകളും ഉടൻ തടഞ്ഞുവയ്ക്കും; വീണ്ടും പരിശോധിച്ച് "
        "ശരിയെന്ന് കാണും വരെ.",
    ),
    "cause": ("Cause", "കാരണം"),
    "what": ("What went wrong", "എന്താണ് തെറ്റിയത്"),
    "people": ("People affected", "ബാധിക്കപ്പെട്ടവർ"),
    "children": ("Children among them", "അവരിൽ കുട്ടികൾ"),
    "choose": ("Choose", "തിരഞ്ഞെടുക്കുക"),
    "subject_number": ("Subject's number", "ലീഡ് കൂട്ടത്തിന്റെ നമ്പർ"),
    "without_search": ("An error found without a search", "പരിശോധന കൂടാതെ കണ്ടെത്തിയ തെറ്റ്"),
    "no_error": (
        "No error is on record. When a re-audit shows one, it is entered here with who must be told.",
        "തെറ്റുകളൊന്നും രേഖയിലില്ല. വീണ്ടും പരിശോധിക്കുമ്പോൾ കണ്ടാൽ, ആരെ അറിയിക്കണം എന്നതോടെ ഇവിടെ ചേർക്കും.",
    ),
    "notices": ("Notices owed", "നൽകേണ്ട അറിയിപ്പുകൾ"),
    "notice_to": ("To", "ആർക്ക്"),
    "given": ("Given", "നൽകി"),
    "give": ("Note as given", "നൽകിയതായി രേഖപ്പെടുത്തുക"),
    "how": ("How: letter, number and date", "എങ്ങനെ: കത്ത്, നമ്പർ, തീയതി"),
    "unverified": (
        "Times of these notices are the unit's own rule; no jurist has confirmed them.",
        "ഈ അറിയിപ്പുകളുടെ സമയം യൂണിറ്റിന്റെ സ്വന്തം ചട്ടമാണ്; നിയമവിദഗ്ധർ ഉറപ്പിച്ചിട്ടില്ല.",
    ),
    "devices": ("Devices taken", "പിടിച്ചെടുത്ത ഉപകരണങ്ങൾ"),
    "devices_back": ("Given back", "തിരികെ നൽകി"),
    "give_back": ("Note as given back", "തിരികെ നൽകിയതായി രേഖപ്പെടുത്തുക"),
    "receipt": ("Receipt: number and date", "രസീത്: നമ്പർ, തീയതി"),
    "seal": ("Seal the record", "രേഖ മുദ്രവയ്ക്കുക"),
    "seal_note": (
        "When every notice is given and the devices are back, the record is sealed. Then nothing in it changes.",
        "എല്ലാ അറിയിപ്പുകളും നൽകി ഉപകരണങ്ങൾ തിരികെ നൽകിയാൽ രേഖ മുദ്രവയ്ക്കും. പിന്നെ മാറ്റമില്ല.",
    ),
    "sealed": ("Sealed", "മുദ്രവച്ചു"),
    "held": ("Held back because of it", "ഇതുമൂലം തടഞ്ഞുവച്ചവ"),
    "shares": ("Shares", "പങ്കിടുന്നത്"),
    "lifted": ("Let go", "വിട്ടു"),
    "reaudit": ("Go through it anew", "വീണ്ടും പരിശോധിക്കുക"),
    "lift": ("Let it go", "വിടുക"),
    "lift_needs": ("needs a re-audit that finds it sound", "ശരിയെന്നു കാണുന്ന പുനഃപരിശോധന വേണം"),
    "confirmed": ("Confirmed", "സ്ഥിരീകരിച്ചത്"),
    "none_seized": ("Nothing was taken.", "ഒന്നും പിടിച്ചെടുത്തിട്ടില്ല."),
    "figures_lead": (
        "Computed from the records as of now, without names. Each figure stands with its definition.",
        "ഇപ്പോഴത്തെ രേഖകളിൽ നിന്ന് കണക്കാക്കിയത്, പേരുകളില്ലാതെ. ഓരോന്നിനും നിർവചനമുണ്ട്.",
    ),
    "as_of": ("As of", "സമയം"),
    "figure": ("Figure", "കണക്ക്"),
    "value": ("Value", "അളവ്"),
    "out_of": ("Of", "ആകെ"),
    "definition": ("Definition", "നിർവചനം"),
    "nothing": ("nothing to count", "എണ്ണാനൊന്നുമില്ല"),
    "days": ("days", "ദിവസം"),
    "provider": ("Provider", "സേവനദാതാവ്"),
    "attributions": ("Attributions", "കണ്ടെത്തലുകൾ"),
    "errors_all": ("Errors", "തെറ്റുകൾ"),
    "errors_own": ("Its own", "സ്വന്തം"),
    "rate": ("Rate", "നിരക്ക്"),
    "by_cause": ("Errors by cause", "കാരണമനുസരിച്ച് തെറ്റുകൾ"),
    "open_errors": ("Records not sealed yet", "മുദ്രവയ്ക്കാത്ത രേഖകൾ"),
    "done": ("Kept.", "രേഖപ്പെടുത്തി."),
    "no_subject": ("No attribution of that subject.", "ആ ലീഡ് കൂട്ടത്തിന് കണ്ടെത്തലില്ല."),
    "search_gone": ("That search is not of this subject.", "ആ പരിശോധന ഈ ലീഡ് കൂട്ടത്തിന്റേതല്ല."),
    "number": ("Number", "നമ്പർ"),
}


def aftermath_words_here() -> dict[str, str]:
    """The pages' words in the language of the running request."""
    return {key: words[is_malayalam()] for key, words in AFTERMATH.items()}


def cause_words(cause: str) -> str:
    """A cause class in words; an unknown one is its own name."""
    return CAUSES[cause][is_malayalam()] if cause in CAUSES else cause


def causes_here() -> list[tuple[str, str]]:
    """All causes to choose from."""
    return [(cause, words[is_malayalam()]) for cause, words in CAUSES.items()]


def owed_words(owed_to: str) -> str:
    """To whom a notice is owed, in words."""
    return OWED_TO[owed_to][is_malayalam()] if owed_to in OWED_TO else owed_to


def shared_words(shared: str) -> str:
    """What is shared with an error, in words."""
    return SHARED[shared][is_malayalam()] if shared in SHARED else shared


def provider_words() -> tuple[str, str]:
    """The title of the table by provider, and its definition."""
    title, definition = ISP_ERRORS
    return title[is_malayalam()], definition[is_malayalam()]
