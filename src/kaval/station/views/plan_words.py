"""What the pages of the plan say, in English and Malayalam side by side: every sentence has both.

Why a plan cannot be made, and which rule a change would break, come with their own words from the engine.
"""

from __future__ import annotations

from typing import Final

from kaval.engine.rules.planning.rule_words import rule_ids, rule_text
from kaval.station.views.frame import is_malayalam

PLAN: Final[dict[str, tuple[str, str]]] = {
    # the pages
    "plan": ("Plan", "പദ്ധതി"),
    "versions": ("Versions", "പതിപ്പുകൾ"),
    "exchange": ("Files in and out", "ഫയലുകൾ"),
    "ready": ("Readiness", "തയ്യാറെടുപ്പ്"),
    "overview": ("Operation", "ഓപ്പറേഷൻ"),
    "first_entry_at": ("First entry", "ആദ്യ പ്രവേശനം"),
    "day_ends": ("Day ends", "ദിവസം തീരുന്നത്"),
    "commander": ("Commander", "കമാൻഡർ"),
    "search_basis": ("Search basis", "പരിശോധനയുടെ നിയമാടിസ്ഥാനം"),
    "approval_freeze": ("Signatures and freeze", "ഒപ്പുകളും ഉറപ്പിക്കലും"),
    "plan_digest": ("Plan digest", "പദ്ധതിയുടെ ഡൈജസ്റ്റ്"),
    "no_plan_yet": ("no plan yet", "പദ്ധതിയില്ല"),
    "approval": ("Signature", "ഒപ്പ്"),
    "approvals_none": (
        "none under this plan; two different people must sign its digest",
        "ഈ പദ്ധതിക്ക് ഒപ്പില്ല; രണ്ടു വ്യത്യസ്ത ആളുകൾ ഒപ്പിടണം",
    ),
    "void": ("Void", "അസാധു"),
    "void_under": ("under earlier plans", "പഴയ പദ്ധതികൾക്ക്"),
    "frozen_at": ("Frozen", "ഉറപ്പിച്ചത്"),
    "started_at": ("Started", "തുടങ്ങിയത്"),
    "closed_at": ("Closed", "അവസാനിച്ചത്"),
    "not_yet": ("not yet", "ഇല്ല"),
    "waves": ("Waves", "ഘട്ടങ്ങൾ"),
    "first_last": ("First to last entry (IST)", "ആദ്യ-അവസാന പ്രവേശനം (IST)"),
    "no_stops": (
        "No stops are planned. The commander plans the operation after its places are admitted.",
        "സ്ഥലങ്ങൾ ക്രമീകരിച്ചിട്ടില്ല. സ്ഥലങ്ങൾ ചേർത്തശേഷം കമാൻഡർ പദ്ധതി ഉണ്ടാക്കും.",
    ),
    "solver_report": ("The plan in figures", "പദ്ധതി കണക്കിൽ"),
    "no_teams": (
        "No teams in your reach. The planner forms them from the officers on duty.",
        "നിങ്ങളുടെ പരിധിയിൽ സംഘങ്ങളില്ല. ഡ്യൂട്ടിയിലുള്ളവരിൽനിന്നാണ് സംഘങ്ങൾ ഉണ്ടാക്കുന്നത്.",
    ),
    "children_are": ("children", "കുട്ടികൾ"),
    "children_unknown": ("unknown", "അറിയില്ല"),
    "children_yes": ("expected", "ഉണ്ടാകാം"),
    "children_no": ("none expected", "ഉണ്ടാകില്ല"),
    "leader": ("leader", "നേതാവ്"),
    "cyber": ("cyber", "സൈബർ"),
    "technical": ("technical", "സാങ്കേതികം"),
    "woman": ("woman officer", "വനിതാ ഉദ്യോഗസ്ഥ"),
    "local": ("local", "പ്രാദേശികം"),
    "armed": ("armed", "ആയുധധാരി"),
    "driver": ("driver", "ഡ്രൈവർ"),
    # the board
    "site": ("Site", "സ്ഥലം"),
    "sites": ("places", "സ്ഥലങ്ങൾ"),
    "team": ("Team", "സംഘം"),
    "teams": ("teams", "സംഘങ്ങൾ"),
    "stop": ("stop", "ക്രമം"),
    "wave": ("Wave", "ഘട്ടം"),
    "together": ("in one wave with", "ഇവയോടൊപ്പം ഒരേ ഘട്ടത്തിൽ:"),
    "children": ("children expected", "കുട്ടികൾ ഉണ്ടാകാം"),
    "district": ("District", "ജില്ല"),
    "all_districts": ("All districts", "എല്ലാ ജില്ലകളും"),
    "choose_district": (
        "Choose a district to see its teams hour by hour.",
        "സംഘങ്ങളുടെ സമയക്രമം കാണാൻ ഒരു ജില്ല തിരഞ്ഞെടുക്കുക.",
    ),
    "show": ("Show", "കാണിക്കുക"),
    "map": ("Map", "ഭൂപടം"),
    "map_note": (
        "Schematic district cells. Drawn on this machine: no map server learns what is looked at.",
        "ജില്ലകൾ ഏകദേശ രൂപത്തിലാണ്. ഈ യന്ത്രത്തിൽ തന്നെ വരച്ചത്: പുറത്തുള്ള ആരും ഒന്നും അറിയുന്നില്ല.",
    ),
    "map_same": ("The same is said in the list of teams.", "ഇതുതന്നെ സംഘങ്ങളുടെ പട്ടികയിലും പറയുന്നു."),
    "base": ("where a team sets out", "സംഘം പുറപ്പെടുന്ന സ്ഥലം"),
    "no_stop": ("no stop", "സംഘമില്ല"),
    "gantt": ("Hour by hour", "സമയക്രമം"),
    "first_entry": ("first entry", "ആദ്യ പ്രവേശനം"),
    "latest_entry": ("Latest entry", "അവസാന പ്രവേശനം"),
    "entries": ("entries", "പ്രവേശനങ്ങൾ"),
    "sunrise": ("sunrise", "സൂര്യോദയം"),
    "way": ("way", "യാത്ര"),
    "drag_help": (
        "Drag a bar to another team or another place in the order. By keyboard: go to a bar, press M, choose with "
        "the arrows, put down with Enter, leave it with Esc. The rules are checked before anything changes.",
        "ഒരു ബാർ മറ്റൊരു സംഘത്തിലേക്കോ ക്രമത്തിലെ മറ്റൊരു സ്ഥാനത്തേക്കോ വലിച്ചിടാം. കീബോർഡിൽ: ബാറിൽ എത്തി M അമർത്തുക, "
        "അമ്പടയാളങ്ങൾ കൊണ്ട് സ്ഥാനം തിരഞ്ഞെടുക്കുക, Enter അമർത്തിയാൽ വയ്ക്കാം, Esc അമർത്തിയാൽ വേണ്ടെന്നുവയ്ക്കാം. "
        "മാറ്റത്തിനു മുമ്പ് നിയമങ്ങൾ പരിശോധിക്കും.",
    ),
    "move": ("Move a place", "ഒരു സ്ഥലം മാറ്റുക"),
    "move_do": ("Move", "മാറ്റുക"),
    "to_team": ("To team", "ഏത് സംഘത്തിലേക്ക്"),
    "position": ("As stop", "ക്രമത്തിലെ സ്ഥാനം"),
    "reason": ("Reason", "കാരണം"),
    "by_hand": ("Moved by hand", "കൈകൊണ്ട് മാറ്റിയത്"),
    "reason_after": (
        "The plan is frozen: say why. The change gets a number.",
        "പദ്ധതി ഉറപ്പിച്ചതാണ്: കാരണം പറയുക. മാറ്റത്തിന് നമ്പർ നൽകും.",
    ),
    "picked": ("picked up. Arrows choose, Enter puts down, Esc leaves it.", "എടുത്തു. അമ്പടയാളം, Enter, Esc."),
    "over": ("to", "ലക്ഷ്യം"),
    "left_it": ("Left where it was.", "മാറ്റിയില്ല."),
    "checking": ("Checking the rules…", "നിയമങ്ങൾ പരിശോധിക്കുന്നു…"),
    "why_first": ("Say why, then press Move.", "കാരണം എഴുതി മാറ്റുക അമർത്തുക."),
    "not_moved": ("Nothing was changed.", "ഒന്നും മാറ്റിയില്ല."),
    "moved": ("Moved. This is what changed:", "മാറ്റി. വന്ന വ്യത്യാസം:"),
    "undo": ("Undo", "പഴയതുപോലെയാക്കുക"),
    "undone": ("Back as it was.", "പഴയതുപോലെയായി."),
    "nobody_moves": ("Nobody moves.", "ആർക്കും മാറ്റമില്ല."),
    "people_moved": ("people moved", "മാറ്റമുള്ളവർ"),
    # figures
    "figures": ("Figures", "കണക്കുകൾ"),
    "figure": ("Figure", "കണക്ക്"),
    "value": ("This plan", "ഈ പദ്ധതി"),
    "bound": ("Cannot be less than", "ഇതിലും കുറയില്ല"),
    "gap": ("Gap to the bound", "വ്യത്യാസം"),
    "latest_entry_minutes": (
        "Minutes from first to latest entry", "ആദ്യ പ്രവേശനം മുതൽ അവസാനത്തേതു വരെ (മിനിറ്റ്)",
    ),
    "minutes": ("minutes", "മിനിറ്റ്"),
    "unequal_load": ("Unequal load (places)", "ജോലിയിലെ അസമത്വം (സ്ഥലങ്ങൾ)"),
    "kilometres": ("Kilometres", "കിലോമീറ്റർ"),
    "load": ("Places of a team", "ഒരു സംഘത്തിന്റെ സ്ഥലങ്ങൾ"),
    "no_figures": ("No figures yet: they come with the plan.", "കണക്കുകൾ ഇല്ല: പദ്ധതിയോടൊപ്പം വരും."),
    "notes": ("What could not be checked", "പരിശോധിക്കാൻ കഴിയാത്തത്"),
    "shortages": ("What is short", "കുറവുകൾ"),
    "ways_out": ("The smallest ways out:", "ഏറ്റവും ചെറിയ പരിഹാരങ്ങൾ:"),
    "no_shortages": ("Every place has a team.", "എല്ലാ സ്ഥലത്തിനും സംഘമുണ്ട്."),
    "loose": ("Places without a team", "സംഘമില്ലാത്ത സ്ഥലങ്ങൾ"),
    "no_plan": (
        "There is no plan yet. The commander admits the places, then plans.",
        "പദ്ധതി തയ്യാറായിട്ടില്ല. കമാൻഡർ സ്ഥലങ്ങൾ ചേർത്തശേഷം പദ്ധതി ഉണ്ടാക്കും.",
    ),
    "no_lanes": ("No team of this district has a stop.", "ഈ ജില്ലയിലെ സംഘങ്ങൾക്ക് സ്ഥലമില്ല."),
    # versions
    "version": ("Version", "പതിപ്പ്"),
    "signed": ("signed", "ഒപ്പിട്ടത്"),
    "in_force": ("in force", "നിലവിലുള്ളത്"),
    "made": ("Made", "ഉണ്ടാക്കിയത്"),
    "json": ("whole, as kaval plan gives it (JSON)", "മുഴുവൻ (JSON)"),
    "solved": ("by the solver", "കമ്പ്യൂട്ടർ"),
    "imported": ("from a file", "ഫയലിൽനിന്ന്"),
    "repaired": ("repaired", "തിരുത്തിയത്"),
    "by": ("By", "ആര്"),
    "at": ("Time (IST)", "സമയം (IST)"),
    "compare": ("Compare", "താരതമ്യം"),
    "compare_do": ("Compare the two", "രണ്ടും താരതമ്യം ചെയ്യുക"),
    "earlier": ("Earlier", "ആദ്യത്തേത്"),
    "later": ("Later", "രണ്ടാമത്തേത്"),
    "take": ("Put in force", "നിലവിൽ വരുത്തുക"),
    "taken": ("The version is in force now. Earlier signatures do not hold for it.",
              "പതിപ്പ് നിലവിൽ വന്നു. പഴയ ഒപ്പുകൾ ഇതിനു ബാധകമല്ല."),
    "no_versions": (
        "No version is kept yet. Every plan that is made, moved by hand or read from a file becomes one.",
        "പതിപ്പുകൾ ഇല്ല. ഉണ്ടാക്കുന്നതും മാറ്റുന്നതും ഫയലിൽനിന്ന് വരുന്നതുമായ ഓരോ പദ്ധതിയും ഒരു പതിപ്പാകും.",
    ),
    "same": ("The two are the same.", "രണ്ടും ഒന്നുതന്നെ."),
    "people": ("People", "ആളുകൾ"),
    "teams_part": ("Teams", "സംഘങ്ങൾ"),
    "stops": ("Stops", "സ്ഥലങ്ങളുടെ ക്രമം"),
    "before": ("Before", "മുമ്പ്"),
    "after": ("After", "ശേഷം"),
    "not_there": ("not in it", "ഇല്ല"),
    "more": ("more", "കൂടി"),
    # exchange
    "take_out": ("Take out", "പുറത്തേക്ക്"),
    "take_out_lead": (
        "A file on paper or a stick leaves this station's protection. Take out only what is needed.",
        "പുറത്തെടുക്കുന്ന ഫയലിന് ഈ സ്റ്റേഷന്റെ സംരക്ഷണമില്ല. ആവശ്യമുള്ളത് മാത്രം എടുക്കുക.",
    ),
    "format": ("Format", "രൂപം"),
    "download": ("Download", "ഡൗൺലോഡ്"),
    "csv": ("Table (CSV)", "പട്ടിക (CSV)"),
    "xlsx": ("Table (XLSX)", "പട്ടിക (XLSX)"),
    "geojson": ("Map (GeoJSON)", "ഭൂപടം (GeoJSON)"),
    "ics": ("Calendar of a team (iCalendar)", "സംഘത്തിന്റെ കലണ്ടർ (iCalendar)"),
    "choose_team": (
        "Choose a team of the plan: a calendar is one team's.",
        "ഒരു സംഘത്തെ തിരഞ്ഞെടുക്കുക: കലണ്ടർ ഒരു സംഘത്തിന്റേതാണ്.",
    ),
    "which_team": ("Team, for a calendar", "സംഘം (കലണ്ടറിന്)"),
    "take_in": ("Take in", "അകത്തേക്ക്"),
    "take_in_lead": (
        "Edit the table of stops and send it back. It becomes a new version if every rule holds; else each broken "
        "rule is named and nothing changes.",
        "സ്ഥലങ്ങളുടെ പട്ടിക തിരുത്തി തിരികെ നൽകുക. നിയമങ്ങളെല്ലാം പാലിച്ചാൽ പുതിയ പതിപ്പാകും; ഇല്ലെങ്കിൽ തെറ്റുകൾ "
        "പറയും, ഒന്നും മാറില്ല.",
    ),
    "file": ("File (CSV or XLSX)", "ഫയൽ (CSV അല്ലെങ്കിൽ XLSX)"),
    "send": ("Check and take in", "പരിശോധിച്ച് ചേർക്കുക"),
    "bad_file": ("Choose a CSV or XLSX file with the table of stops.", "സ്ഥലങ്ങളുടെ പട്ടികയുള്ള CSV/XLSX ഫയൽ തിരഞ്ഞെടുക്കുക."),
    "too_large": ("The file is too large for a table of stops.", "ഫയൽ വളരെ വലുതാണ്."),
    "took_in": ("Taken in as a new version. It is not in force yet.", "പുതിയ പതിപ്പായി ചേർത്തു. നിലവിൽ വന്നിട്ടില്ല."),
    "only_draft": (
        "A file is taken in only while the operation is a draft.",
        "ഡ്രാഫ്റ്റ് ഘട്ടത്തിൽ മാത്രമേ ഫയൽ ചേർക്കാനാവൂ.",
    ),
}  # fmt: skip

