"""Provider answers: the date order belongs to the profile, and nothing unreadable makes a row narrower."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeaseRow, Reading, ReceivedFile, SubscriberRow
from kaval.engine.formats.provider import (
    dot_ipdr_2013,
    dot_nat_2013,
    subscriber_lattice_csv,
    subscriber_ledger_csv,
)
from kaval.engine.kernel.instant import OffsetSource, Precision

IPDR = {
    "Name of User": "Biju", "User ID": "NL1", "IP Address Assigned": "198.51.100.7", "Static/Dynamic": "Dynamic",
    "Start Time (IST)": "00:15:10", "End Time (IST)": "07:30:00", "Start Date": "04/01/2026", "End Date": "04/01/2026",
}  # fmt: skip
NAT = {
    "Start Date and Time": "01:04:2026 00:15:10", "End Date and Time": "01:04:2026 07:30:00",
    "Source IP Address": "100.64.1.7", "Translated IP Address": "203.0.113.5", "Translated Port Start": "41000",
    "Translated Port End": "41999", "User ID": "KD1",
}  # fmt: skip


def text(columns: tuple[str, ...], rows: tuple[dict[str, str], ...], *, delimiter: str = ",") -> bytes:
    lines = [delimiter.join(columns), *(delimiter.join(row.get(c, "") for c in columns) for row in rows)]
    return "\n".join(lines).encode()


def ipdr(**changes: str) -> Reading[LeaseRow]:
    return dot_ipdr_2013.read(ReceivedFile("ipdr.csv", text(dot_ipdr_2013.COLUMNS, ({**IPDR, **changes},))))


def nat(**changes: str) -> Reading[LeaseRow]:
    return dot_nat_2013.read(ReceivedFile("nat.csv", text(dot_nat_2013.COLUMNS, ({**NAT, **changes},))))


def test_the_same_instant_in_both_date_orders_and_the_day_changes_between_utc_and_ist() -> None:
    for reading in (ipdr(), nat()):
        (row,) = reading.records
        assert row.start.utc == datetime(2026, 1, 3, 18, 45, 10, tzinfo=UTC)
        assert (row.start.offset_minutes, row.start.offset_source) == (330, OffsetSource.PROFILE)
        assert reading.warnings == ()


@pytest.mark.parametrize("reading", [
    ipdr(**{"Start Date": "01/13/2026"}), nat(**{"Start Date and Time": "13:01:2026 00:15:10"}),
])  # fmt: skip
def test_an_impossible_date_names_the_row_and_both_readings_and_is_not_guessed(
    reading: Reading[LeaseRow],
) -> None:
    (row,), (warning,) = reading.records, reading.warnings
    assert row.start.utc is None
    assert (warning.place, warning.code) == ("row 2", "date_impossible")
    assert "2026-01-13" in warning.text
    assert "impossible as" in warning.text


def test_an_empty_end_is_open_and_an_unreadable_end_is_unknown() -> None:
    assert ipdr(**{"End Date": "", "End Time (IST)": ""}).records[0].end is None
    end = ipdr(**{"End Date": "31/02/2026"}).records[0].end
    assert end is not None
    assert end.utc is None


def test_minutes_only_are_minute_precision() -> None:
    assert ipdr(**{"Start Time (IST)": "00:15"}).records[0].start.precision is Precision.MINUTE


def test_a_delegated_prefix_keeps_its_length() -> None:
    assert (
        ipdr(**{"IP Address Assigned": "2001:DB8:1:AB00::/56"}).records[0].address == "2001:db8:1:ab00::/56"
    )


@pytest.mark.parametrize("port, expected", [("", (None, None)), ("41822", (41822, 41822)), ("1024-2047", (1024, 2047)),
                                            ("x", (0, 0)), ("70000", (0, 0)), ("9-2", (0, 0))])  # fmt: skip
def test_a_port_that_cannot_be_read_never_stands_for_the_whole_address(
    port: str, expected: tuple[int | None, ...]
) -> None:
    row = ipdr(**{"Source Port of Public IP": port}).records[0]
    assert (row.port_low, row.port_high) == expected


def test_two_rows_without_a_customer_are_two_customers() -> None:
    content = text(dot_nat_2013.COLUMNS, ({**NAT, "User ID": ""}, {**NAT, "User ID": ""}))
    first, second = dot_nat_2013.read(ReceivedFile("nat.csv", content)).records
    assert first.customer_ref != second.customer_ref


@given(st.integers(0, 90 * 365 * 86_400))
def test_every_instant_written_by_the_profile_is_read_back(seconds: int) -> None:
    at = datetime(2000, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
    first = ipdr(
        **{
            "Start Date": f"{at:%d/%m/%Y}",
            "Start Time (IST)": f"{at:%H:%M:%S}",
            "End Date": "",
            "End Time (IST)": "",
        }
    )
    second = nat(**{"Start Date and Time": f"{at:%m:%d:%Y %H:%M:%S}", "End Date and Time": ""})
    assert first.records[0].start.utc == second.records[0].start.utc
    assert first.records[0].start.as_received == f"{at:%d/%m/%Y %H:%M:%S}"


def lattice(**changes: str) -> list[SubscriberRow]:
    row = {"SubscriberId": "NL1", "FullName": "Biju", "ConnectionType": "HOME", **changes}
    return list(
        subscriber_lattice_csv.read(
            ReceivedFile("s.csv", text(subscriber_lattice_csv.COLUMNS, (row,)))
        ).records
    )


def test_a_billing_address_never_becomes_an_installation() -> None:
    rows = lattice(BillingAddress="Melebhavan Neelavayal 690001", HouseName="Melebhavan")
    assert [(r.address_kind, r.house_name) for r in rows] == [("unlabelled", "Melebhavan"), ("billing", "")]
    assert rows[1].pincode == "690001"
    assert [r.address_kind for r in lattice(BillingAddress="Somewhere")] == ["billing"]
    assert [r.address_kind for r in lattice(InstallationAddress="A", BillingAddress="B")] == [
        "install",
        "billing",
    ]


def test_service_days_are_indian_days_and_last_to_their_end() -> None:
    (row,) = lattice(InstallationAddress="A", ActiveFrom="03-Feb-2024", ActiveTo="04-Feb-2024")
    assert row.active_from == datetime(2024, 2, 2, 18, 30, tzinfo=UTC)
    assert row.active_to == datetime(2024, 2, 4, 18, 29, 59, tzinfo=UTC)


def test_an_unknown_line_kind_or_label_is_not_a_home() -> None:
    assert lattice(InstallationAddress="A", ConnectionType="LODGE")[0].segment == ""
    content = text(
        subscriber_ledger_csv.COLUMNS,
        ({"cust_code": "K1", "addr_type": "SERVICE", "segment": "HOME"},),
        delimiter=";",
    )
    (row,) = subscriber_ledger_csv.read(ReceivedFile("s.csv", content)).records
    assert row.address_kind == "unlabelled"
