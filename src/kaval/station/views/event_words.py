"""What the page of other units' events says, in English and Malayalam."""

from __future__ import annotations

from typing import Final

from kaval.engine.kernel.errors import RefusedError
from kaval.station.views.frame import is_malayalam


def sentences() -> dict[str, str]:
    """The sentences in the language of the running request."""
    place = 1 if is_malayalam() else 0
    return {key: pair[place] for key, pair in SENTENCES.items()}


def refused_words(refused: RefusedError) -> str:
    """Why an act was refused, in the language of the request; a rule without own words speaks its English."""
    return REFUSED_ML.get(refused.code, refused.text) if is_malayalam() else refused.text


REFUSED_ML: Final[dict[str, str]] = {
    "REASON": "കാരണം ഒരു വാക്യത്തിൽ എഴുതുക: അത് രേഖയിൽ സൂക്ഷിക്കും.",
    "EVENT": "ഈ വിവരം എടുക്കാനായില്ല: യൂണിറ്റ്, നമ്പർ, സമയം, സ്ഥലം അല്ലെങ്കിൽ തിരിച്ചറിയൽ വിവരം എന്നിവ പരിശോധിക്കുക.",
    "POINTER": "ഈ സൂചന ഇപ്പോൾ തുറന്നിട്ടില്ല.",
}

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "title": ("Other units' events", "മറ്റു യൂണിറ്റുകളുടെ ദൗത്യങ്ങൾ"),
    "lead": (
        "A place of this operation may meet another unit's business by time and place, or by identity. You see whom to "
        "ring and under which reference, never the matter. While a pointer is open the plan is not frozen (G-DECON).",
        "ഈ ഓപ്പറേഷനിലെ ഒരു സ്ഥലം സമയം, ഇടം, അല്ലെങ്കിൽ തിരിച്ചറിയൽ വിവരം കൊണ്ട് മറ്റൊരു യൂണിറ്റിന്റെ ദൗത്യവുമായി കൂട്ടിമുട്ടാം. ആരെ "
        "വിളിക്കണം, ഏത് നമ്പർ പറയണം എന്നു മാത്രം കാണാം. തുറന്ന സൂചനയുള്ളപ്പോൾ പ്ലാൻ അന്തിമമാക്കാനാവില്ല (G-DECON).",
    ),
    "open": ("Open pointers", "തുറന്ന സൂചനകൾ"),
    "none_open": (
        "No site meets another unit's event now.",
        "ഇപ്പോൾ ഒരു സ്ഥലവും മറ്റു യൂണിറ്റുകളുടെ ദൗത്യവുമായി കൂട്ടിമുട്ടുന്നില്ല.",
    ),
    "site": ("Site", "സ്ഥലം"),
    "why": ("Why", "എന്തുകൊണ്ട്"),
    "place": ("Time and place", "സമയവും ഇടവും"),
    "identity": ("Identity", "തിരിച്ചറിയൽ വിവരം"),
    "ring": ("Whom to ring", "ആരെ വിളിക്കണം"),
    "reference": ("Their reference", "അവരുടെ നമ്പർ"),
    "unit": ("Unit", "യൂണിറ്റ്"),
    "contact": ("Contact", "ബന്ധപ്പെടേണ്ട ആൾ"),
    "agreed": ("Who was rung, and what was agreed", "ആരെ വിളിച്ചു, എന്ത് തീരുമാനിച്ചു"),
    "clear": ("Clear", "തീർപ്പാക്കുക"),
    "look": ("Record that this was looked at", "പരിശോധിച്ചതായി രേഖപ്പെടുത്തുക"),
    "cleared": ("Cleared pointers", "തീർപ്പാക്കിയ സൂചനകൾ"),
    "by": ("By", "ആര്"),
    "events": ("Events told by other units", "മറ്റു യൂണിറ്റുകൾ അറിയിച്ച ദൗത്യങ്ങൾ"),
    "no_events": (
        "No unit has told of an event yet. Add one, or import the table a unit sent.",
        "ഒരു യൂണിറ്റും ഇതുവരെ ദൗത്യം അറിയിച്ചിട്ടില്ല. ഒന്ന് ചേർക്കുക, അല്ലെങ്കിൽ അവർ അയച്ച പട്ടിക എടുക്കുക.",
    ),
    "from": ("From (IST)", "മുതൽ (IST)"),
    "to": ("To (IST)", "വരെ (IST)"),
    "where": ("Where", "എവിടെ"),
    "by_identity": ("by identity only", "തിരിച്ചറിയൽ വിവരം മാത്രം"),
    "around": ("m around", "മീ. ചുറ്റളവിൽ"),
    "identities_held": ("identities, as digests", "തിരിച്ചറിയൽ വിവരങ്ങൾ (ഡൈജസ്റ്റ്)"),
    "counts": ("counts", "നിലവിലുണ്ട്"),
    "withdrawn": ("withdrawn", "പിൻവലിച്ചു"),
    "withdraw": ("Withdraw", "പിൻവലിക്കുക"),
    "reason": ("Why it no longer counts", "എന്തുകൊണ്ട് ഇനി പരിഗണിക്കേണ്ട"),
    "add": ("Add an event", "ഒരു ദൗത്യം ചേർക്കുക"),
    "latitude": ("Latitude (degrees)", "അക്ഷാംശം (ഡിഗ്രി)"),
    "longitude": ("Longitude (degrees)", "രേഖാംശം (ഡിഗ്രി)"),
    "radius": ("Radius (metres)", "ചുറ്റളവ് (മീറ്റർ)"),
    "identities": (
        "Identifiers, one a line: phone:+91…, email:…, handle:platform:name. Only keyed digests are kept.",
        "തിരിച്ചറിയൽ വിവരങ്ങൾ, ഓരോ വരിയിൽ ഒന്ന്: phone:+91…, email:…, handle:platform:name. ഡൈജസ്റ്റ് മാത്രം സൂക്ഷിക്കും.",
    ),
    "import": ("Import a unit's table (CSV or XLSX)", "യൂണിറ്റിന്റെ പട്ടിക എടുക്കുക (CSV അല്ലെങ്കിൽ XLSX)"),
    "import_lead": (
        "Columns: reference, unit, contact, from_at, to_at, latitude, longitude, radius_m, identity_keys. All rows are "
        "taken, or none.",
        "കോളങ്ങൾ: reference, unit, contact, from_at, to_at, latitude, longitude, radius_m, identity_keys. എല്ലാ വരികളും "
        "എടുക്കും, അല്ലെങ്കിൽ ഒന്നും എടുക്കില്ല.",
    ),
    "file": ("File", "ഫയൽ"),
    "save": ("Save", "സൂക്ഷിക്കുക"),
    "done": ("Done.", "ചെയ്തു."),
    "not_done": ("Not done.", "ചെയ്തില്ല."),
    "err_reference": ("Give the reference of the other unit.", "മറ്റേ യൂണിറ്റിന്റെ നമ്പർ എഴുതുക."),
    "err_unit": ("Name the unit.", "യൂണിറ്റിന്റെ പേര് എഴുതുക."),
    "err_contact": ("Say whom to ring.", "ആരെ വിളിക്കണമെന്ന് എഴുതുക."),
    "err_times": ("Give both times in IST.", "രണ്ടു സമയവും IST-ൽ എഴുതുക."),
    "err_number": (
        "Latitude and longitude are degrees, the radius whole metres up to 50,000.",
        "അക്ഷാംശവും രേഖാംശവും ഡിഗ്രിയിൽ; ചുറ്റളവ് 50,000 വരെ മീറ്ററിൽ.",
    ),
    "err_identity": (
        "Write each identifier as kind:value, one a line; an address or a name stands for many people.",
        "ഓരോന്നും kind:value എന്ന് ഓരോ വരിയിൽ എഴുതുക; വിലാസമോ പേരോ പലരുടേതാകാം.",
    ),
    "err_long": ("That is too long.", "ഇത് വളരെ നീളമുള്ളതാണ്."),
    "err_reason": ("Say it in a sentence: it is kept.", "ഒരു വാക്യത്തിൽ എഴുതുക: അത് സൂക്ഷിക്കും."),
    "err_file": ("Choose a file of up to 4 MB.", "4 MB വരെയുള്ള ഒരു ഫയൽ തിരഞ്ഞെടുക്കുക."),
    "err_act": ("The page was sent in a way this server does not know.", "ഈ അപേക്ഷ മനസ്സിലായില്ല."),
}