READY: Final[dict[str, tuple[str, str]]] = {
    "now": ("Next", "അടുത്തത്"),
    "yours": ("This is yours to do.", "ഇത് നിങ്ങൾ ചെയ്യേണ്ടതാണ്."),
    "done": ("Done.", "ചെയ്തു."),
    # next steps
    "step_admit": ("Admit the attributed places", "ഉറപ്പാക്കിയ സ്ഥലങ്ങൾ ചേർക്കുക"),
    "why_admit": (
        "Only places attributed at level 2 with complete papers pass; nobody can put one in by hand.",
        "ലെവൽ 2-ൽ ഉറപ്പാക്കിയതും രേഖകൾ പൂർണ്ണവുമായ സ്ഥലങ്ങൾ മാത്രം; ആർക്കും നേരിട്ട് ചേർക്കാനാവില്ല.",
    ),
    "step_plan": ("Make the plan", "പദ്ധതി ഉണ്ടാക്കുക"),
    "why_plan": (
        "Teams are formed from the officers on duty. For the whole state this takes about a minute.",
        "ഡ്യൂട്ടിയിലുള്ളവരിൽനിന്ന് സംഘങ്ങൾ ഉണ്ടാക്കും. സംസ്ഥാനം മുഴുവൻ ഏകദേശം ഒരു മിനിറ്റെടുക്കും.",
    ),
    "step_approve": ("Sign the plan", "പദ്ധതിയിൽ ഒപ്പിടുക"),
    "why_approve": (
        "Read the plan first. Two different people sign; a changed plan needs new signatures.",
        "ആദ്യം പദ്ധതി വായിക്കുക. രണ്ടുപേർ ഒപ്പിടണം; മാറ്റിയാൽ പുതിയ ഒപ്പുകൾ വേണം.",
    ),
    "step_freeze": ("Freeze the plan", "പദ്ധതി ഉറപ്പിക്കുക"),
    "why_freeze": (
        "From then on every change has a number and a reason.",
        "അതിനുശേഷം ഓരോ മാറ്റത്തിനും നമ്പറും കാരണവും വേണം.",
    ),
    "step_ready": ("Decide go or no-go", "പോകണോ വേണ്ടയോ എന്ന് തീരുമാനിക്കുക"),
    "why_ready": (
        "24 hours before the first entry, then 2 hours before; each with a reason.",
        "ആദ്യ പ്രവേശനത്തിന് 24 മണിക്കൂർ മുമ്പും 2 മണിക്കൂർ മുമ്പും; കാരണത്തോടെ.",
    ),
    "step_start": ("Open the day", "ദിവസം തുടങ്ങുക"),
    "why_start": ("Teams see their places from then on.", "അപ്പോൾ മുതൽ സംഘങ്ങൾ സ്ഥലങ്ങൾ കാണും."),
    "step_follow": ("Follow the day on the board", "തത്സമയ ബോർഡിൽ കാണുക"),
    "why_follow": (
        "When every place is accounted for, the commander closes the operation.",
        "എല്ലാ സ്ഥലത്തിന്റെയും കണക്ക് വന്നാൽ കമാൻഡർ ഓപ്പറേഷൻ അവസാനിപ്പിക്കും.",
    ),
    "step_close": ("Close the operation", "ഓപ്പറേഷൻ അവസാനിപ്പിക്കുക"),
    "why_close": ("Every place is accounted for.", "എല്ലാ സ്ഥലത്തിന്റെയും കണക്കുണ്ട്."),
    "step_review": ("Write the after-action review", "പിന്നീടുള്ള വിലയിരുത്തൽ എഴുതുക"),
    "why_review": (
        "What worked, what failed, what nearly went wrong, what is done about it.",
        "നന്നായത്, പിഴച്ചത്, പിഴയ്ക്കാനിരുന്നത്, ഇനി ചെയ്യുന്നത്.",
    ),
    "step_recalled": ("Recalled: account for every place", "തിരിച്ചുവിളിച്ചു: ഓരോ സ്ഥലത്തിന്റെയും കണക്ക് വേണം"),
    "why_recalled": (
        "No further door is opened. Say what became of each place.",
        "ഇനി ഒരു വാതിലും തുറക്കരുത്. ഓരോ സ്ഥലത്തും എന്തായി എന്ന് പറയുക.",
    ),
    # go or no-go
    "go_title": ("Go or no-go", "പോകണോ വേണ്ടയോ"),
    "t24": ("24 hours before", "24 മണിക്കൂർ മുമ്പ്"),
    "t2": ("2 hours before", "2 മണിക്കൂർ മുമ്പ്"),
    "door": ("At a door", "വാതിൽക്കൽ"),
    "go": ("Go", "പോകാം"),
    "no_go": ("No-go", "പോകരുത്"),
    "undecided": ("not decided", "തീരുമാനിച്ചിട്ടില്ല"),
    "other_plan": ("for an earlier plan", "പഴയ പദ്ധതിക്ക്"),
    "moment": ("When", "എപ്പോൾ"),
    "decision": ("Decision", "തീരുമാനം"),
    "decide": ("Record the decision", "തീരുമാനം രേഖപ്പെടുത്തുക"),
    "go_lead": (
        "The latest decision counts. A no-go stops the day until a later go.",
        "അവസാനത്തെ തീരുമാനമാണ് ബാധകം. പോകരുത് എന്നായാൽ മാറ്റുന്നതുവരെ ഒന്നും നടക്കില്ല.",
    ),
    "no_go_yet": ("Nothing is decided yet.", "ഒന്നും തീരുമാനിച്ചിട്ടില്ല."),
    # recall
    "recall": ("Recall", "തിരിച്ചുവിളിക്കുക"),
    "recall_lead": (
        "Calls every team back: no further door is opened and packets no longer open. It cannot be taken back.",
        "എല്ലാ സംഘങ്ങളെയും തിരിച്ചുവിളിക്കുന്നു: ഇനി ഒരു വാതിലും തുറക്കില്ല. ഇത് പിൻവലിക്കാനാവില്ല.",
    ),
    "recall_first": ("Recall the operation…", "ഓപ്പറേഷൻ തിരിച്ചുവിളിക്കുക…"),
    "recall_sure": ("Recall {code}? Write the code of the operation to confirm.",
                    "{code} തിരിച്ചുവിളിക്കണോ? ഉറപ്പിക്കാൻ ഓപ്പറേഷന്റെ കോഡ് എഴുതുക."),
    "recall_do": ("Recall all teams now", "ഇപ്പോൾ തിരിച്ചുവിളിക്കുക"),
    "code": ("Code of the operation", "ഓപ്പറേഷന്റെ കോഡ്"),
    "wrong_code": ("The code is not the one of this operation.", "കോഡ് ഈ ഓപ്പറേഷന്റേതല്ല."),
    "recalled": ("Recalled", "തിരിച്ചുവിളിച്ചു"),
    # changes
    "changes": ("Numbered changes", "നമ്പറിട്ട മാറ്റങ്ങൾ"),
    "no_changes": ("No change since the freeze.", "ഉറപ്പിച്ചശേഷം മാറ്റമില്ല."),
    "change": ("Change", "മാറ്റം"),
    "change_do": ("Make the change", "മാറ്റം വരുത്തുക"),
    "change_lead": (
        "The plan is repaired so that as few people as possible move; the difference is shown.",
        "ഏറ്റവും കുറച്ചുപേർ മാത്രം മാറുന്ന വിധം പദ്ധതി തിരുത്തും; വ്യത്യാസം കാണിക്കും.",
    ),
    "change_later": ("Changes get numbers from the freeze on.", "ഉറപ്പിച്ചശേഷമാണ് നമ്പറിട്ട മാറ്റങ്ങൾ."),
    "withdrawn": ("Withdraw a place", "സ്ഥലം പിൻവലിക്കുക"),
    "deferred": ("Defer a place", "സ്ഥലം നീട്ടിവയ്ക്കുക"),
    "site_in": ("Bring a new place in (spill-over)", "പുതിയ സ്ഥലം ചേർക്കുക"),
    "site_changed": ("A place changed", "സ്ഥലത്തിന്റെ വിവരം മാറി"),
    "spill_of": ("Found while searching", "ഏത് സ്ഥലത്തെ പരിശോധനയിൽ"),
    "spill_lead": (
        "A search revealed another place. Its papers must be complete; the nearest team that may go is sent.",
        "പരിശോധനയിൽ മറ്റൊരു സ്ഥലം കണ്ടെത്തി. രേഖകൾ പൂർണ്ണമായിരിക്കണം; പോകാവുന്ന ഏറ്റവും അടുത്ത സംഘത്തെ അയയ്ക്കും.",
    ),
    "address": ("Address", "വിലാസം"),
    "locality": ("Locality", "സ്ഥലപ്പേര്"),
    "latitude": ("Latitude (degrees)", "അക്ഷാംശം (ഡിഗ്രി)"),
    "longitude": ("Longitude (degrees)", "രേഖാംശം (ഡിഗ്രി)"),
    "station": ("Police station (code)", "പോലീസ് സ്റ്റേഷൻ (കോഡ്)"),
    "papers": ("Papers, one on a line: paper: reference", "രേഖകൾ, ഓരോ വരിയിൽ: രേഖ: നമ്പർ"),
    "grounds": ("Grounds", "കാരണങ്ങൾ"),
    "team_out": ("A team drops out", "ഒരു സംഘം പിന്മാറുന്നു"),
    "officer_out": ("An officer drops out", "ഒരാൾ പിന്മാറുന്നു"),
    "officer_in": ("An officer joins", "ഒരാൾ ചേരുന്നു"),
    "reassigned": ("A place moved by hand", "സ്ഥലം കൈകൊണ്ട് മാറ്റി"),
    "what": ("What", "എന്ത്"),
    "which_site": ("Place", "സ്ഥലം"),
    "which_officer": ("Officer", "ഉദ്യോഗസ്ഥൻ"),
    "number": ("No.", "നമ്പർ"),
    "about": ("About", "ഏതിനെപ്പറ്റി"),
    # reconciliation
    "reconcile": ("Every place accounted for", "ഓരോ സ്ഥലത്തിന്റെയും കണക്ക്"),
    "accounted": ("accounted for", "കണക്കുള്ളവ"),
    "open": ("not accounted for", "കണക്കില്ലാത്തവ"),
    "all_accounted": ("Every place is accounted for.", "എല്ലാ സ്ഥലത്തിന്റെയും കണക്കുണ്ട്."),
    "none_admitted": ("No place is admitted yet.", "സ്ഥലങ്ങൾ ചേർത്തിട്ടില്ല."),
    "outcome": ("Outcome", "ഫലം"),
    "state": ("State", "അവസ്ഥ"),
    # after-action
    "review": ("After-action review", "പിന്നീടുള്ള വിലയിരുത്തൽ"),
    "worked": ("worked", "നന്നായി"),
    "failed": ("failed", "പിഴച്ചു"),
    "near_miss": ("nearly went wrong", "പിഴയ്ക്കാനിരുന്നു"),
    "measure": ("to be done", "ചെയ്യേണ്ടത്"),
    "line": ("What happened", "എന്തുണ്ടായി"),
    "owner": ("Who sees to it", "ആര് നോക്കും"),
    "due": ("Until", "എന്നുവരെ"),
    "add_line": ("Add the line", "വരി ചേർക്കുക"),
    "no_lines": ("Nothing is written down yet.", "ഒന്നും എഴുതിയിട്ടില്ല."),
    "review_later": (
        "The review is written when the day is over.",
        "ദിവസം കഴിഞ്ഞശേഷമാണ് വിലയിരുത്തൽ എഴുതുന്നത്.",
    ),
    "no_officer": ("There is no officer {number} in your reach.", "{number} എന്ന ഉദ്യോഗസ്ഥൻ നിങ്ങളുടെ പരിധിയിലില്ല."),
    "spread": (
        "First to last door of the first wave, planned → real",
        "ആദ്യ ഘട്ടത്തിലെ ആദ്യ-അവസാന വാതിൽ: പദ്ധതി → നടന്നത്",
    ),
    "not_reached": ("Places nobody stood at", "ആരും എത്താത്ത സ്ഥലങ്ങൾ"),
    "step_reopen": ("Open the plan again", "പദ്ധതി വീണ്ടും തുറക്കുക"),
    "why_reopen": ("Back to draft; both signatures are needed again.", "ഡ്രാഫ്റ്റിലേക്ക്; രണ്ട് ഒപ്പും വീണ്ടും വേണം."),
    "nobody": ("nobody named", "ആരെയും പറഞ്ഞിട്ടില്ല"),
}  # fmt: skip


def words_here() -> dict[str, str]:
    """The words of the plan's pages in the language of the request."""
    column = int(is_malayalam())
    return {key: pair[column] for key, pair in (*PLAN.items(), *READY.items())}


def refusal_lines(text: str) -> list[str]:
    """A refusal as one line for each rule it names; in Malayalam each begins with what the rule asks."""
    lines = [line.strip() for line in text.split("; ") if line.strip()]
    if not is_malayalam():
        return lines
    known = set(rule_ids())
    named = [(line.partition(":")[0].strip(), line) for line in lines]
    return [f"{rule_text(rule, ml=True)} ({line})" if rule in known else line for rule, line in named]
