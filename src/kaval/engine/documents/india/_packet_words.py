"""What the codes of a packet are called, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from kaval.engine.documents._spec import Label

NOT_KNOWN = Label("not known", "അറിയില്ല")
NOT_NAMED = Label("not named", "പേര് നൽകിയിട്ടില്ല")
ROLES: Mapping[str, Label] = {
    "leader": Label("Leader", "നേതൃത്വം"),
    "cyber": Label("Cyber cell", "സൈബർ സെൽ"),
    "technical": Label("Technical", "സാങ്കേതികം"),
    "woman": Label("Woman officer", "വനിതാ ഉദ്യോഗസ്ഥ"),
    "local": Label("Local station", "ലോക്കൽ സ്റ്റേഷൻ"),
    "armed": Label("Armed member", "ആയുധധാരി"),
    "driver": Label("Driver", "ഡ്രൈവർ"),
}
CONTACTS: Mapping[str, Label] = {
    "control_room": Label("Control room", "കൺട്രോൾ റൂം"),
    "commander": Label("Operation commander", "ഓപ്പറേഷൻ കമാൻഡർ"),
    "district_chief": Label("District police chief", "ജില്ലാ പോലീസ് മേധാവി"),
    "magistrate": Label("Duty magistrate", "ചുമതലയുള്ള മജിസ്‌ട്രേറ്റ്"),
    "cwc": Label("Child Welfare Committee", "ശിശുക്ഷേമ സമിതി"),
    "custodian": Label("Locker custodian", "ലോക്കർ സൂക്ഷിപ്പുകാരൻ / സൂക്ഷിപ്പുകാരി"),
}
KINDS: Mapping[str, Label] = {
    "house": Label("house", "വീട്"),
    "flat": Label("flat", "ഫ്ലാറ്റ്"),
    "lodge": Label("lodge", "ലോഡ്ജ്"),
    "hostel": Label("hostel", "ഹോസ്റ്റൽ"),
    "shop": Label("shop", "കട"),
    "office": Label("office", "ഓഫീസ്"),
}
LINKS: Mapping[str, Label] = {
    "household": Label("household", "കുടുംബം"),
    "account": Label("account", "അക്കൗണ്ട്"),
    "contact": Label("contact", "ബന്ധം"),
    "group": Label("group", "ഗ്രൂപ്പ്"),
}
PAPERS: Mapping[str, Label] = {
    "court": Label("Court", "കോടതി"),
    "warrant_number": Label("Warrant number", "വാറന്റ് നമ്പർ"),
    "warrant_date": Label("Warrant of", "വാറന്റ് തീയതി"),
    "place_as_written": Label("Place as written in it", "അതിൽ എഴുതിയ സ്ഥലം"),
    "officer_named": Label("Officer named in it", "അതിൽ പേരുള്ള ഉദ്യോഗസ്ഥൻ / ഉദ്യോഗസ്ഥ"),
    "crime_number": Label("Crime number", "ക്രൈം നമ്പർ"),
    "grounds_in_case_diary": Label("Grounds in the case diary", "കേസ് ഡയറിയിലെ കാരണങ്ങൾ"),
    "thing_sought": Label("Thing sought", "തിരയുന്ന വസ്തു"),
    "why_not_otherwise": Label("Why not to be had otherwise", "മറ്റുവിധത്തിൽ കിട്ടാത്തതിന്റെ കാരണം"),
    "place_inside_limits": Label("Place inside the station's limits", "സ്ഥലം സ്റ്റേഷൻ പരിധിയിൽ"),
    "written_request_to_sho": Label("Written request to the other station", "മറ്റു സ്റ്റേഷനുള്ള രേഖാമൂലമുള്ള അപേക്ഷ"),
    "why_waiting_would_destroy": Label("Why waiting would destroy it", "വൈകിയാൽ തെളിവ് നശിക്കുന്നതിന്റെ കാരണം"),
    "written_order": Label("Written order", "രേഖാമൂലമുള്ള ഉത്തരവ്"),
    "order_served": Label("Order served", "ഉത്തരവ് നൽകിയത്"),
    "facts_of_suspicion": Label("Facts that make the suspicion", "സംശയത്തിന്റെ വസ്തുതകൾ"),
    "written_order_to_subordinate": Label("Written order to the officer who goes", "പോകുന്ന ഉദ്യോഗസ്ഥനുള്ള ഉത്തരവ്"),
}
OWED: Mapping[str, Label] = {
    "list_and_things_to_court": Label("list and things to the court", "പട്ടികയും സാധനങ്ങളും കോടതിയിൽ"),
    "record_copies_to_magistrate": Label(
        "copies of the record to the Magistrate", "രേഖയുടെ പകർപ്പ് മജിസ്‌ട്രേറ്റിന്"
    ),
    "things_forwarded_by_sho": Label("things sent on by the other station", "മറ്റു സ്റ്റേഷൻ സാധനങ്ങൾ അയയ്ക്കണം"),
    "notice_and_list_to_local_sho": Label(
        "notice and list to the local station", "ലോക്കൽ സ്റ്റേഷന് അറിയിപ്പും പട്ടികയും"
    ),
    "records_to_magistrate": Label("records to the Magistrate", "രേഖകൾ മജിസ്‌ട്രേറ്റിന്"),
    "receipt": Label("a receipt to the holder", "കൈവശക്കാർക്ക് രസീത്"),
    "report_to_sho": Label("report to the station officer", "സ്റ്റേഷൻ ഓഫീസർക്ക് റിപ്പോർട്ട്"),
    "report_to_magistrate": Label("report to the Magistrate", "മജിസ്‌ട്രേറ്റിന് റിപ്പോർട്ട്"),
}
PARTS: tuple[tuple[str, Label], ...] = (
    ("door", Label("At the door", "വാതിൽക്കൽ")),
    ("people", Label("The people", "ആളുകൾ")),
    ("devices", Label("The devices", "ഉപകരണങ്ങൾ")),
    ("arrest", Label("Arrest", "അറസ്റ്റ്")),
    ("after", Label("Before leaving", "മടങ്ങും മുമ്പ്")),
)


def forthwith(hours: int | None) -> Label:
    """How long there is."""
    return (
        Label("at once", "ഉടൻ")
        if hours is None
        else Label(f"at once, at most {hours} h", f"ഉടൻ, പരമാവധി {hours} മണിക്കൂർ")
    )
