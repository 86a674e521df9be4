"""Lists by profile: a bureau's row joins its report, a register its handles, a helpline's caller stays hidden."""

from __future__ import annotations

import json

import pytest

from kaval.engine.formats import claimants
from kaval.engine.formats._spec import LeadRecord, Reading
from kaval.engine.formats.as_json import as_text
from kaval.engine.formats.intake import (
    handle_register_csv,
    handle_register_profiled,
    helpline_profiled,
    ncrb_list_profiled,
)
from kaval.engine.formats.profile import TimeRule
from kaval.engine.rules.leads.accept import Outcome, SeenLead, accept, identity
from tests.engine.formats.made_profiles import ist, made_profile, received

LIST = ("Sl", "CyberTip No", "Received On", "Incident", "ESP", "Type", "District", "PDF", "Suspect IP")


def bureau(*rows: dict[str, str], layout: str = "xlsx") -> Reading[LeadRecord]:
    profile = made_profile(
        "ncrb_list",
        LIST,
        columns={"report_number": "CyberTip No", "provider": "ESP", "handling": "Type", "district": "District",
                 "file": "PDF"},
        times={"received": ist("Received On"), "incident": TimeRule(("Incident",), "iso")},
        layout=layout,
    )  # fmt: skip
    file = received(profile, LIST, rows)
    assert [m.SPEC.name for m in claimants(file, "intake")] == ["ncrb_list_profiled"]
    return ncrb_list_profiled.read(file)


BUREAU_ROW = {
    "Sl": "1", "CyberTip No": "190000001", "Received On": "03/01/2026", "Incident": "2026-01-02T18:45:10Z",
    "ESP": "Example Chat", "Type": "Referral", "District": "PTA", "PDF": "190000001.pdf", "Suspect IP": "198.51.100.7",
}  # fmt: skip


def test_a_row_of_the_bureau_joins_the_report_of_its_number() -> None:
    reading = bureau(BUREAU_ROW)
    (lead,) = reading.records
    assert reading.warnings == ()
    assert (identity(lead), lead.kind, lead.handling) == ("ncmec/190000001", "cybertip", "referral")
    assert lead.incident is not None
    assert lead.incident.utc is not None
    assert lead.fields == {
        "provider": "Example Chat", "district": "PTA", "received": "03/01/2026", "Sl": "1",
        "Suspect IP": "198.51.100.7",
    }  # fmt: skip
    assert lead.restricted == {"file": "190000001.pdf"}
    outcome = accept(lead, seen={"ncmec/190000001": SeenLead("L-1")})
    assert (outcome.outcome, outcome.lead_id) == (Outcome.SAME_AS, "L-1")


@pytest.mark.parametrize("stated, number", [
    ("190000001", "190000001"), ("CT-190000001", "190000001"), ("CyberTip #190000001", "190000001"),
    ("NCMEC 190000001", "190000001"),
])  # fmt: skip
def test_a_number_is_found_in_the_forms_people_write(stated: str, number: str) -> None:
    assert [lead.source_id for lead in bureau({**BUREAU_ROW, "CyberTip No": stated}).records] == [number]


@pytest.mark.parametrize("stated, code", [
    ("", "no_identity"), ("190000001 / 190000002", "number_unreadable"), ("1.9E+08", "number_unreadable"),
    ("TVM/12/2026", "number_unreadable"),
])  # fmt: skip
def test_a_row_without_one_number_is_a_warning_and_the_next_is_read(stated: str, code: str) -> None:
    reading = bureau({**BUREAU_ROW, "CyberTip No": stated}, {**BUREAU_ROW, "CyberTip No": "190000005"})
    assert [lead.source_id for lead in reading.records] == ["190000005"]
    assert [w.code for w in reading.warnings] == [code]
    assert "row 2" in reading.warnings[0].place


@pytest.mark.parametrize("stated, handling, codes", [
    ("INFORMATIONAL", "informational", []), ("referral", "referral", []), ("", "", []),
    ("Referral/Informational", "", ["handling_unknown"]), ("Urgent", "", ["handling_unknown"]),
])  # fmt: skip
def test_referral_informational_and_neither_are_three_things(
    stated: str, handling: str, codes: list[str]
) -> None:
    reading = bureau({**BUREAU_ROW, "Type": stated}, layout="csv")
    assert [lead.handling for lead in reading.records] == [handling]
    assert [w.code for w in reading.warnings] == codes
    assert reading.records[0].fields.get("handling", "") == (stated if codes else "")


REGISTER = ("App", "User", "Uid", "Grp", "GrpName", "Members", "Kerala", "On", "By", "Order", "Knows", "Last")


def register(*rows: dict[str, str]) -> Reading[LeadRecord]:
    profile = made_profile(
        "handle_register",
        REGISTER,
        columns={
            "platform": "App", "handle": "User", "user_id": "Uid", "group_code": "Grp", "group_display_name": "GrpName",
            "members_counted": "Members", "members_in_state": "Kerala", "counted_by": "By", "authority": "Order",
            "linked_handle": "Knows",
        },
        times={"counted_at": ist("On"), "last_seen": ist("Last")},
    )  # fmt: skip
    file = received(profile, REGISTER, rows)
    assert [m.SPEC.name for m in claimants(file, "intake")] == ["handle_register_profiled"]
    return handle_register_profiled.read(file)


