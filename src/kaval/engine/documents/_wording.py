"""What codes are called on paper, in both languages; a code nobody named is printed as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kaval.engine.documents._spec import Label, Value
from kaval.engine.kernel.instant import ist_text

ITEM_KINDS: Mapping[str, Label] = {
    "phone": Label("Mobile phone", "മൊബൈൽ ഫോൺ"),
    "tablet": Label("Tablet", "ടാബ്‌ലെറ്റ്"),
    "laptop": Label("Laptop", "ലാപ്ടോപ്പ്"),
    "desktop": Label("Desktop computer", "ഡെസ്ക്ടോപ്പ് കമ്പ്യൂട്ടർ"),
    "hdd": Label("Hard disk", "ഹാർഡ് ഡിസ്ക്"),
    "ssd": Label("Solid-state disk", "എസ്എസ്ഡി ഡിസ്ക്"),
    "usb": Label("USB drive", "യുഎസ്ബി ഡ്രൈവ്"),
    "card": Label("Memory card", "മെമ്മറി കാർഡ്"),
    "sim": Label("SIM card", "സിം കാർഡ്"),
    "router": Label("Router or modem", "റൂട്ടർ അഥവാ മോഡം"),
}
ITEM_STATES: Mapping[str, Label] = {
    "on_locked": Label("on, locked", "പ്രവർത്തിക്കുന്നു, ലോക്ക് ചെയ്തത്"),
    "on_unlocked": Label("on, unlocked", "പ്രവർത്തിക്കുന്നു, ലോക്ക് ഇല്ല"),
    "off": Label("off", "ഓഫ്"),
    "damaged": Label("damaged", "കേടായത്"),
}
RANKS: Mapping[str, Label] = {
    "CPO": Label("Civil Police Officer", "സിവിൽ പോലീസ് ഓഫീസർ"),
    "SCPO": Label("Senior Civil Police Officer", "സീനിയർ സിവിൽ പോലീസ് ഓഫീസർ"),
    "ASI": Label("Assistant Sub-Inspector", "അസിസ്റ്റന്റ് സബ് ഇൻസ്പെക്ടർ"),
    "SI": Label("Sub-Inspector", "സബ് ഇൻസ്പെക്ടർ"),
    "INSPECTOR": Label("Inspector", "ഇൻസ്പെക്ടർ"),
    "DYSP": Label("Deputy Superintendent", "ഡെപ്യൂട്ടി സൂപ്രണ്ട്"),
    "SP": Label("Superintendent", "സൂപ്രണ്ട്"),
}
ROLES: Mapping[str, Label] = {
    "leader": Label("team leader", "സംഘത്തലവൻ / സംഘത്തലവ"),
    "cyber": Label("cyber cell", "സൈബർ സെൽ"),
    "technical": Label("technical", "സാങ്കേതികം"),
    "woman": Label("woman officer", "വനിതാ ഉദ്യോഗസ്ഥ"),
    "search": Label("search", "പരിശോധന"),
}
BASES: Mapping[str, Label] = {
    "WARRANT_96": Label("Search warrant, BNSS 96", "പരിശോധനാ വാറന്റ്, BNSS 96"),
    "WARRANT_97": Label("Search warrant, BNSS 97", "പരിശോധനാ വാറന്റ്, BNSS 97"),
    "POLICE_185": Label("Search by police officer, BNSS 185", "പോലീസ് ഉദ്യോഗസ്ഥന്റെ പരിശോധന, BNSS 185"),
    "POLICE_186_1": Label(
        "Search through another station, BNSS 186(1)", "മറ്റൊരു സ്റ്റേഷൻ വഴി പരിശോധന, BNSS 186(1)"
    ),
    "POLICE_186_3": Label(
        "Search in another station's limits, BNSS 186(3)", "മറ്റൊരു സ്റ്റേഷൻ പരിധിയിൽ പരിശോധന, BNSS 186(3)"
    ),
    "CONSENT_94": Label("Production under order, BNSS 94", "ഉത്തരവിൻ പ്രകാരം ഹാജരാക്കൽ, BNSS 94"),
    "SEIZE_106_ONLY": Label("Seizure, BNSS 106", "പിടിച്ചെടുക്കൽ, BNSS 106"),
}
BASIS_LAW: Mapping[str, str] = {
    "WARRANT_96": "bnss-96",
    "WARRANT_97": "bnss-97",
    "POLICE_185": "bnss-185",
    "POLICE_186_1": "bnss-186",
    "POLICE_186_3": "bnss-186",
    "CONSENT_94": "bnss-94",
    "SEIZE_106_ONLY": "bnss-106",
}
CUSTODY_EVENTS: Mapping[str, Label] = {
    "seized": Label("seized", "പിടിച്ചെടുത്തു"),
    "sealed": Label("sealed", "മുദ്ര വച്ചു"),
    "transported": Label("transported", "കൊണ്ടുപോയി"),
    "received": Label("received", "ഏറ്റുവാങ്ങി"),
    "locker_in": Label("into locker", "ലോക്കറിൽ വച്ചു"),
    "locker_out": Label("out of locker", "ലോക്കറിൽ നിന്ന് എടുത്തു"),
    "opened": Label("opened", "തുറന്നു"),
    "imaged": Label("imaged", "ഇമേജ് എടുത്തു"),
    "image_verified": Label("image verified", "ഇമേജ് ഒത്തുനോക്കി"),
    "analysed": Label("analysed", "വിശകലനം ചെയ്തു"),
    "resealed": Label("resealed", "വീണ്ടും മുദ്ര വച്ചു"),
    "sent_FSL": Label("sent to laboratory", "ലാബിലേക്ക് അയച്ചു"),
    "returned_FSL": Label("returned by laboratory", "ലാബിൽ നിന്ന് തിരികെ ലഭിച്ചു"),
    "produced_in_court": Label("produced in court", "കോടതിയിൽ ഹാജരാക്കി"),
    "released_on_bond": Label("released on bond", "ബോണ്ടിൽ വിട്ടുനൽകി"),
    "returned": Label("returned", "തിരികെ നൽകി"),
    "destroyed": Label("destroyed", "നശിപ്പിച്ചു"),
}
YES = Label("yes", "ഉണ്ട്")
NO = Label("no", "ഇല്ല")
NOT_RECORDED = Label("not recorded", "രേഖപ്പെടുത്തിയിട്ടില്ല")
NOT_STATED_IN_SOURCE = Label("not stated in the source", "ഉറവിടത്തിൽ പറഞ്ഞിട്ടില്ല")


def named(code: str | None, names: Mapping[str, Label]) -> Value | None:
    """What a code is called; the code itself when nobody named it; None stays None."""
    return None if code is None else names.get(code, code)


def yes_no(answer: bool | None) -> Label | None:
    """Yes, no, or None when nobody recorded an answer."""
    return None if answer is None else (YES if answer else NO)


def ist(at: datetime | None) -> str | None:
    """`2026-01-18 07:12:00 IST`, or None."""
    return None if at is None else ist_text(at)


def en(value: Value) -> str:
    """The English text of a value."""
    return value.en if isinstance(value, Label) else value


def ml(value: Value) -> str:
    """The Malayalam text of a value."""
    return value.ml if isinstance(value, Label) else value


def joined(values: tuple[Value | None, ...], *, separator: str = ", ") -> Label | None:
    """The recorded values in one cell; None when none is recorded."""
    present = [value for value in values if value is not None]
    if not present:
        return None
    return Label(
        separator.join(en(value) for value in present), separator.join(ml(value) for value in present)
    )
