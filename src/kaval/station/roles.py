"""Who may do and see what: the one page on which it stands.

An act is named like its operation, a page like its area. What is not listed here is refused. Scope: officers with a
district see and act in their own district only; headquarters roles see the state. Team members are further bound
to the
sites of their own team (`operations.field`).
"""

from __future__ import annotations

from typing import Final

ROLES: Final[dict[str, str]] = {
    "admin": "Station administrator",
    "intake_clerk": "Intake clerk",
    "analyst": "Analyst",
    "second_reader": "Second reader",
    "supervisor": "Supervisor",
    "commander": "Operation commander",
    "deputy_commander": "Deputy commander",
    "district_chief": "District police chief",
    "field_officer": "Team member",
    "custodian": "Exhibit custodian",
    "examiner": "Examiner",
    "court_officer": "Court officer",
    "press_officer": "Press officer",
    "auditor": "Auditor",
}

MAY_DO: Final[dict[str, frozenset[str]]] = {
    "install_unit": frozenset({"admin"}),
    "set_password": frozenset({"admin"}),
    "receive_file": frozenset({"intake_clerk"}),
    "open_delivery": frozenset({"intake_clerk"}),
    "take_in": frozenset({"intake_clerk"}),
    "close_delivery": frozenset({"intake_clerk"}),
    "acknowledge_warning": frozenset({"intake_clerk", "supervisor"}),
    "confirm_profile": frozenset({"intake_clerk", "supervisor"}),
    "update_register": frozenset({"intake_clerk", "analyst"}),
    "enter_count": frozenset({"intake_clerk", "analyst"}),
    "link_leads": frozenset({"analyst", "intake_clerk"}),
    "link_again": frozenset({"analyst", "supervisor"}),
    "accept_proposal": frozenset({"analyst", "supervisor"}),
    "refuse_proposal": frozenset({"analyst", "supervisor"}),
    "join_leads": frozenset({"analyst", "supervisor"}),
    "part_leads": frozenset({"analyst", "supervisor"}),
    "withdraw_decision": frozenset({"analyst", "supervisor"}),
    "see_notice": frozenset({"analyst", "supervisor", "commander", "deputy_commander", "intake_clerk"}),
    "watch_keys": frozenset({"supervisor"}),
    "withdraw_watched": frozenset({"supervisor"}),
    "assess_subjects": frozenset({"analyst", "intake_clerk"}),
    "assess_persons": frozenset({"analyst"}),
    "take_subjects": frozenset({"analyst", "supervisor"}),
    "park_subjects": frozenset({"analyst", "supervisor"}),
    "bring_back_subjects": frozenset({"analyst", "supervisor"}),
    "set_band": frozenset({"analyst", "supervisor"}),
    "save_view": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "drop_view": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "draw_parked_sample": frozenset({"supervisor"}),
    "judge_sample": frozenset({"supervisor"}),
    "open_investigation": frozenset({"supervisor"}),
    "import_network_file": frozenset({"analyst", "supervisor"}),
    "send_request": frozenset({"supervisor"}),
    "ask_platform": frozenset({"supervisor"}),
    "send_reminder": frozenset({"analyst", "supervisor"}),
    "close_request": frozenset({"supervisor"}),
    "record_answer": frozenset({"analyst"}),
    "accept_template": frozenset({"supervisor", "second_reader"}),
    "enter_observation": frozenset({"analyst", "second_reader", "supervisor"}),
    "confirm_observation": frozenset({"analyst", "second_reader", "supervisor"}),
    "add_provider": frozenset({"supervisor"}),
    "edit_provider": frozenset({"supervisor"}),
    "add_contact": frozenset({"supervisor"}),
    "end_contact": frozenset({"supervisor"}),
    "add_quirk": frozenset({"supervisor"}),
    "end_quirk": frozenset({"supervisor"}),
    "resolve_observations": frozenset({"analyst"}),
    "verify_place": frozenset({"field_officer", "district_chief"}),
    "record_place": frozenset({"analyst"}),
    "read_again": frozenset({"second_reader"}),
    "override_hold": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "withdraw_override": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "explain_contradiction": frozenset({"analyst", "supervisor"}),
    "add_corroboration": frozenset({"analyst", "supervisor"}),
    "record_deconfliction": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "note_child": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "read_observation": frozenset({"second_reader"}),
    "note_result_seen": frozenset({"second_reader"}),
    "attribute_subjects": frozenset({"analyst"}),
    "attribute_subject": frozenset(
        {
            "analyst",
            "second_reader",
            "supervisor",
            "commander",
            "deputy_commander",
            "district_chief",
            "field_officer",
        }
    ),
    "verify_attributions": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "draft_operation": frozenset({"commander"}),
    "admit_sites": frozenset({"commander", "deputy_commander"}),
    "describe_site": frozenset({"commander", "deputy_commander"}),
    "set_search_basis": frozenset({"commander", "deputy_commander"}),
    "link_sites": frozenset({"commander", "deputy_commander"}),
    "withdraw_link": frozenset({"commander", "deputy_commander"}),
    "set_rules": frozenset({"commander", "deputy_commander"}),
    "describe_officer": frozenset({"commander", "deputy_commander", "supervisor"}),
    "record_conflict": frozenset({"commander", "deputy_commander", "supervisor"}),
    "end_conflict": frozenset({"commander", "deputy_commander", "supervisor"}),
    "plan_operation": frozenset({"commander", "deputy_commander"}),
    "add_version": frozenset({"commander", "deputy_commander"}),
    "take_version": frozenset({"commander", "deputy_commander"}),
    "reopen_draft": frozenset({"commander", "deputy_commander"}),
    "reassign_site": frozenset({"commander", "deputy_commander"}),
    "approve_plan": frozenset({"commander", "deputy_commander", "supervisor"}),
    "freeze_operation": frozenset({"commander"}),
    "change_plan": frozenset({"commander", "deputy_commander"}),
    "team_out": frozenset({"commander", "deputy_commander"}),
    "officer_out": frozenset({"commander", "deputy_commander"}),
    "officer_in": frozenset({"commander", "deputy_commander"}),
    "change_site": frozenset({"commander", "deputy_commander"}),
    "spill_over": frozenset({"commander", "deputy_commander"}),
    "decide_go": frozenset({"commander", "deputy_commander"}),
    "recall_operation": frozenset({"commander", "deputy_commander"}),
    "decide_at_door": frozenset({"field_officer"}),
    "add_after_action": frozenset({"commander", "deputy_commander", "supervisor"}),
    "add_event": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "import_events": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "withdraw_event": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "find_pointers": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "clear_pointer": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "answer_questions": frozenset({"analyst", "supervisor", "commander", "deputy_commander"}),
    "enrol_releaser": frozenset({"commander", "deputy_commander", "supervisor"}),
    "seal_packets": frozenset({"commander", "deputy_commander"}),
    "release_packets": frozenset({"commander", "deputy_commander", "supervisor"}),
    "recall_packets": frozenset({"commander", "deputy_commander"}),
    "name_to_list": frozenset({"commander", "deputy_commander"}),
    "end_on_list": frozenset({"commander", "deputy_commander"}),
    "take_packet": frozenset(
        {"commander", "deputy_commander", "supervisor", "district_chief", "field_officer"}
    ),
    "open_packet": frozenset({"field_officer"}),
    "print_copy": frozenset(
        {"commander", "deputy_commander", "supervisor", "district_chief", "field_officer"}
    ),
    "record_leak": frozenset({"commander", "deputy_commander", "supervisor"}),
    "start_operation": frozenset({"commander"}),
    "log_event": frozenset({"field_officer"}),
    "seize_item": frozenset({"field_officer"}),
    "record_welfare": frozenset({"field_officer"}),
    "record_outcome": frozenset({"field_officer"}),
    "register_crime": frozenset({"district_chief"}),
    "report_seizure": frozenset({"field_officer"}),
    "record_arrest": frozenset({"district_chief"}),
    "hand_over_exhibit": frozenset({"field_officer", "custodian", "examiner"}),
    "close_operation": frozenset({"commander"}),
    "start_reaudit": frozenset({"supervisor", "second_reader"}),
    "reaudit_held": frozenset({"supervisor", "second_reader"}),
    "finish_reaudit": frozenset({"supervisor", "second_reader"}),
    "confirm_error": frozenset({"supervisor"}),
    "give_error_notice": frozenset({"supervisor"}),
    "return_devices": frozenset({"supervisor"}),
    "seal_error": frozenset({"supervisor"}),
    "lift_quarantine": frozenset({"supervisor"}),
    "meet_clock": frozenset(ROLES) - {"auditor", "press_officer", "admin"},
    "register_hash_set": frozenset({"examiner"}),
    "register_viral_list": frozenset({"examiner", "supervisor"}),
    "withdraw_viral_list": frozenset({"examiner", "supervisor"}),
    "record_examination": frozenset({"examiner"}),
    "set_viewing_floor": frozenset({"supervisor"}),
    "set_own_viewing": frozenset({"examiner", "supervisor"}),
    "open_item": frozenset({"examiner", "supervisor"}),
    "close_item": frozenset({"examiner", "supervisor"}),
    "render_document": frozenset(
        {"court_officer", "district_chief", "supervisor", "press_officer", "examiner"}
    ),
    "release_press_note": frozenset({"press_officer"}),
}