HANDLE_ROW = {
    "App": "Example Chat", "User": "blue_kite", "Uid": "ec-1", "Grp": "G-4", "GrpName": "Group 4", "Members": "10",
    "Kerala": "1", "On": "03/01/2026 10:00", "By": "KP1", "Order": "A/1", "Knows": "Other App:red_kite; green_kite",
    "Last": "02/01/2026",
}  # fmt: skip


def test_a_register_by_profile_names_the_same_handle_as_the_units_own_template() -> None:
    (lead,) = register(HANDLE_ROW).records
    assert (lead.source_system, lead.source_id) == ("register", "Example Chat:blue_kite")
    assert [(i.kind, i.value, i.scope, i.party) for i in lead.identifiers] == [
        ("handle", "blue_kite", "Example Chat", "reported"), ("esp_account", "ec-1", "Example Chat", "reported"),
        ("group_code", "G-4", "Example Chat", "reported"), ("handle", "red_kite", "Other App", "mentioned"),
        ("handle", "green_kite", "", "mentioned"),
    ]  # fmt: skip
    assert lead.restricted == {"group_display_name": "Group 4"}
    assert lead.fields["members_in_state"] == "1"
    assert (lead.fields["authority"], lead.fields["counted_at"]) == ("A/1", "03/01/2026 10:00")
    assert lead.signals == ("group_member",)
    assert handle_register_csv.SPEC.name != handle_register_profiled.SPEC.name


def test_a_row_with_a_user_id_alone_is_kept_and_one_with_neither_is_not() -> None:
    reading = register({**HANDLE_ROW, "User": ""}, {**HANDLE_ROW, "User": "", "Uid": ""})
    assert [lead.source_id for lead in reading.records] == ["Example Chat:id:ec-1"]
    assert [w.code for w in reading.warnings] == ["no_identity"]


SHEET = ("No", "When", "What", "Caller", "CallerPhone", "Account", "Number", "App", "TakenBy")


def helpline(*rows: dict[str, str], name: str = "") -> Reading[LeadRecord]:
    profile = made_profile(
        "helpline",
        SHEET,
        columns={
            "tip_id": "No", "text": "What", "reporter_name": "Caller", "reporter_phone": "CallerPhone",
            "mentioned_handle": "Account", "mentioned_phone": "Number", "platform": "App",
        },
        times={"received_at": ist("When")},
        fixed={"source_system": name} if name else {},
    )  # fmt: skip
    file = received(profile, SHEET, rows)
    assert [m.SPEC.name for m in claimants(file, "intake")] == ["helpline_profiled"]
    return helpline_profiled.read(file)


CALL = {
    "No": "17", "When": "03/01/2026 10:15", "What": "Handle: blue_kite wrote from 198.51.100.7", "Caller": "Meera",
    "CallerPhone": "+915550001111", "Account": "red_kite", "Number": "+915550002222", "App": "Example Chat",
    "TakenBy": "KP2",
}  # fmt: skip


def test_a_caller_and_the_text_are_restricted_and_nothing_in_the_text_is_reported() -> None:
    reading = helpline(CALL)
    (lead,) = reading.records
    assert (lead.source_system, lead.source_id, lead.kind) == ("helpline made-helpline", "17", "tip")
    assert lead.incident is None
    assert lead.restricted == {
        "text": CALL["What"],
        "reporter_name": "Meera",
        "reporter_phone": "+915550001111",
    }
    parties = {(i.kind, i.value): (i.party, i.origin) for i in lead.identifiers}
    assert parties["handle", "red_kite"] == ("reported", "field")
    assert parties["phone", "+915550002222"] == ("reported", "field")
    assert parties["phone", "+915550001111"] == ("reporter", "field")
    assert parties["handle", "blue_kite"] == ("mentioned", "free_text")
    assert [(o.ip, o.role, o.origin) for o in lead.observations] == [
        ("198.51.100.7", "mentioned", "free_text")
    ]
    masked = json.loads(as_text(reading))["records"][0]
    assert set(masked["restricted"].values()) == {"(restricted)"}
    assert "Meera" not in json.dumps(masked["fields"])


def test_two_helplines_may_use_one_number() -> None:
    first, second = helpline(CALL, name="helpline-a").records[0], helpline(CALL, name="helpline-b").records[0]
    assert identity(first) != identity(second)


def test_two_accounts_in_one_call_may_be_two_people() -> None:
    (lead,) = helpline({**CALL, "Account": "red_kite; grey_kite"}).records
    assert lead.signals == ("several_reported",)


def test_a_call_without_a_number_keeps_its_identity_when_the_sheet_comes_again() -> None:
    bare = {**CALL, "No": ""}
    first, again = helpline(bare), helpline(CALL, bare)
    assert first.records[0].source_id == again.records[1].source_id
    assert [w.code for w in first.warnings] == ["identity_derived"]
