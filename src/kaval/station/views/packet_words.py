"""What the pages of packets say, in English and Malayalam side by side: every sentence has both."""

from __future__ import annotations

from typing import Final

from kaval.engine.kernel.errors import RefusedError
from kaval.station.views.frame import is_malayalam

WORDS: Final[dict[str, tuple[str, str]]] = {
    "packets": ("Packets", "പാക്കറ്റുകൾ"),
    "lead": (
        "Each team's packet is sealed to it. Two people release them at the hour; a recall destroys the keys.",
        "ഓരോ സംഘത്തിനും മുദ്രവച്ച പാക്കറ്റ്. സമയമാകുമ്പോൾ രണ്ടുപേർ വിടുതൽ നൽകും; തിരിച്ചുവിളിച്ചാൽ താക്കോലുകൾ നശിക്കും.",
    ),
    "state": ("Where it stands", "ഇപ്പോഴത്തെ നില"),
    "sealed": ("sealed", "മുദ്രവച്ചത്"),
    "superseded": ("replaced or called back", "മാറ്റിയത് / തിരിച്ചുവിളിച്ചത്"),
    "unsealed": ("to be sealed", "മുദ്രവയ്ക്കാനുള്ളത്"),
    "stale": ("changed since: seal again", "മാറ്റമുണ്ട്: വീണ്ടും മുദ്രവയ്ക്കുക"),
    "round": ("Round", "ഘട്ടം"),
    "two": ("The two who release", "വിടുതൽ നൽകുന്ന രണ്ടുപേർ"),
    "two_why": (
        "Each types an own release passphrase here, alone. It is kept nowhere: who forgets it, ends the round.",
        "ഓരോരുത്തരും സ്വന്തം വാക്യം തനിച്ച് ടൈപ്പ് ചെയ്യുക. എവിടെയും സൂക്ഷിക്കില്ല: മറന്നാൽ ഈ ഘട്ടം അവസാനിക്കും.",
    ),
    "nobody": ("nobody yet", "ആരുമില്ല"),
    "released": ("released", "വിടുതൽ നൽകി"),
    "not_released": ("not released", "വിടുതൽ നൽകിയിട്ടില്ല"),
    "enrol": ("Be one of the two", "രണ്ടുപേരിൽ ഒരാളാകുക"),
    "passphrase": ("Release passphrase, 12 characters or more", "വിടുതൽ വാക്യം, കുറഞ്ഞത് 12 അക്ഷരം"),
    "your_passphrase": ("Your release passphrase", "നിങ്ങളുടെ വിടുതൽ വാക്യം"),
    "seal": ("Seal what is due", "മുദ്രവയ്ക്കുക"),
    "seal_why": (
        "About a third of a second for each team. New teams' codes are shown once, on the next page: print it.",
        "ഓരോ സംഘത്തിനും അര സെക്കൻഡിൽ താഴെ. പുതിയ കോഡുകൾ അടുത്ത പേജിൽ ഒരിക്കൽ മാത്രം: അച്ചടിക്കുക.",
    ),
    "release": ("Release", "വിടുതൽ നൽകുക"),
    "release_why": (
        "From two hours before the first entry; earlier only when both say why.",
        "ആദ്യ പ്രവേശനത്തിന് രണ്ടു മണിക്കൂർ മുമ്പു മുതൽ; അതിനു മുമ്പെങ്കിൽ രണ്ടുപേരും കാരണം പറയണം.",
    ),
    "reason": ("Reason", "കാരണം"),
    "early_reason": ("Why now, when it is early", "നേരത്തെയെങ്കിൽ എന്തുകൊണ്ട്"),
    "recall": ("Call back", "തിരിച്ചുവിളിക്കുക"),
    "recall_why": (
        "Destroys the keys of this round. What somebody has on paper or open before the eyes stays with them.",
        "ഈ ഘട്ടത്തിലെ താക്കോലുകൾ നശിപ്പിക്കും. കടലാസിലുള്ളതും കണ്ടുകൊണ്ടിരിക്കുന്നതും തിരികെ എടുക്കാനാവില്ല.",
    ),
    "team": ("Team", "സംഘം"),
    "number": ("Packet", "പാക്കറ്റ്"),
    "taken": ("taken", "എടുത്തത്"),
    "opened": ("opened", "തുറന്നത്"),
    "copies": ("copies", "പകർപ്പുകൾ"),
    "take": ("Sealed file", "മുദ്രവച്ച ഫയൽ"),
    "print": ("Print a numbered copy", "നമ്പറുള്ള പകർപ്പ്"),
    "member": ("Handed to (officer number)", "ആർക്ക് (നമ്പർ)"),
    "code": ("Team code", "സംഘത്തിന്റെ കോഡ്"),
    "none": (
        "No packet is sealed. When the plan is frozen and two people are named, seal them here.",
        "മുദ്രവച്ച പാക്കറ്റില്ല. പദ്ധതി അന്തിമമാക്കി രണ്ടുപേരെ നിശ്ചയിച്ച ശേഷം ഇവിടെ മുദ്രവയ്ക്കുക.",
    ),
    "list": ("Who may know before the hour", "മുൻകൂട്ടി അറിയാവുന്നവർ"),
    "list_why": (
        "Before the release nobody else sees this page or learns that there are packets.",
        "വിടുതലിനു മുമ്പ് മറ്റാർക്കും ഈ പേജ് കാണാനാവില്ല.",
    ),
    "name": ("Name to the list", "ചേർക്കുക"),
    "officer": ("Officer number", "ഉദ്യോഗസ്ഥ നമ്പർ"),
    "end": ("End", "ഒഴിവാക്കുക"),
    "ended": ("ended", "ഒഴിവാക്കി"),
    "who": ("Who took what", "ആര് എന്തെടുത്തു"),
    "kind_sealed": ("took the sealed file", "മുദ്രവച്ച ഫയൽ എടുത്തു"),
    "kind_key": ("was given the release key", "വിടുതൽ താക്കോൽ വാങ്ങി"),
    "kind_print": ("printed copy", "പകർപ്പ് അച്ചടിച്ചു"),
    "for": ("for", "ആർക്ക്:"),
    "nothing_taken": ("Nothing was taken yet.", "ഇതുവരെ ഒന്നും എടുത്തിട്ടില്ല."),
    "leak": ("Leak drill", "ചോർച്ച പരിശോധന"),
    "leak_why": (
        "Text or PDF that was found, whole or in part: the wording names packet and copy, without any number in it.",
        "കിട്ടിയ വാചകമോ PDF-ഓ, ഭാഗമായാലും: നമ്പറില്ലെങ്കിലും വാക്കുകൾ പാക്കറ്റും പകർപ്പും പറയും.",
    ),
    "leak_text": ("The text", "വാചകം"),
    "leak_file": ("or a PDF", "അല്ലെങ്കിൽ PDF"),
    "trace": ("Trace", "കണ്ടെത്തുക"),
    "leak_found": ("comes from", "വന്നത്"),
    "leak_none": ("names no packet", "ഒരു പാക്കറ്റും പറയുന്നില്ല"),
    "copy": ("copy", "പകർപ്പ്"),
    "original": ("the sealed packet itself", "മുദ്രവച്ച പാക്കറ്റ്"),
    "slips": ("Slips for the leaders", "നേതാക്കൾക്കുള്ള കുറിപ്പുകൾ"),
    "slips_why": (
        "Shown once. Print, cut, close each in an envelope for the leader of the team, and leave this page.",
        "ഒരിക്കൽ മാത്രം. അച്ചടിച്ച്, മുറിച്ച്, ഓരോന്നും നേതാവിനുള്ള കവറിലാക്കി ഈ പേജ് വിടുക.",
    ),
    "slips_none": ("No new code was needed.", "പുതിയ കോഡ് വേണ്ടിവന്നില്ല."),
    "sealed_now": ("packets sealed now", "പാക്കറ്റുകൾ ഇപ്പോൾ മുദ്രവച്ചു"),
    "left": ("left as they were", "മാറ്റമില്ലാത്തവ"),
    "back": ("Back to the packets", "തിരികെ"),
    "mine": ("My packet", "എന്റെ പാക്കറ്റ്"),
    "mine_none": ("There is no packet for you now.", "ഇപ്പോൾ നിങ്ങൾക്ക് പാക്കറ്റില്ല."),
    "waits": ("sealed; opens when both have released it", "മുദ്രവച്ചത്; രണ്ടുപേർ വിടുതൽ നൽകുമ്പോൾ തുറക്കാം"),
    "ready": ("can be opened", "തുറക്കാം"),
    "open": ("Open", "തുറക്കുക"),
    "open_why": (
        "The code is on your slip. It stays on this phone; what opens is kept nowhere and closes with this page.",
        "കോഡ് നിങ്ങളുടെ കുറിപ്പിലുണ്ട്. അത് ഈ ഫോൺ വിട്ടുപോകില്ല; തുറക്കുന്നത് എവിടെയും സൂക്ഷിക്കില്ല.",
    ),
    "close": ("Close", "അടയ്ക്കുക"),
    "working": ("Opening…", "തുറക്കുന്നു…"),
    "wrong": (
        "This code does not open this packet. Read it once more.",
        "ഈ കോഡ് ഈ പാക്കറ്റ് തുറക്കില്ല. വീണ്ടും വായിക്കുക.",
    ),
    "refused": (
        "The station does not give the key now: not released, called back, or replaced by a newer packet.",
        "സ്റ്റേഷൻ ഇപ്പോൾ താക്കോൽ തരില്ല: വിടുതലില്ല, തിരിച്ചുവിളിച്ചു, അല്ലെങ്കിൽ പുതിയ പാക്കറ്റുണ്ട്.",
    ),
    "expired": ("This packet has expired.", "ഈ പാക്കറ്റിന്റെ കാലാവധി കഴിഞ്ഞു."),
    "recalled": ("This packet was called back.", "ഈ പാക്കറ്റ് തിരിച്ചുവിളിച്ചു."),
    "no_script": ("This page needs its script to open a packet.", "പാക്കറ്റ് തുറക്കാൻ ഈ പേജിന്റെ സ്ക്രിപ്റ്റ് വേണം."),
    "choose": ("Choose what to do.", "എന്തു ചെയ്യണമെന്ന് തിരഞ്ഞെടുക്കുക."),
    "no_officer": ("No officer has this number.", "ഈ നമ്പറിൽ ഉദ്യോഗസ്ഥരില്ല."),
}
_REFUSED_ML: Final[dict[str, str]] = {
    "G-FOUR-EYES": "രണ്ട് വ്യത്യസ്ത വ്യക്തികൾ വേണം; ഓരോരുത്തരും ഒരിക്കൽ.",
    "G-PASSPHRASE": "വിടുതൽ വാക്യം ശരിയല്ല, അല്ലെങ്കിൽ ചെറുതാണ്.",
    "G-HOUR": "സമയമായിട്ടില്ല; ഇപ്പോൾ വേണ്ടതിന്റെ കാരണം എഴുതുക.",
    "G-PACKET": "ഈ പാക്കറ്റ് നിലവിലില്ല, മാറ്റി, അല്ലെങ്കിൽ തിരിച്ചുവിളിച്ചു.",
    "G-STATE": "ഓപ്പറേഷൻ അന്തിമമാക്കിയതോ നടക്കുന്നതോ ആയിരിക്കണം.",
    "G-PLAN": "നിലവിലുള്ള പദ്ധതിയില്ല.",
    "G-REASON": "കാരണം എഴുതുക.",
    "G-NEED-TO-KNOW": "പട്ടികയിലുള്ളവർക്കു മാത്രം.",
    "G-TEAM": "ഈ ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ ഈ സംഘത്തിലില്ല.",
    "G-EXPIRED": "ദിവസം കഴിഞ്ഞു; ഇനി തുറക്കില്ല.",
    "G-CHANGED": "ഈ സംഘത്തിന്റെ പ്രഭാതം മാറി; പുതിയ പാക്കറ്റ് ഉപയോഗിക്കുക.",
    "G-RECALLED": "തിരിച്ചുവിളിച്ചു; ഇനി തുറക്കില്ല.",
    "PACKET": "ഈ താക്കോലുകൾ ഈ പാക്കറ്റ് തുറക്കില്ല.",
}


def words_here() -> dict[str, str]:
    """The sentences in the language of the running request."""
    place = 1 if is_malayalam() else 0
    return {key: pair[place] for key, pair in WORDS.items()}


def refused_words(refused: RefusedError) -> str:
    """Why an act was refused, in the language of the request."""
    return _REFUSED_ML.get(refused.code, refused.text) if is_malayalam() else refused.text