_HEADQUARTERS = frozenset(
    {"analyst", "second_reader", "supervisor", "commander", "deputy_commander", "auditor"}
)
_OPERATIONAL = frozenset({"supervisor", "commander", "deputy_commander", "district_chief", "auditor"})

MAY_SEE: Final[dict[str, frozenset[str]]] = {
    "overview": frozenset(ROLES),
    "leads": _HEADQUARTERS | {"intake_clerk"},
    "warnings": frozenset({"intake_clerk", "supervisor", "auditor"}),
    "intake": frozenset({"intake_clerk", "supervisor", "auditor"}),
    "upload": frozenset({"intake_clerk"}),
    "tips": frozenset({"intake_clerk"}),
    "profiles": frozenset({"intake_clerk", "supervisor"}),
    "subjects": _HEADQUARTERS,
    "triage": frozenset({"analyst", "supervisor", "commander", "deputy_commander", "auditor"}),
    "connections": _HEADQUARTERS,
    "links": frozenset({"analyst", "supervisor", "auditor"}),
    "notices": frozenset(
        {"analyst", "supervisor", "commander", "deputy_commander", "intake_clerk", "auditor"}
    ),
    "requests": frozenset({"analyst", "second_reader", "supervisor", "auditor"}),
    "providers": frozenset({"analyst", "second_reader", "supervisor", "auditor"}),
    "answers": frozenset({"intake_clerk", "analyst", "supervisor", "auditor"}),
    "second-readings": frozenset({"second_reader"}),
    "reading-differences": frozenset({"supervisor", "auditor"}),
    "ground": frozenset({"field_officer", "district_chief"}),
    "map": _OPERATIONAL | {"analyst"},
    "operations": _OPERATIONAL | {"field_officer"},
    "events": frozenset({"analyst", "supervisor", "commander", "deputy_commander", "auditor"}),
    "board": _OPERATIONAL | {"field_officer"},
    "packets": _OPERATIONAL,
    "packet-file": _OPERATIONAL | {"field_officer"},
    "team-packets": frozenset({"field_officer"}),
    "exhibits": frozenset(
        {
            "custodian",
            "examiner",
            "court_officer",
            "district_chief",
            "supervisor",
            "commander",
            "deputy_commander",
            "auditor",
        }
    ),
    "viewing": frozenset({"examiner", "supervisor"}),
    "documents": frozenset({"court_officer", "district_chief", "supervisor", "press_officer", "auditor"}),
    "statistics": frozenset(
        {"supervisor", "commander", "deputy_commander", "district_chief", "press_officer", "auditor"}
    ),
    "clocks": frozenset(ROLES) - {"press_officer", "admin"},
    "aftermath": _HEADQUARTERS,
    "register": frozenset({"analyst", "intake_clerk", "supervisor", "auditor"}),
    "audit": frozenset({"auditor"}),
}


def permits(roles: list[str], act: str) -> bool:
    """True when one of the roles may do the act; an act that is not on the page may be done by nobody."""
    return not MAY_DO.get(act, frozenset()).isdisjoint(roles)


def shows(roles: list[str], area: str) -> bool:
    """True when one of the roles may see the area; an area that is not on the page is seen by nobody."""
    return not MAY_SEE.get(area, frozenset()).isdisjoint(roles)
