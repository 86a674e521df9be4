"""What the codes of an attribution are called on paper, in both languages; nobody is called more than is proved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from kaval.engine.documents._spec import Label
from kaval.engine.rules.attribution import aftermath

LEVELS: Mapping[int, Label] = {
    0: Label("L0: an address was seen; nobody is named", "L0: ഒരു വിലാസം കണ്ടു; ആരുടെയും പേരില്ല"),
    1: Label(
        "L1: one subscriber is named; the place is not verified",
        "L1: ഒരു വരിക്കാരൻ അഥവാ വരിക്കാരി; സ്ഥലം ഉറപ്പാക്കിയിട്ടില്ല",
    ),
    2: Label("L2: the place is verified by local police", "L2: സ്ഥലം ലോക്കൽ പോലീസ് ഉറപ്പാക്കി"),
    3: Label("L3: a device with traces was found at the place", "L3: അടയാളങ്ങളുള്ള ഉപകരണം സ്ഥലത്ത് കണ്ടെത്തി"),
    4: Label("L4: a person is tied to the use of the device", "L4: ഉപകരണം ഉപയോഗിച്ചയാളെ ബന്ധിപ്പിക്കുന്ന തെളിവുണ്ട്"),
}
STAGES: Mapping[str, Label] = {
    "ask": Label("Before the provider is asked", "സേവനദാതാവിനോട് ചോദിക്കുന്നതിനു മുമ്പ്"),
    "answer": Label("With the provider's answer in hand", "സേവനദാതാവിന്റെ മറുപടി കിട്ടിയ ശേഷം"),
    "subject": Label("Over all observations together", "എല്ലാ നിരീക്ഷണങ്ങളും ഒന്നിച്ച്"),
    "after": Label("After the search", "പരിശോധനയ്ക്കു ശേഷം"),
}
VERDICTS: Mapping[str, Label] = {
    "PASS": Label("PASS", "ശരി (PASS)"),
    "FAIL": Label("FAIL", "പരാജയം (FAIL)"),
    "UNKNOWN": Label("UNKNOWN", "അറിയില്ല (UNKNOWN)"),
}
KINDS: Mapping[str, Label] = {
    "BLOCK": Label("BLOCK: stops", "BLOCK: തടയുന്നു"),
    "HOLD": Label("HOLD: waits for an officer", "HOLD: ഒരാൾ തീരുമാനിക്കണം"),
    "WARN": Label("WARN: is shown", "WARN: കാണിക്കുന്നു"),
    "DUTY": Label("DUTY: must be done", "DUTY: ചെയ്യണം"),
}
STANDS: Mapping[str, Label] = {
    "support": Label("supports", "പിന്തുണയ്ക്കുന്നു"),
    "against": Label("speaks against", "എതിരായി നിൽക്കുന്നു"),
    "open": Label("says nothing either way", "രണ്ടു വശത്തും ഒന്നും പറയുന്നില്ല"),
}
STATES: Mapping[str, Label] = {
    "unique": Label("one customer", "ഒരു വരിക്കാരൻ അഥവാ വരിക്കാരി"),
    "ambiguous": Label("several customers", "ഒന്നിലധികം വരിക്കാർ"),
    "none": Label("no customer", "വരിക്കാരില്ല"),
    "": Label("no answer yet", "മറുപടി ഇതുവരെ ഇല്ല"),
}
ZONES: Mapping[str, Label] = {
    "in_value": Label("stated in the value itself", "സമയത്തോടൊപ്പം തന്നെ പറഞ്ഞിരിക്കുന്നു"),
    "header": Label("stated in the file's header", "ഫയലിന്റെ തലക്കെട്ടിൽ പറഞ്ഞിരിക്കുന്നു"),
    "profile": Label("from the sender's confirmed profile", "അയച്ചയാളുടെ ഉറപ്പാക്കിയ പ്രൊഫൈലിൽ നിന്ന്"),
    "assumed": Label("only assumed", "ഊഹിച്ചതു മാത്രം"),
    "none": Label("not stated", "പറഞ്ഞിട്ടില്ല"),
}
ROLES: Mapping[str, Label] = {
    "client": Label("the user's side", "ഉപയോക്താവിന്റെ വശം"),
    "platform": Label("the platform's own address", "പ്ലാറ്റ്ഫോമിന്റെ സ്വന്തം വിലാസം"),
    "proxy": Label("a proxy's address", "പ്രോക്സിയുടെ വിലാസം"),
    "tool": Label("the monitor's own tool", "നിരീക്ഷണ ഉപകരണത്തിന്റെ സ്വന്തം വിലാസം"),
}
PRECISIONS: Mapping[str, Label] = {
    "second": Label("to the second", "സെക്കൻഡ് വരെ"),
    "minute": Label("to the minute", "മിനിറ്റ് വരെ"),
    "hour": Label("to the hour", "മണിക്കൂർ വരെ"),
    "day": Label("to the day", "ദിവസം വരെ"),
}
ADDRESS_KINDS: Mapping[str, Label] = {
    "install": Label("installation address", "കണക്ഷൻ സ്ഥാപിച്ച വിലാസം"),
    "billing": Label("billing address: not a place of use", "ബില്ലിംഗ് വിലാസം: ഉപയോഗസ്ഥലമല്ല"),
    "kyc": Label(
        "address of the identity papers: not a place of use", "തിരിച്ചറിയൽ രേഖയിലെ വിലാസം: ഉപയോഗസ്ഥലമല്ല"
    ),
    "unlabelled": Label("not labelled: the provider is asked again", "അടയാളമില്ല: സേവനദാതാവിനോട് വീണ്ടും ചോദിക്കും"),
}
SEGMENTS: Mapping[str, Label] = {
    "HOME": Label("home", "വീട്"),
    "BUSINESS": Label("business", "വ്യാപാരസ്ഥാപനം"),
    "HOSTEL": Label("hostel", "ഹോസ്റ്റൽ"),
    "SHARED": Label("shared line", "പങ്കിട്ട കണക്ഷൻ"),
}
OCCUPANTS: Mapping[str, Label] = {
    "same": Label("the same people as at the event", "സംഭവസമയത്ത് ഉണ്ടായിരുന്നവർ തന്നെ"),
    "other": Label("other people than at the event", "സംഭവസമയത്ത് ഉണ്ടായിരുന്നവരല്ല"),
    "unknown": Label("not known", "അറിയില്ല"),
}
WIFI: Mapping[str, Label] = {
    "secured": Label("secured", "സുരക്ഷിതം"),
    "open": Label("open: anybody near could have used it", "തുറന്നത്: അടുത്തുള്ള ആർക്കും ഉപയോഗിക്കാമായിരുന്നു"),
    "shared": Label("shared with others", "മറ്റുള്ളവരുമായി പങ്കിടുന്നു"),
    "unknown": Label("not known", "അറിയില്ല"),
}
BASIS: Mapping[str, Label] = {
    "source": Label("sealed source of an observation", "നിരീക്ഷണത്തിന്റെ മുദ്രവച്ച ഉറവിടം"),
    "answer": Label("sealed answer of the provider", "സേവനദാതാവിന്റെ മുദ്രവച്ച മറുപടി"),
    "subscriber": Label("sealed customer data of the provider", "സേവനദാതാവിന്റെ മുദ്രവച്ച വരിക്കാരുടെ വിവരം"),
    "profile": Label("profile by which it was read", "വായിക്കാൻ ഉപയോഗിച്ച പ്രൊഫൈൽ"),
    "allocation": Label("dated table of address ranges", "വിലാസങ്ങളുടെ തീയതിയുള്ള പട്ടിക"),
    "list": Label("dated list of address ranges", "തീയതിയുള്ള വിലാസപ്പട്ടിക"),
    "routing": Label("dated routing table", "തീയതിയുള്ള റൂട്ടിംഗ് പട്ടിക"),
    "ground": Label("verification on the ground", "സ്ഥലത്തെ പരിശോധന"),
}
SHARED: Mapping[str, Label] = {code: Label(*both) for code, both in aftermath.SHARED.items()}
TIES: Mapping[str, Label] = {
    "phone": Label("verified telephone", "ഉറപ്പാക്കിയ ഫോൺ"),
    "email_recovery": Label("recovery address of the e-mail account", "ഇമെയിലിന്റെ വീണ്ടെടുക്കൽ വിലാസം"),
    "device": Label("device identifier", "ഉപകരണത്തിന്റെ തിരിച്ചറിയൽ നമ്പർ"),
    "second_report": Label("a second, independent report", "രണ്ടാമതൊരു സ്വതന്ത്ര റിപ്പോർട്ട്"),
    "payment_delivery": Label("payment with delivery", "പണമടച്ച് സാധനം എത്തിച്ചത്"),
    "profile": Label("facts of the profile", "പ്രൊഫൈലിലെ വസ്തുതകൾ"),
    "location": Label("where the mobile line was then", "മൊബൈൽ അപ്പോൾ എവിടെയായിരുന്നു"),
}


def person(level: int) -> Label:
    """What the person is called: a subscriber until level 4."""
    if level < 4:
        return Label("subscriber", "വരിക്കാരൻ / വരിക്കാരി")
    return Label("person", "വ്യക്തി")


def span(length: timedelta) -> Label:
    """A length of time in its two largest units, without a sign: `4 hours 12 minutes`."""
    seconds = abs(int(length.total_seconds()))
    parts = [
        (seconds // 86400, "day", "ദിവസം"),
        (seconds // 3600 % 24, "hour", "മണിക്കൂർ"),
        (seconds // 60 % 60, "minute", "മിനിറ്റ്"),
        (seconds % 60, "second", "സെക്കൻഡ്"),
    ]
    first = next((index for index, (number, *_) in enumerate(parts) if number), len(parts) - 1)
    shown = [part for part in parts[first : first + 2] if part[0] or part is parts[first]]
    return Label(
        " ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit, _ in shown),
        " ".join(f"{number} {unit}" for number, _, unit in shown),
    )
