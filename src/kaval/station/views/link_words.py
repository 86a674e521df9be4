"""What the pages of connections, links and notices say, in English and Malayalam."""

from __future__ import annotations

from typing import Final

from kaval.station.views.frame import is_malayalam


def sentences() -> dict[str, str]:
    """The sentences in the language of the running request."""
    place = 1 if is_malayalam() else 0
    return {key: pair[place] for key, pair in SENTENCES.items()}


SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "connections": ("Connections", "ബന്ധങ്ങൾ"),
    "about_group": (
        "A subject is a group of reports that seem to be about one person. A line says what is on record, not that "
        "somebody did something. Dashed lines prove nothing about persons.",
        "ഒരാളെക്കുറിച്ചാണെന്ന് തോന്നുന്ന റിപ്പോർട്ടുകളുടെ കൂട്ടമാണിത്. രേഖയിലുള്ളതാണ് വരകൾ പറയുന്നത്, ആരെങ്കിലും എന്തെങ്കിലും ചെയ്തു "
        "എന്നല്ല. മുറിഞ്ഞ വരകൾ വ്യക്തികളെപ്പറ്റി ഒന്നും തെളിയിക്കുന്നില്ല.",
    ),
    "other_subjects": ("other subjects", "മറ്റ് കൂട്ടങ്ങൾ"),
    "picture": ("Drawing", "ചിത്രം"),
    "picture_label": (
        "Drawing of the connections; the table below says the same",
        "ബന്ധങ്ങളുടെ ചിത്രം; താഴെയുള്ള പട്ടികയിലും ഇതുതന്നെ",
    ),
    "to_table": ("Skip the drawing, go to the table", "ചിത്രം വിട്ട് പട്ടികയിലേക്ക്"),
    "same_in_words": ("The same in words", "ഇതുതന്നെ വാക്കുകളിൽ"),
    "open_all": ("Show every single thing", "എല്ലാം വെവ്വേറെ കാണിക്കുക"),
    "close_all": ("Put like things together", "ഒരുപോലുള്ളവ ചേർക്കുക"),
    "lines": ("lines", "വരകൾ"),
    "things": ("things", "ഇനങ്ങൾ"),
    "thing": ("Thing", "എന്ത്"),
    "connected_with": ("Connected with", "ബന്ധം"),
    "nothing_drawn": (
        "No report of this subject is in your reach.",
        "ഈ കൂട്ടത്തിലെ റിപ്പോർട്ടുകളൊന്നും നിങ്ങളുടെ പരിധിയിലില്ല.",
    ),
    "not_all": ("Not everything is shown", "എല്ലാം കാണിച്ചിട്ടില്ല"),
    "newest_reports": ("reports shown, the newest", "റിപ്പോർട്ടുകൾ കാണിക്കുന്നു, ഏറ്റവും പുതിയവ"),
    "left_out": ("further things left out", "ഇനങ്ങൾ കൂടി വിട്ടുകളഞ്ഞു"),
    "more_shared": (
        "more other subjects share something than are shown",
        "കാണിച്ചതിലും കൂടുതൽ കൂട്ടങ്ങളുമായി ബന്ധമുണ്ട്",
    ),
    "how_connected": ("How are these two connected?", "ഇവ രണ്ടും തമ്മിൽ എന്താണ് ബന്ധം?"),
    "and_more": ("and {} more", "കൂടാതെ {} എണ്ണം"),
    "from": ("From", "ഇതിൽനിന്ന്"),
    "to": ("To", "ഇതിലേക്ക്"),
    "ends_hint": (
        "A subject's number (S-000012), a report's number, or an identifier exactly as written.",
        "കൂട്ടത്തിന്റെ നമ്പർ (S-000012), റിപ്പോർട്ട് നമ്പർ, അല്ലെങ്കിൽ തിരിച്ചറിയൽ വിവരം അതേപടി.",
    ),
    "through": (
        "also through shared addresses, files and groups: proves nothing about persons",
        "പങ്കിട്ട വിലാസങ്ങൾ, ഫയലുകൾ, ഗ്രൂപ്പുകൾ വഴിയും: വ്യക്തികളെപ്പറ്റി ഒന്നും തെളിയിക്കുന്നില്ല",
    ),
    "search": ("Search", "തിരയുക"),
    "unknown_end": ("Nothing of this name is in your reach:", "ഈ പേരിൽ ഒന്നും നിങ്ങളുടെ പരിധിയിലില്ല:"),
    "same_end": ("Both are the same.", "രണ്ടും ഒന്നുതന്നെ."),
    "none_found": (
        "Nothing on record connects them within six steps.",
        "ആറു പടിക്കുള്ളിൽ ഇവയെ ബന്ധിപ്പിക്കുന്ന ഒന്നും രേഖയിലില്ല.",
    ),
    "none_cut": (
        "No connection was found, but the search stopped before it was through: there was too much to read.",
        "ബന്ധം കണ്ടെത്തിയില്ല; എന്നാൽ വായിക്കാൻ ഏറെയുള്ളതിനാൽ തിരച്ചിൽ പൂർത്തിയായില്ല.",
    ),
    "try_containers": ("Search through shared addresses and files too", "പങ്കിട്ട വിലാസങ്ങളും ഫയലുകളും കൂടി തിരയുക"),
    "warn_containers": (
        "A way over a dashed line proves nothing about persons: many share an address or hold a file.",
        "മുറിഞ്ഞ വര വഴിയുള്ള ബന്ധം വ്യക്തികളെപ്പറ്റി ഒന്നും തെളിയിക്കുന്നില്ല: വിലാസവും ഫയലും പലർക്കും ഒന്നാകാം.",
    ),
    "by_operation": (
        "Nothing but the same operation connects them.",
        "ഒരേ ഓപ്പറേഷൻ മാത്രമാണ് ഇവയെ ബന്ധിപ്പിക്കുന്നത്.",
    ),
    "more_ways": ("There are more ways as short as these.", "ഇത്രതന്നെ ചെറിയ വഴികൾ ഇനിയുമുണ്ട്."),
    "way": ("Way", "വഴി"),
    "steps": ("steps", "പടികൾ"),
    "read": ("connections read", "ബന്ധങ്ങൾ വായിച്ചു"),
    "links": ("Links to decide", "തീർപ്പാക്കേണ്ട ബന്ധങ്ങൾ"),
    "links_lead": (
        "Two subjects that may be one person. The machine proposes, a person decides, and every decision can be taken "
        "back: the former subjects are then restored.",
        "ഒരാളാകാവുന്ന രണ്ടു കൂട്ടങ്ങൾ. യന്ത്രം നിർദേശിക്കുന്നു, തീരുമാനിക്കുന്നത് ഉദ്യോഗസ്ഥൻ. തീരുമാനം പിൻവലിച്ചാൽ പഴയ കൂട്ടങ്ങൾ "
        "തിരികെ വരും.",
    ),
    "heaviest": ("Heaviest first", "ഭാരം കൂടിയവ ആദ്യം"),
    "no_proposal": (
        "No proposal waits. New ones appear when reports that arrive resemble earlier ones.",
        "നിർദേശങ്ങളൊന്നും ബാക്കിയില്ല. പുതിയ റിപ്പോർട്ടുകൾ മുമ്പത്തേതിനോട് സാമ്യമുള്ളപ്പോൾ ഇവിടെ വരും.",
    ),
    "bits": ("bits", "ബിറ്റ്"),
    "bits_mean": (
        "A bit that speaks for it doubles the odds that they are one person, a bit against halves them.",
        "അനുകൂലമായ ഓരോ ബിറ്റും ഒരാളാകാനുള്ള സാധ്യത ഇരട്ടിയാക്കുന്നു; പ്രതികൂലമായത് പകുതിയാക്കുന്നു.",
    ),
    "one_side": ("Report", "റിപ്പോർട്ട്"),
    "why": ("What speaks for and against", "അനുകൂലവും പ്രതികൂലവും"),
    "same_person": ("Same person", "ഒരാൾ തന്നെ"),
    "not_same_person": ("Not the same person", "ഒരാളല്ല"),
    "reason": ("Reason", "കാരണം"),
    "reason_hint": (
        "The reason is kept with the decision.",
        "കാരണം തീരുമാനത്തോടൊപ്പം സൂക്ഷിക്കും.",
    ),
    "reports_of_it": ("reports", "റിപ്പോർട്ടുകൾ"),
    "names_of_report": ("Names as the reported account's", "റിപ്പോർട്ടിലെ അക്കൗണ്ടിന്റേതായി പറയുന്നത്"),
    "names_nothing": ("names no identifier", "തിരിച്ചറിയൽ വിവരങ്ങളില്ല"),
    "received": ("received", "ലഭിച്ചത്"),
    "no_subject": ("not linked", "ബന്ധിപ്പിച്ചിട്ടില്ല"),
    "not_done": ("Not done.", "നടന്നില്ല."),
    "proposed": ("proposed", "നിർദേശിച്ചത്"),
    "seen_by": ("seen by", "കണ്ടത്"),
    "decided_by": ("By", "ആര്"),
    "which_reports": ("Reports", "റിപ്പോർട്ടുകൾ"),
    "holds": ("holds", "നിലവിലുണ്ട്"),
    "not_this_person": ("Not this person", "ഈ ആളല്ല"),
    "decisions": ("Decisions", "തീരുമാനങ്ങൾ"),
    "no_decision": ("Nobody has decided on a link yet.", "ഇതുവരെ തീരുമാനങ്ങളൊന്നുമില്ല."),
    "join": ("one person", "ഒരാൾ"),
    "apart": ("not one person", "ഒരാളല്ല"),
    "withdraw": ("taken back", "പിൻവലിച്ചു"),
    "take_back": ("Take back", "പിൻവലിക്കുക"),
    "was_taken_back": ("taken back by", "പിൻവലിച്ചത്"),
    "part_title": ("Part reports of", "റിപ്പോർട്ടുകൾ വേർതിരിക്കുക:"),
    "part_lead": (
        "Tick the reports that are not about the same person as the rest. They become a subject of their own; what "
        "both sides name binds them no longer. The decision can be taken back.",
        "മറ്റുള്ളവയിലെ ആളെക്കുറിച്ചല്ലാത്ത റിപ്പോർട്ടുകൾ തിരഞ്ഞെടുക്കുക. അവ വേറെ കൂട്ടമാകും. തീരുമാനം പിൻവലിക്കാം.",
    ),
    "part_button": ("Part these reports", "ഈ റിപ്പോർട്ടുകൾ വേർതിരിക്കുക"),
    "part_one": (
        "This subject has one report only: there is nothing to part.",
        "ഈ കൂട്ടത്തിൽ ഒരു റിപ്പോർട്ട് മാത്രമേയുള്ളൂ: വേർതിരിക്കാനില്ല.",
    ),
    "part_all": (
        "Leave at least one report, and tick at least one.",
        "ഒന്നെങ്കിലും തിരഞ്ഞെടുക്കുക, ഒന്നെങ്കിലും ബാക്കി വയ്ക്കുക.",
    ),
    "notices": ("Notices", "അറിയിപ്പുകൾ"),
    "notices_lead": (
        "Reports that touch something the unit must not learn of too late.",
        "യൂണിറ്റ് വൈകാതെ അറിയേണ്ട കാര്യങ്ങളെ സ്പർശിക്കുന്ന റിപ്പോർട്ടുകൾ.",
    ),
    "no_notice": (
        "No notice waits. One appears when a report touches an open investigation, a frozen plan or a watched "
        "identifier.",
        "അറിയിപ്പുകളൊന്നും ബാക്കിയില്ല. അന്വേഷണത്തെയോ ഉറപ്പിച്ച പദ്ധതിയെയോ സ്പർശിക്കുന്ന റിപ്പോർട്ട് വരുമ്പോൾ ഇവിടെ കാണാം.",
    ),
    "no_notice_seen": ("No notice was seen yet.", "ഇതുവരെ അറിയിപ്പുകളൊന്നും കണ്ടിട്ടില്ല."),
    "unseen": ("Not seen", "കാണാത്തവ"),
    "seen": ("Seen", "കണ്ടവ"),
    "i_saw": ("I have seen this", "ഞാൻ ഇത് കണ്ടു"),
    "ask_whom": ("Ask", "ചോദിക്കേണ്ടത്"),
    "touches": ("Touches", "സ്പർശിക്കുന്നത്"),
    "report": ("Report", "റിപ്പോർട്ട്"),
    "open_case": ("Open investigation", "നടക്കുന്ന അന്വേഷണം"),
    "registered_offender": ("Register", "രജിസ്റ്റർ"),
    "frozen_plan": ("Frozen plan", "ഉറപ്പിച്ച പദ്ധതി"),
    "other_unit": ("Another unit", "മറ്റൊരു യൂണിറ്റ്"),
    "split_subject": ("Reports came apart", "റിപ്പോർട്ടുകൾ വേർപിരിഞ്ഞു"),
}
