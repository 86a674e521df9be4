"""Facts are taken from the reported party alone, from every reader that names one, and never from a doubtful report."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import IdentifierRecord, LeadRecord, ReceivedFile
from kaval.engine.formats.intake import ncmec_le_json, ncmec_report_xml
from kaval.engine.rules.linking.facts import Facts, birth_of, facts_of, tail_of
from kaval.engine.rules.linking.places import Place, place_of

PERSON = """<firstName>{first}</firstName><lastName>Puthenveedu</lastName><phone>XXXXXX2345</phone>
<address type="Home"><address>Puthenveedu, Door 519C</address><city>Chembakara</city><zipCode>682107</zipCode></address>
<dateOfBirth>1974-08-26</dateOfBirth>"""
REPORT = """<report><incidentSummary><incidentType>Online Enticement of Children for Sexual Acts</incidentType>
<platform>Example Chat</platform></incidentSummary>
<personOrUserReported><personOrUserReportedPerson>{reported}</personOrUserReportedPerson>{more}
<displayName>Blue Kite</displayName>
<associatedAccount type="Linked"><firstName>Bindu</firstName><dateOfBirth>1990-02-02</dateOfBirth></associatedAccount>
</personOrUserReported>
<intendedRecipient><intendedRecipientPerson>{other}</intendedRecipientPerson></intendedRecipient>
<victim><victimPerson>{other}</victimPerson></victim></report>"""


def read_xml(*, reported: str, more: str = "", other: str = "") -> LeadRecord:
    text = REPORT.format(reported=reported, more=more, other=other)
    return ncmec_report_xml.read(ReceivedFile("CT-190000001.xml", text.encode())).records[0]


def lead(
    *identifiers: IdentifierRecord, signals: tuple[str, ...] = (), fields: dict[str, str] | None = None
) -> LeadRecord:
    return LeadRecord("tip", "1", "tip", "", None, (), identifiers, (), signals, fields or {})


def named(kind: str, value: str, *, party: str = "reported") -> IdentifierRecord:
    return IdentifierRecord(kind, value, "", party, "/")


EXPECTED = Facts(
    ("Anil Puthenveedu",),
    ("1974-08-26",),
    (Place("Puthenveedu", "", "519c", "Chembakara", "682107", ""),),
    ("2345",),
)


def test_the_reported_person_of_a_cybertip_and_nobody_else() -> None:
    other = PERSON.format(first="Somebody").replace("1974", "2012")
    assert facts_of(read_xml(reported=PERSON.format(first="Anil"), other=other)) == EXPECTED


def test_a_report_that_names_only_others_says_nothing() -> None:
    assert facts_of(read_xml(reported="", other=PERSON.format(first="Somebody"))) == Facts()


def test_a_taken_over_account_says_nothing_of_its_person() -> None:
    report = read_xml(
        reported=PERSON.format(first="Anil"), more="<compromisedAccount>true</compromisedAccount>"
    )
    assert facts_of(report) == Facts()


def test_a_report_about_several_says_nothing_of_one() -> None:
    assert facts_of(lead(named("name", "Anil P"), signals=("several_reported",))) == Facts()


def test_the_download_for_police_says_the_same() -> None:
    text = """{"reportId": "190000001", "reportedInformation": {"reportedPeople": {"reportedPersons": [
      {"firstName": "Anil", "lastName": "Puthenveedu", "dateOfBirth": "1974-08-26T00:00:00Z",
       "phones": {"phones": [{"value": "******2345"}]},
       "addresses": {"addresses": [{"street1": "Puthenveedu, Door 519C", "city": "Chembakara", "postalCode": "682107"}]}
      }]}, "victims": {"victims": [{"firstName": "Somebody", "dateOfBirth": "2012-01-02"}]}}}"""
    record = ncmec_le_json.read(ReceivedFile("CT-190000001.json", text.encode())).records[0]
    assert facts_of(record) == EXPECTED


def test_what_the_page_layout_keeps_of_the_reported_person() -> None:
    fields = {
        "Section A/reported/Date of Birth": "26/08/1974",
        "Section A/reported/Address": "Puthenveedu, Door 519C, Chembakara 682107",
        "Section A/victim/Date of Birth": "2012-01-02",
        "Section B/located/Address": "Somewhere, 673001",
    }
    assert (
        facts_of(lead(named("name", "Anil Puthenveedu"), named("phone", "XX2345"), fields=fields)) == EXPECTED
    )


def test_identifiers_of_the_reported_party_in_any_format() -> None:
    found = facts_of(
        lead(
            named("name", "  Anil   P "),
            named("name", "unknown"),
            named("name", "Bindu", party="reporter"),
            named("phone", "+91 98460 12345"),
            named("phone", "+91 98460 99999", party="victim"),
        )
    )
    assert found == Facts(names=("Anil P",), tails=("2345",))


@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                f"personOrUserReported/personOrUserReportedPerson/{last}"
                for last in (
                    "firstName",
                    "dateOfBirth",
                    "age",
                    "address/address",
                    "address[2]/zipCode",
                    "address",
                )
            ]
        ),
        st.text(max_size=60),
    )
)
def test_whatever_stands_in_the_fields_becomes_facts(fields: dict[str, str]) -> None:
    found = facts_of(lead(fields=fields))
    assert all(len(born) in (4, 10) for born in found.births)
    assert found.places == tuple(sorted(set(found.places)))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("1974-08-26", "1974-08-26"),
        ("1974-08-26+05:30", "1974-08-26"),
        ("26.8.1974", "1974-08-26"),
        ("5/8/1974", "1974"),  # day first or month first: nobody knows
        ("8/8/1974", "1974-08-08"),
        ("1974-02-30", ""),
        ("1900-01-01", ""),
        ("yesterday", ""),
    ],
)
def test_dates_of_birth(text: str, expected: str) -> None:
    assert birth_of(text) == expected


@pytest.mark.parametrize(
    "number, expected",
    [("XXXXXX2345", "2345"), ("+91-98460 12345", "2345"), ("*****345", ""), ("2345", ""), ("XXXXXX0000", "")],
)
def test_ends_of_telephone_numbers(number: str, expected: str) -> None:
    assert tail_of(number) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "Vakaparambu, Door 519C, Ward 12, Aluva, Kerala 682107",
            ("Vakaparambu", "12", "519c", "Aluva", "682107"),
        ),
        ("XII/345 A, Nila, Kollam 691 001", ("Nila", "12", "345a", "Kollam", "691001")),
        ("TC 25/1234, Statue", ("", "25", "1234", "Statue", "")),
        ("C/o Raman, Melethara House, Ward No. 4", ("Melethara House", "4", "", "", "")),
        ("Puthenveedu", ("Puthenveedu", "", "", "", "")),
        ("Kollam", ("", "", "", "Kollam", "")),
    ],
)
def test_addresses_are_taken_apart(text: str, expected: tuple[str, ...]) -> None:
    place = place_of(text=text)
    assert (place.house, place.ward, place.door, place.locality, place.pincode) == expected
    assert place.text == ""


@given(text=st.text(max_size=120), locality=st.text(max_size=30), pincode=st.text(max_size=10))
def test_any_address_is_read(text: str, locality: str, pincode: str) -> None:
    place = place_of(text=text, locality=locality, pincode=pincode)
    assert place.pincode == "" or len(place.pincode) == 6
