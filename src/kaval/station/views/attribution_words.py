"""What the desk of an attribution, the second reader's desk and the phone form say, in English and Malayalam."""

from __future__ import annotations

from typing import Final

from django import forms

from kaval.engine.kernel.errors import RefusedError
from kaval.station.forms.once import first_problem
from kaval.station.views.frame import is_malayalam


def sentences() -> dict[str, str]:
    """The sentences in the language of the running request."""
    place = 1 if is_malayalam() else 0
    return {key: pair[place] for key, pair in SENTENCES.items()}


def form_problem(form: forms.Form) -> str:
    """The first thing that is wrong with a form, in the language of the request."""
    problem = first_problem(form)
    return sentences().get(problem, problem)


def problem_words(refused: RefusedError) -> str:
    """Why an act was refused, in the language of the request; a rule without own words speaks its English."""
    return REFUSED_ML.get(refused.code, refused.text) if is_malayalam() else refused.text


REFUSED_ML: Final[dict[str, str]] = {
    "SUBJECT": "ഈ ലീഡ് കൂട്ടം നിലവിലില്ല, അല്ലെങ്കിൽ മറ്റൊന്നിൽ ചേർന്നു.",
    "ATTRIBUTION": "ഇതിന്റെ വരിക്കാരനെ ഇതുവരെ ആരും നിർണയിച്ചിട്ടില്ല.",
    "REASON": "കാരണം ഒരു വാക്യത്തിൽ എഴുതുക.",
    "BLOCK": "ഇത് തടസ്സമാണ്: ആർക്കും ഇളവ് നൽകാനാവില്ല.",
    "CHECK": "ഈ പരിശോധന ഇളവിനായി കാത്തിരിക്കുന്നില്ല.",
    "SELF": "നിർണയം നടത്തിയ ഉദ്യോഗസ്ഥന് അതിന് ഇളവ് നൽകാനാവില്ല.",
    "RANK": "ഈ ഇളവ് നൽകാൻ കൂടുതൽ ഉയർന്ന റാങ്ക് വേണം.",
    "A-40": "ഒരു നിരീക്ഷണം മാത്രമുള്ളപ്പോൾ, ഒരു കുട്ടി ഉടനടി അപകടത്തിലാണെങ്കിൽ മാത്രമേ ഇളവുള്ളൂ.",
    "OBSERVATION": "ഈ നിരീക്ഷണത്തിന് ഇത് ബാധകമല്ല.",
    "OVERRIDE": "ഇങ്ങനെയൊരു ഇളവില്ല, അല്ലെങ്കിൽ അത് പിൻവലിച്ചതാണ്.",
    "KIND": "ഇങ്ങനെയൊരു ഇനമില്ല.",
    "SOURCE": "ഈ ഫയൽ ഈ ലീഡ് കൂട്ടത്തിന്റേതല്ല.",
    "TOO_MANY": "ഒരേസമയം ഇത്രയധികം പറ്റില്ല.",
    "ASKED": "ആരോടാണ് ചോദിച്ചതെന്ന് എഴുതുക.",
    "REFERENCE": "ആരോടാണ് അന്വേഷിക്കേണ്ടതെന്ന് എഴുതുക.",
    "A-51": "കുട്ടിയല്ലെന്ന് പറയാൻ സൂപ്പർവൈസർക്ക് മാത്രമേ കഴിയൂ.",
    "A-01": "ഉറവിടത്തിന്റെ മുദ്ര തകർന്നിരിക്കുന്നു: അതിൽനിന്ന് ഒന്നും വായിക്കില്ല.",
    "A-38": "ആദ്യഫലം തയ്യാറാക്കിയവരോ കണ്ടവരോ രണ്ടാമത് വായിക്കരുത്.",
    "CUSTOMER": "ഈ വിലാസത്തിന് ഉത്തരത്തിൽ ഇങ്ങനെയൊരു വരിക്കാരനില്ല.",
    "DISTRICT": "ഈ സ്ഥലം നിങ്ങളുടെ പൊലീസ് ജില്ലയിലല്ല.",
    "KEY": "ഈ ഫോം മുമ്പ് മറ്റൊരു ഉത്തരത്തോടെ അയച്ചതാണ്. താൾ വീണ്ടും തുറക്കുക.",
}

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # shared
    "yes": ("Yes", "അതെ"),
    "no": ("No", "അല്ല"),
    "unknown": ("Not known", "അറിയില്ല"),
    "not_done": ("Not done.", "നടന്നില്ല."),
    "reason": ("Reason", "കാരണം"),
    "save": ("Save", "സൂക്ഷിക്കുക"),
    "by": ("By", "ആര്"),
    "when": ("When", "എപ്പോൾ"),
    "address": ("Address", "വിലാസം"),
    "port": ("port", "പോർട്ട്"),
    "none": ("none", "ഇല്ല"),
    "err_reason": ("Say why: the reason is kept with your name.", "കാരണം എഴുതുക: അത് നിങ്ങളുടെ പേരോടെ സൂക്ഷിക്കും."),
    "err_asked": ("Say who was asked.", "ആരോടാണ് ചോദിച്ചതെന്ന് എഴുതുക."),
    "err_choose": ("Choose a customer, nobody, or several.", "വരിക്കാരൻ, ആരുമല്ല, പലർ എന്നിവയിലൊന്ന് തിരഞ്ഞെടുക്കുക."),
    "err_answer": (
        'Answer every question; "not known" is an answer too.',
        'എല്ലാ ചോദ്യത്തിനും ഉത്തരം നൽകുക; "അറിയില്ല" എന്നതും ഉത്തരമാണ്.',
    ),
    "err_day": ("Write the date as day, month and year.", "ദിവസം, മാസം, വർഷം എന്നിങ്ങനെ തീയതി എഴുതുക."),
    "err_moved": (
        "They cannot have moved out before they moved in.",
        "താമസം തുടങ്ങുംമുമ്പ് മാറാനാവില്ല: തീയതികൾ നോക്കുക.",
    ),
    "err_door": (
        "Write the house name or the door number as you saw it.",
        "കണ്ടതുപോലെ വീട്ടുപേരോ വീട്ടുനമ്പരോ എഴുതുക.",
    ),
    # the desk
    "desk": ("What you can do", "ചെയ്യാവുന്നത്"),
    "desk_title": ("Attribution desk", "നിർണയ മേശ"),
    "sheet": ("Attribution sheet", "നിർണയ ഷീറ്റ്"),
    "papers": ("Make grounds of belief or a disclosure pack", "കാരണങ്ങളോ വെളിപ്പെടുത്തൽ രേഖയോ തയ്യാറാക്കുക"),
    "desk_lead": (
        "A HOLD can be let pass by a named officer who is not the analyst. A BLOCK cannot be let pass by anybody. "
        "After each act the attribution is computed again. A subscriber is whose line it is, not who used it.",
        "വിശകലനം ചെയ്തയാളല്ലാത്ത ഉദ്യോഗസ്ഥന് സ്വന്തം പേരിൽ ഇളവ് നൽകാം. തടസ്സത്തിന് ആർക്കും ഇളവ് നൽകാനാവില്ല. ഓരോ നടപടിക്കുശേഷവും "
        "നിർണയം വീണ്ടും നടത്തും. ആരുടെ പേരിലാണ് കണക്ഷൻ എന്നേ വരിക്കാരൻ എന്നതിനർഥമുള്ളൂ, ആര് ഉപയോഗിച്ചു എന്നല്ല.",
    ),
    "no_attribution": (
        "No attribution yet: it follows when the provider has answered.",
        "ഇതുവരെ നിർണയമില്ല: ദാതാവിന്റെ ഉത്തരം വന്നശേഷം നടത്തും.",
    ),
    "level": ("Level", "തലം"),
    "analyst": ("Analyst", "വിശകലനം"),
    "broken": (
        "A seal this rests on is broken. Nothing here mends that.",
        "ഇതിന് ആധാരമായ ഒരു മുദ്ര തകർന്നിരിക്കുന്നു. ഇവിടെനിന്ന് അത് പരിഹരിക്കാനാവില്ല.",
    ),
    "quarantined": (
        "Held back because of an error elsewhere.",
        "മറ്റൊരിടത്തെ പിശകുമൂലം മാറ്റിവച്ചിരിക്കുന്നു.",
    ),
    "holds": ("Open HOLDs", "ഇളവിനായി കാത്തിരിക്കുന്നവ"),
    "no_holds": ("No HOLD is open.", "ഇളവിനായി ഒന്നും കാത്തിരിക്കുന്നില്ല."),
    "from_rank": ("Rank needed", "വേണ്ട റാങ്ക്"),
    "or_above": ("or above", "അല്ലെങ്കിൽ മുകളിൽ"),
    "for_what": ("For", "എന്തിന്"),
    "whole_subject": ("the whole subject", "കൂട്ടം മുഴുവൻ"),
    "let_pass": ("Let it pass", "ഇളവ് നൽകുക"),
    "child_at_risk": ("A child is at immediate risk", "ഒരു കുട്ടി ഉടനടി അപകടത്തിലാണ്"),
    "why_self": (
        "You made this attribution: another officer must decide.",
        "ഈ നിർണയം നിങ്ങളുടേതാണ്: മറ്റൊരു ഉദ്യോഗസ്ഥൻ തീരുമാനിക്കണം.",
    ),
    "why_rank": ("Your rank does not reach.", "നിങ്ങളുടെ റാങ്ക് പോരാ."),
    "in_force": ("Let pass", "നൽകിയ ഇളവുകൾ"),
    "none_in_force": ("No HOLD was let pass.", "ഇളവൊന്നും നൽകിയിട്ടില്ല."),
    "take_back": ("Take back", "പിൻവലിക്കുക"),
    "taken_back": ("taken back", "പിൻവലിച്ചു"),
    "contradictions": ("Addresses that point elsewhere", "മറ്റൊരാളിലേക്ക് നയിക്കുന്ന വിലാസങ്ങൾ"),
    "no_contradictions": (
        "No address of this subject points to another customer.",
        "മറ്റൊരു വരിക്കാരനിലേക്ക് നയിക്കുന്ന വിലാസങ്ങളില്ല.",
    ),
    "explain": ("Why it points elsewhere", "എന്തുകൊണ്ട് മറ്റൊരാളിലേക്ക്"),
    "explain_do": ("Keep the explanation", "വിശദീകരണം സൂക്ഷിക്കുക"),
    "corroborations": ("Links beyond addresses", "വിലാസത്തിനപ്പുറമുള്ള തെളിവുകൾ"),
    "no_corroborations": (
        "Nothing yet ties the subject to place or person without an address.",
        "വിലാസമല്ലാതെ മറ്റൊന്നും ഇതുവരെ ബന്ധിപ്പിക്കുന്നില്ല.",
    ),
    "kind": ("Kind", "ഇനം"),
    "kind_phone": ("verified phone number", "സ്ഥിരീകരിച്ച ഫോൺ നമ്പർ"),
    "kind_email_recovery": ("recovery e-mail", "വീണ്ടെടുക്കൽ ഇ-മെയിൽ"),
    "kind_device": ("device identifier", "ഉപകരണത്തിന്റെ നമ്പർ"),
    "kind_second_report": ("second report", "രണ്ടാമത്തെ റിപ്പോർട്ട്"),
    "kind_payment_delivery": ("payment with delivery", "വീട്ടിലെത്തിച്ച വാങ്ങൽ"),
    "kind_profile": ("facts of a profile", "പ്രൊഫൈലിലെ വിവരങ്ങൾ"),
    "kind_location": ("where a mobile line was", "മൊബൈൽ കണക്ഷൻ എവിടെയായിരുന്നു"),
    "fact": ("What the fact is", "എന്താണ് വിവരം"),
    "source_file": ("Sealed file that says so", "മുദ്രവച്ച ഉറവിടം"),
    "own_knowledge": ("no file: the officer's own knowledge", "ഫയലില്ല: ഉദ്യോഗസ്ഥന്റെ അറിവ്"),
    "locator": ("Place in the file", "ഫയലിലെ സ്ഥാനം"),
    "corroborate_do": ("Add the link", "ചേർക്കുക"),
    "deconfliction": ("Other units asked", "മറ്റു യൂണിറ്റുകളോട് ചോദിച്ചത്"),
    "no_deconfliction": (
        "Nobody was asked yet whether another unit, state, undercover or victim account holds the identifiers.",
        "മറ്റു യൂണിറ്റുകൾക്കോ സംസ്ഥാനങ്ങൾക്കോ ഇതിൽ ബന്ധമുണ്ടോ എന്ന് ഇതുവരെ ചോദിച്ചിട്ടില്ല.",
    ),
    "asked": ("Who was asked", "ആരോട് ചോദിച്ചു"),
    "answer": ("Answer", "ഉത്തരം"),
    "conflict_no": ("nobody else holds it", "മറ്റാർക്കും ബന്ധമില്ല"),
    "conflict_yes": ("somebody else holds it", "മറ്റൊരാൾക്ക് ബന്ധമുണ്ട്"),
    "conflict_open": ("no answer yet", "ഉത്തരം വന്നിട്ടില്ല"),
    "reference": ("Whom to ask about it", "ആരോട് അന്വേഷിക്കണം"),
    "deconflict_do": ("Keep what they said", "ഉത്തരം സൂക്ഷിക്കുക"),
    "child": ("If the account holder may be a child", "അക്കൗണ്ട് ഒരു കുട്ടിയുടേതാണെങ്കിൽ"),
    "child_lead": (
        "Victim path first. A child behind an account is a child to be protected: the material may be self-made, or "
        "somebody may have talked the child into it. No search is planned. The Child Welfare Committee is told within "
        "24 hours, a trained officer without uniform meets the family, and the unit looks for whoever asked for it.",
        "ആദ്യം ഇരയുടെ വഴി. അക്കൗണ്ടിനു പിന്നിലെ കുട്ടി സംരക്ഷിക്കപ്പെടേണ്ട കുട്ടിയാണ്: സ്വയം ചെയ്തതോ മറ്റൊരാൾ പ്രേരിപ്പിച്ചതോ ആകാം. തിരച്ചിൽ "
        "ആസൂത്രണം ചെയ്യില്ല. 24 മണിക്കൂറിനകം ശിശുക്ഷേമ സമിതിയെ അറിയിക്കും, പരിശീലനം ലഭിച്ച ഉദ്യോഗസ്ഥർ യൂണിഫോമില്ലാതെ വീട്ടുകാരെ കാണും, "
        "ആവശ്യപ്പെട്ടയാളെ അന്വേഷിക്കും.",
    ),
    "child_likely": ("The account holder is likely a child", "അക്കൗണ്ട് ഒരു കുട്ടിയുടേതാകാം"),
    "child_not": ("The account holder is not a child", "അക്കൗണ്ട് കുട്ടിയുടേതല്ല"),
    "child_nobody": ("Nobody has said anything about it.", "ഇതേക്കുറിച്ച് ആരും ഒന്നും പറഞ്ഞിട്ടില്ല."),
    "child_reason": ("What speaks for it", "എന്താണ് അടിസ്ഥാനം"),
    "child_do": ("Keep the note", "കുറിപ്പ് സൂക്ഷിക്കുക"),
    "history": ("Everything done here", "ഇതുവരെ ചെയ്തത്"),
    "no_history": ("Nothing was done here yet.", "ഇതുവരെ ഒന്നും ചെയ്തിട്ടില്ല."),
    "step_override": ("HOLD let pass", "ഇളവ് നൽകി"),
    "step_withdrawn": ("override taken back", "ഇളവ് പിൻവലിച്ചു"),
    "step_explained": ("explained", "വിശദീകരിച്ചു"),
    "step_corroborated": ("link added", "തെളിവ് ചേർത്തു"),
    "step_asked": ("others asked", "മറ്റുള്ളവരോട് ചോദിച്ചു"),
    "step_child": ("likely a child", "കുട്ടിയാകാം"),
    "step_no_child": ("not a child", "കുട്ടിയല്ല"),
    "no_such_act": ("There is no such act on this page.", "ഈ താളിൽ ഇങ്ങനെയൊരു നടപടിയില്ല."),
    "done_override_hold": ("The HOLD was let pass.", "ഇളവ് നൽകി."),
    "done_withdraw_override": ("The override was taken back.", "ഇളവ് പിൻവലിച്ചു."),
    "done_explain_contradiction": ("The explanation is kept.", "വിശദീകരണം സൂക്ഷിച്ചു."),
    "done_add_corroboration": ("The link is kept.", "തെളിവ് ചേർത്തു."),
    "done_record_deconfliction": ("What they said is kept.", "ഉത്തരം സൂക്ഷിച്ചു."),
    "done_note_child": ("The note is kept.", "കുറിപ്പ് സൂക്ഷിച്ചു."),
    # many at once
    "many_lead": (
        "One note for all ticked subjects: the same words, the same day. Whoever was asked is told identifiers, never "
        "a reason.",
        "തിരഞ്ഞെടുത്ത എല്ലാ കൂട്ടങ്ങൾക്കും ഒരേ കുറിപ്പ്. ചോദിക്കുന്നവരോട് തിരിച്ചറിയൽ വിവരം മാത്രം പറയുക, കാരണം പറയരുത്.",
    ),
    "many_none": ("This operation has no subjects yet.", "ഈ ഓപ്പറേഷനിൽ ഇതുവരെ കൂട്ടങ്ങളില്ല."),
    "never_asked": ("never asked about", "ചോദിച്ചിട്ടില്ല"),
    "last_asked": ("Last asked", "അവസാനം ചോദിച്ചത്"),
    "tick": ("Choose", "തിരഞ്ഞെടുക്കുക"),
    "tick_all": ("Choose all", "എല്ലാം തിരഞ്ഞെടുക്കുക"),
    "subject": ("Subject", "ലീഡ് കൂട്ടം"),
    # the second reader
    "second": ("Second reading", "രണ്ടാം വായന"),
    "second_lead": (
        "Read source, request and answer yourself and say which customer held the address. What the first reader found "
        "is not shown. Whoever opens a report or subject page has seen the first result and cannot read it here.",
        "ഉറവിടവും ചോദ്യവും ഉത്തരവും സ്വയം വായിച്ച് വിലാസം ആരുടേതായിരുന്നു എന്ന് പറയുക. ആദ്യഫലം കാണിക്കില്ല. റിപ്പോർട്ടിന്റെയോ കൂട്ടത്തിന്റെയോ "
        "താൾ തുറന്നവർക്ക് അത് ഇവിടെ വായിക്കാനാവില്ല.",
    ),
    "second_none": ("No observation waits for your reading.", "നിങ്ങൾക്കായി ഒന്നും കാത്തിരിക്കുന്നില്ല."),
    "second_read": ("read by you", "നിങ്ങൾ വായിച്ചത്"),
    "second_waiting": ("wait for you", "കാത്തിരിക്കുന്നത്"),
    "second_known": (
        "not yours to read: you made or saw a first result",
        "നിങ്ങൾക്ക് വായിക്കാനാവാത്തത്: ആദ്യഫലം കണ്ടവ",
    ),
    "source": ("1. What the source says", "1. ഉറവിടം പറയുന്നത്"),
    "request": ("2. What was asked", "2. ചോദിച്ചത്"),
    "reply": ("3. What the provider answered", "3. ദാതാവിന്റെ ഉത്തരം"),
    "choice": ("4. Who held the address?", "4. വിലാസം ആരുടേതായിരുന്നു?"),
    "as_received": ("As received", "ലഭിച്ചതുപോലെ"),
    "received": ("Received", "ലഭിച്ചത്"),
    "digest": ("SHA-256 of the file", "ഫയലിന്റെ SHA-256"),
    "no_text": (
        "The file is no plain text; the values below were read from the place named.",
        "ഫയൽ വെറും വാചകമല്ല; താഴെയുള്ളവ പറഞ്ഞ സ്ഥാനത്തുനിന്ന് വായിച്ചതാണ്.",
    ),
    "seal_broken": (
        "The seal of this file is broken. Do not read it: tell the supervisor.",
        "ഈ ഫയലിന്റെ മുദ്ര തകർന്നിരിക്കുന്നു. വായിക്കരുത്: സൂപ്പർവൈസറെ അറിയിക്കുക.",
    ),
    "time": ("Time", "സമയം"),
    "zone": ("Zone", "സമയമേഖല"),
    "zone_in_value": ("stands in the value", "വിലയിൽത്തന്നെയുണ്ട്"),
    "zone_header": ("stands in the file's header", "ഫയലിന്റെ തലക്കെട്ടിലുണ്ട്"),
    "zone_profile": ("from the confirmed profile", "സ്ഥിരീകരിച്ച പ്രൊഫൈലിൽനിന്ന്"),
    "zone_assumed": ("assumed by an officer", "ഉദ്യോഗസ്ഥൻ അനുമാനിച്ചത്"),
    "zone_none": ("not stated", "പറഞ്ഞിട്ടില്ല"),
    "row": ("Row", "വരി"),
    "sent": ("Sent", "അയച്ചത്"),
    "interval": ("Interval asked", "ചോദിച്ച ഇടവേള"),
    "customer": ("Customer", "വരിക്കാരൻ"),
    "ports": ("Ports", "പോർട്ടുകൾ"),
    "start": ("From", "മുതൽ"),
    "end": ("Until", "വരെ"),
    "as_read": ("read as", "വായിച്ചത്"),
    "no_end": ("open", "തുടരുന്നു"),
    "static": ("static", "സ്ഥിരം"),
    "times_of": ("This provider writes its times at", "ഈ ദാതാവ് സമയം എഴുതുന്നത്"),
    "no_rows": (
        "The answer has no row for this address in the day before and after.",
        "തലേന്നും പിറ്റേന്നും ഈ വിലാസത്തിന് ഉത്തരത്തിൽ വരികളില്ല.",
    ),
    "far_rows": ("further rows for this address at other times", "വരികൾ കൂടി മറ്റു സമയങ്ങളിലുണ്ട്"),
    "profile": ("Reading profile", "വായനാ പ്രൊഫൈൽ"),
    "quirks": ("Known about this provider's answers", "ഈ ദാതാവിന്റെ ഉത്തരങ്ങളെപ്പറ്റി അറിയാവുന്നത്"),
    "nobody": ("Nobody: no row covers the time", "ആരുമല്ല: സമയം ഉൾപ്പെടുന്ന വരിയില്ല"),
    "several": ("Several: it cannot be told apart", "പലർ: വേർതിരിക്കാനാവില്ല"),
    "confirm": ("Confirm and go on", "ഉറപ്പിച്ച് അടുത്തതിലേക്ക്"),
    "keys_read": ("Number keys choose, Enter confirms.", "അക്കങ്ങൾ തിരഞ്ഞെടുക്കും, Enter ഉറപ്പിക്കും."),
    "differences": ("Readings that differ", "വ്യത്യസ്ത വായനകൾ"),
    "differences_lead": (
        "The second reader did not name the first reader's customer. The attribution stays stopped (A-38) until the "
        "source is cleared up.",
        "രണ്ടാം വായനയിൽ ആദ്യവായനയിലെ വരിക്കാരനെ കണ്ടില്ല. കാരണം വ്യക്തമാകുന്നതുവരെ നിർണയം തടഞ്ഞിരിക്കും (A-38).",
    ),
    "no_differences": ("No two readings differ.", "വ്യത്യസ്ത വായനകളില്ല."),
    "first_found": ("First reading", "ഒന്നാം വായന"),
    "second_found": ("Second reading", "രണ്ടാം വായന"),
    "found_nobody": ("nobody", "ആരുമല്ല"),
    "found_several": ("several", "പലർ"),
    # the phone form
    "ground": ("Addresses to find", "കണ്ടെത്തേണ്ട വിലാസങ്ങൾ"),
    "ground_lead": (
        "Find the address from outside. Do not knock, do not ask the people who live there, say nobody why.",
        "പുറത്തുനിന്ന് വിലാസം കണ്ടെത്തുക. വാതിലിൽ മുട്ടരുത്, താമസക്കാരോട് ചോദിക്കരുത്, കാരണം ആരോടും പറയരുത്.",
    ),
    "ground_saved": ("Saved. You can go on to the next address.", "സൂക്ഷിച്ചു. അടുത്ത വിലാസത്തിലേക്ക് പോകാം."),
    "to_find": ("To find", "കണ്ടെത്താനുള്ളവ"),
    "to_find_none": ("No address waits in your district.", "നിങ്ങളുടെ ജില്ലയിൽ ഒന്നും ബാക്കിയില്ല."),
    "look_again": ("Look again", "വീണ്ടും നോക്കേണ്ടവ"),
    "look_again_why": (
        "The last look is older than two weeks and counts no more.",
        "അവസാനം നോക്കിയിട്ട് രണ്ടാഴ്ച കഴിഞ്ഞു; അത് ഇനി കണക്കാക്കില്ല.",
    ),
    "looked_done": ("Done", "കഴിഞ്ഞവ"),
    "looked_at": ("Looked at", "നോക്കിയത്"),
    "your_station": ("your station", "നിങ്ങളുടെ സ്റ്റേഷൻ"),
    "back_to_list": ("Back to the list", "പട്ടികയിലേക്ക്"),
    "find_this": ("Find this address", "ഈ വിലാസം കണ്ടെത്തുക"),
    "do_not_knock": ("Do not knock", "വാതിലിൽ മുട്ടരുത്"),
    "do_not_knock_why": (
        "Look from the road, ask the beat officer or the ward member's records. Not the house, not the neighbours.",
        "റോഡിൽനിന്ന് നോക്കുക; ബീറ്റ് ഉദ്യോഗസ്ഥനോടോ വാർഡ് രേഖകളിലോ അന്വേഷിക്കുക. വീട്ടുകാരോടോ അയൽക്കാരോടോ അരുത്.",
    ),
    "q_found": ("Did you find exactly this house or flat?", "കൃത്യമായി ഈ വീട് അല്ലെങ്കിൽ ഫ്ലാറ്റ് കണ്ടെത്തിയോ?"),
    "q_single": (
        "Is it the only one this address can mean?",
        "ഈ വിലാസം ഇതിനെ മാത്രമാണോ അർഥമാക്കുന്നത്?",
    ),
    "q_written": ("Write what you see there", "അവിടെ കാണുന്നത് എഴുതുക"),
    "house_name": ("House name", "വീട്ടുപേര്"),
    "ward": ("Ward", "വാർഡ്"),
    "door_number": ("Door number", "വീട്ടുനമ്പർ"),
    "q_occupant": ("Do the same people live there as on", "ഈ ദിവസം താമസിച്ചിരുന്നവർ തന്നെയാണോ ഇപ്പോഴും:"),
    "q_occupant_no_day": ("Do the same people live there as before?", "മുമ്പ് താമസിച്ചിരുന്നവർ തന്നെയാണോ ഇപ്പോഴും?"),
    "to_day": ("to", "മുതൽ"),
    "occ_same": ("The same people", "അതേ ആളുകൾ"),
    "occ_other": ("Other people", "മറ്റ് ആളുകൾ"),
    "occ_unknown": ("Not known", "അറിയില്ല"),
    "since": ("Those who live there now: since (if known)", "ഇപ്പോഴത്തെ താമസക്കാർ: എന്നുമുതൽ (അറിയാമെങ്കിൽ)"),
    "until": ("Those who lived there then: until (if they left)", "അന്നത്തെ താമസക്കാർ: എന്നുവരെ (മാറിയെങ്കിൽ)"),
    "q_wifi": ("Wi-Fi, as your phone shows it from outside", "വൈഫൈ, പുറത്തുനിന്ന് ഫോണിൽ കാണുന്നതുപോലെ"),
    "wifi_secured": ("Locked", "പൂട്ടിയത്"),
    "wifi_open": ("Open", "തുറന്നത്"),
    "wifi_shared": ("Shared by several homes", "പല വീടുകൾ പങ്കിടുന്നത്"),
    "wifi_unknown": ("Not known", "അറിയില്ല"),
    "q_children": ("Did you see signs of children?", "കുട്ടികളുള്ളതിന്റെ ലക്ഷണം കണ്ടോ?"),
    "notes": ("Anything else about the place", "സ്ഥലത്തെപ്പറ്റി മറ്റെന്തെങ്കിലും"),
    "notes_hint": ("No photographs. No names.", "ഫോട്ടോ വേണ്ട. പേരുകൾ വേണ്ട."),
}
