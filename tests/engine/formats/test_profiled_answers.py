"""Providers' answers by profile: nothing unreadable makes a row narrower, and only an installation is a place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kaval.engine.formats import claimants
from kaval.engine.formats._spec import LeaseRow, Reading, SubscriberRow
from kaval.engine.formats.profile import TimeRule
from kaval.engine.formats.provider import lease_profiled, subscriber_profiled
from kaval.engine.kernel.instant import Precision
from tests.engine.formats.made_profiles import ist, made_profile, received

HEADER = ("Login", "PublicIP", "Ports", "PortEnd", "Inside", "From", "Till", "Secs", "Who", "Cell")
TIMES = {"start": ist("From"), "end": ist("Till")}
COLUMNS = {
    "customer_ref": "Login", "ip": "PublicIP", "port_low": "Ports", "port_high": "PortEnd", "inner_ip": "Inside",
    "name": "Who",
}  # fmt: skip
ROW = {
    "Login": "KD1", "PublicIP": "203.0.113.5", "Ports": "41000", "PortEnd": "41999", "Inside": "100.64.1.7",
    "From": "04/01/2026 00:15:10", "Till": "04/01/2026 07:30:00", "Secs": "60", "Who": "Biju", "Cell": "T-4",
}  # fmt: skip


def leases(
    *rows: dict[str, str],
    columns: dict[str, str] | None = None,
    times: dict[str, TimeRule] | None = None,
    layout: str = "csv",
) -> Reading[LeaseRow]:
    profile = made_profile(
        "lease",
        HEADER,
        columns=COLUMNS if columns is None else columns,
        times=TIMES if times is None else times,
        layout=layout,
    )
    file = received(profile, HEADER, rows)
    assert [m.SPEC.name for m in claimants(file, "provider")] == ["lease_profiled"]
    return lease_profiled.read(file)


@pytest.mark.parametrize("layout", ["csv", "xlsx", "json", "xml"])
def test_a_nat_row_is_the_same_lease_in_every_kind_of_table(layout: str) -> None:
    reading = leases(ROW, layout=layout)
    (row,) = reading.records
    assert reading.warnings == ()
    assert (row.customer_ref, row.address, row.port_low, row.port_high) == (
        "KD1",
        "203.0.113.5",
        41000,
        41999,
    )
    assert (row.inner, row.name, row.profile) == ("100.64.1.7", "Biju", "made-lease@3")
    assert row.start.utc == datetime(2026, 1, 3, 18, 45, 10, tzinfo=UTC)
    assert row.end is not None
    assert row.end.utc == datetime(2026, 1, 4, 2, 0, tzinfo=UTC)


def test_times_that_cannot_be_read_keep_the_row() -> None:
    reading = leases({**ROW, "From": "04/13/2026 00:15:10", "Till": "soon"})
    (row,) = reading.records
    assert row.start.utc is None
    assert row.end is not None
    assert row.end.utc is None
    assert [w.code for w in reading.warnings] == ["time_unknown", "time_unknown"]
    assert "13 April 2026" in reading.warnings[0].text


def test_an_empty_end_is_open_and_an_end_nobody_states_is_unknown() -> None:
    assert leases({**ROW, "Till": ""}).records[0].end is None
    end = leases(ROW, times={"start": TIMES["start"]}).records[0].end
    assert end is not None
    assert end.utc is None


@pytest.mark.parametrize("stated, end", [
    ("60", datetime(2026, 1, 3, 18, 46, 10, tzinfo=UTC)), ("60.9", datetime(2026, 1, 3, 18, 46, 10, tzinfo=UTC)),
    ("-60", None), ("1:00", None), ("9999999999", None),
])  # fmt: skip
def test_a_session_record_ends_after_its_duration(stated: str, end: datetime | None) -> None:
    columns, times = {**COLUMNS, "duration_s": "Secs"}, {"start": TIMES["start"]}
    reading = leases({**ROW, "Secs": stated}, columns=columns, times=times)
    found = reading.records[0].end
    assert found is not None
    assert found.utc == end
    assert [w.code for w in reading.warnings] == ([] if end else ["duration_unreadable"])
    assert leases({**ROW, "Secs": ""}, columns=columns, times=times).records[0].end is None


@pytest.mark.parametrize("low, high, expected", [
    ("", "", (None, None)), ("41822", "", (41822, 41822)), ("1024-2047", "", (1024, 2047)), ("x", "", (0, 0)),
    ("9", "2", (0, 0)),
])  # fmt: skip
def test_a_port_that_cannot_be_read_never_stands_for_the_whole_address(
    low: str, high: str, expected: tuple[int | None, int | None]
) -> None:
    (row,) = leases({**ROW, "Ports": low, "PortEnd": high}).records
    assert (row.port_low, row.port_high) == expected


def test_a_nat_row_without_ports_is_told() -> None:
    assert [w.code for w in leases({**ROW, "Ports": "", "PortEnd": ""}).warnings] == ["no_ports"]
    assert leases({**ROW, "Ports": "", "PortEnd": "", "Inside": ""}).warnings == ()


def test_a_delegated_prefix_keeps_its_length_and_two_unnamed_lines_are_two() -> None:
    first, second = leases(
        {**ROW, "PublicIP": "2001:DB8:1:AB00::/56", "Login": ""}, {**ROW, "Login": ""}
    ).records
    assert first.address == "2001:db8:1:ab00::/56"
    assert first.customer_ref != second.customer_ref


def test_a_day_without_a_clock_is_a_day() -> None:
    (row,) = leases({**ROW, "From": "04/01/2026"}).records
    assert row.start.precision is Precision.DAY


SUB = (
    "Code",
    "Name",
    "Kind",
    "House",
    "Ward",
    "Door",
    "Place",
    "Pin",
    "Line",
    "Lat",
    "Lon",
    "From",
    "To",
    "Install",
    "Bill",
)
SUB_COLUMNS = {
    "customer_ref": "Code", "name": "Name", "address_kind": "Kind", "house_name": "House", "ward": "Ward",
    "door_number": "Door", "locality": "Place", "pincode": "Pin", "segment": "Line", "latitude": "Lat",
    "longitude": "Lon",
}  # fmt: skip
SUB_ROW = {
    "Code": "K1", "Name": "Biju", "Kind": "Installation", "House": "Melebhavan", "Ward": "4", "Door": "12",
    "Place": "Neelavayal", "Pin": "690 001", "Line": "home", "Lat": "9.5", "Lon": "76.5", "From": "03/02/2024",
    "To": "04/02/2024",
}  # fmt: skip


def subscribers(columns: dict[str, str] | None = None, **changes: str) -> Reading[SubscriberRow]:
    profile = made_profile(
        "subscriber",
        SUB,
        columns=SUB_COLUMNS if columns is None else columns,
        times={"active_from": ist("From"), "active_to": ist("To")},
    )
    file = received(profile, SUB, [{**SUB_ROW, **changes}])
    assert [m.SPEC.name for m in claimants(file, "provider")] == ["subscriber_profiled"]
    return subscriber_profiled.read(file)


def test_an_installation_is_read_with_its_days_in_the_senders_zone() -> None:
    reading = subscribers()
    (row,) = reading.records
    assert reading.warnings == ()
    assert (row.address_kind, row.house_name, row.pincode, row.segment) == (
        "install",
        "Melebhavan",
        "690001",
        "HOME",
    )
    assert (row.latitude, row.longitude, row.profile) == (9.5, 76.5, "made-subscriber@3")
    assert row.active_from == datetime(2024, 2, 2, 18, 30, tzinfo=UTC)
    assert row.active_to == datetime(2024, 2, 4, 18, 29, 59, tzinfo=UTC)


@pytest.mark.parametrize("label, kind, codes", [
    ("BILLING", "billing", []), ("KYC", "kyc", []), ("", "unlabelled", []),
    ("Service", "unlabelled", ["address_unlabelled"]),
])  # fmt: skip
def test_only_what_is_called_an_installation_is_one(label: str, kind: str, codes: list[str]) -> None:
    reading = subscribers(Kind=label)
    assert [row.address_kind for row in reading.records] == [kind]
    assert [w.code for w in reading.warnings] == codes


def test_a_billing_address_beside_an_installation_is_a_record_that_is_no_place() -> None:
    columns = {
        "customer_ref": "Code",
        "name": "Name",
        "installation_address": "Install",
        "billing_address": "Bill",
    }
    both = subscribers(columns, Install="Melebhavan, Neelavayal 690001", Bill="Office, Town 690 002").records
    assert [(r.address_kind, r.locality, r.pincode) for r in both] == [
        ("install", "Melebhavan, Neelavayal 690001", "690001"), ("billing", "Office, Town 690 002", "690002"),
    ]  # fmt: skip
    assert [r.address_kind for r in subscribers(columns, Install="", Bill="Office").records] == ["billing"]


def test_an_unknown_line_is_not_a_home_and_unreadable_days_are_not_stated() -> None:
    reading = subscribers(Line="LODGE", From="99/99/2024", Lat="0", Lon="0")
    (row,) = reading.records
    assert (row.segment, row.active_from, row.latitude) == ("", None, None)
    assert sorted(w.code for w in reading.warnings) == [
        "position_unreadable",
        "segment_unknown",
        "time_unknown",
    ]
