"""Joining the same report by another way: nothing held is lost, order does not matter, contradictions are
shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.engine.formats._spec import FileRecord, IdentifierRecord, LeadRecord, ObservationRecord
from kaval.engine.kernel.instant import StatedTime, parse_iso
from kaval.engine.rules.leads import Difference, Joined, join, rank_of

T1, T2 = "2024-01-04T18:45:10Z", "2024-01-04T19:00:00Z"
A1, A2 = "192.0.2.44", "198.51.100.9"
MD5 = (
    "d41d8cd98f00b204e9800998ecf8427e",
    "0cc175b9c0f1b6a831c399e269772661",
    "92eb5ffee6ae2fec3ad71c777531578f",
)
SHA1 = ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8")


def seen(ip: str = A1, port: int | None = 51234, time: str = T1, **more: Any) -> ObservationRecord:
    return ObservationRecord(
        ip, port, "", parse_iso(time), more.pop("event", "Login"), more.pop("role", "client"), "/x", **more
    )


def named(value: str = "demo1@example.org", kind: str = "email", **more: Any) -> IdentifierRecord:
    return IdentifierRecord(
        kind, value, more.pop("scope", ""), more.pop("party", "reported"), more.pop("locator", "/x"), **more
    )


def file(
    name: str = "pattern-0001", *hashes: tuple[str, str], viewed: bool | None = None, **more: Any
) -> FileRecord:
    return FileRecord(name, hashes, viewed, more.get("tags", ()), "/x")


def lead(**parts: Any) -> LeadRecord:
    plain: dict[str, Any] = {
        "source_system": "ncmec",
        "source_id": "7",
        "kind": "cybertip",
        "title": "CyberTip 7",
        "incident": None,
        "observations": (),
        "identifiers": (),
        "files": (),
        "signals": (),
    }
    return LeadRecord(**(plain | parts))


def joined(held: LeadRecord, arrived: LeadRecord, *, ranks: tuple[int, int] = (1, 1)) -> Joined[LeadRecord]:
    return join(held, arrived, held_rank=ranks[0], arrived_rank=ranks[1])


# ---------------------------------------------------------------- laws

times = st.sampled_from([T1, T2, "2024-01-05T00:15:10+05:30", "2024-01-04T18:45:10", ""]).map(parse_iso)
observations = st.builds(
    ObservationRecord,
    ip=st.sampled_from([A1, A2, "2001:db8::44", "2001:DB8:0::44"]),
    port=st.sampled_from([None, 51234, 51235]),
    transport=st.just(""),
    time=times,
    event=st.sampled_from(["", "Login", "Unknown"]),
    role=st.sampled_from(["client", "victim", "mentioned", "proxy"]),
    locator=st.sampled_from(["/a", "/b"]),
    origin=st.sampled_from(["field", "free_text"]),
    confidence=st.sampled_from(["", "high", "medium", "low"]),
)
mentions = st.builds(
    IdentifierRecord,
    kind=st.sampled_from(["email", "handle", "esp_account", "strange"]),
    value=st.sampled_from(["demo1@example.org", "Demo1@Example.ORG", "@River_Otter", "river_otter"]),
    scope=st.sampled_from(["", "Example Chat", "example  chat"]),
    party=st.sampled_from(["reported", "victim", "mentioned"]),
    locator=st.just("/a"),
    origin=st.sampled_from(["field", "free_text"]),
    confidence=st.sampled_from(["", "low"]),
)


@st.composite
def named_files(draw: st.DrawFn) -> tuple[FileRecord, ...]:
    """Some of three files, each told with its MD5 and more or less of the rest."""
    chosen = draw(st.lists(st.sampled_from((0, 1)), unique=True))
    return tuple(
        FileRecord(
            draw(st.sampled_from((f"pattern-{n}", ""))),
            (("md5", MD5[n]), ("sha1", SHA1[n])) if draw(st.booleans()) else (("md5", MD5[n]),),
            draw(st.sampled_from((True, False, None))),
            tuple(draw(st.lists(st.sampled_from(("viral", "infant")), unique=True))),
            "/x",
        )
        for n in chosen
    )


texts = st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(["", "one", "two"]), max_size=2)
leads = st.builds(
    LeadRecord,
    source_system=st.just("ncmec"),
    source_id=st.just("7"),
    kind=st.just("cybertip"),
    title=st.sampled_from(["", "CyberTip 7", "CyberTip 7: CSEAM", "Row 7"]),
    incident=st.none() | times,
    observations=st.lists(observations, max_size=5).map(tuple),
    identifiers=st.lists(mentions, max_size=5).map(tuple),
    files=named_files(),
    signals=st.lists(st.sampled_from(["viral", "escalated", "several_reported"]), unique=True).map(tuple),
    fields=texts,
    restricted=texts,
    handling=st.sampled_from(["", "referral", "informational"]),
)


def address(ip: str) -> str:
    return "2001:db8::44" if ":" in ip else ip


def instant(time: StatedTime) -> Any:
    return time.utc or time.as_received


def what_is_seen(record: LeadRecord) -> set[Any]:
    words = {"Unknown": ""}
    return {
        (address(o.ip), instant(o.time), o.port, o.role, words.get(o.event, o.event))
        for o in record.observations
    }


def what_is_named(record: LeadRecord) -> set[Any]:
    def value(i: IdentifierRecord) -> str:
        plain = i.value.casefold() if i.kind in ("email", "handle") else i.value
        return plain.lstrip("@") if i.kind == "handle" else plain

    return {(i.kind, value(i), " ".join(i.scope.casefold().split()), i.party) for i in record.identifiers}


def what_files(record: LeadRecord) -> set[Any]:
    return {(frozenset(f.hashes), frozenset(f.tags)) for f in record.files}


def everything(record: LeadRecord) -> tuple[Any, ...]:
    return what_is_seen(record), what_is_named(record), what_files(record), set(record.signals)


def contained(smaller: tuple[Any, ...], larger: tuple[Any, ...]) -> bool:
    """True when every part is equal or says less (nothing, or `mentioned`)."""
    return all(a in (None, "", "mentioned", b) for a, b in zip(smaller, larger, strict=True))


@settings(max_examples=60)
@given(held=leads, arrived=leads, ranks=st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_nothing_held_is_lost(held: LeadRecord, arrived: LeadRecord, ranks: tuple[int, int]) -> None:
    result = joined(held, arrived, ranks=ranks)
    now = result.record
    for mine, theirs in ((what_is_seen(r), what_is_seen(now)) for r in (held, arrived)):
        assert all(any(contained(m, t) for t in theirs) for m in mine)
    for mine, theirs in ((what_is_named(r), what_is_named(now)) for r in (held, arrived)):
        assert all(any(contained(m, t) for t in theirs) for m in mine)
    for record in (held, arrived):
        pairs = {pair for f in now.files for pair in f.hashes}
        assert {pair for f in record.files for pair in f.hashes} <= pairs
        assert set(record.signals) <= set(now.signals)
        assert set(record.fields) <= set(now.fields)
        assert set(record.restricted) <= set(now.restricted)
    shown = {(d.held, d.arrived) for d in result.differences}
    for key, value in held.fields.items():
        assert now.fields[key] == value or value == "" or (value, now.fields[key]) in shown
    if now.handling != held.handling:
        assert held.handling == "" or (held.handling, now.handling) in shown


@settings(max_examples=60)
@given(record=leads)
def test_the_same_record_again_adds_nothing_and_contradicts_nothing(record: LeadRecord) -> None:
    result = joined(record, record)
    assert not result.added
    assert result.differences == ()
    assert result.record.fields == record.fields


@settings(max_examples=60)
@given(held=leads, arrived=leads)
def test_what_was_joined_once_adds_nothing_the_second_time(held: LeadRecord, arrived: LeadRecord) -> None:
    once = joined(held, arrived).record
    twice = joined(once, arrived)
    assert not twice.added
    assert everything(twice.record) == everything(once)


@settings(max_examples=60)
@given(one=leads, other=leads, ranks=st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_the_order_of_arrival_does_not_matter(
    one: LeadRecord, other: LeadRecord, ranks: tuple[int, int]
) -> None:
    here = joined(one, other, ranks=ranks)
    there = joined(other, one, ranks=(ranks[1], ranks[0]))
    assert everything(here.record) == everything(there.record)
    assert sorted((d.part, d.restricted) for d in here.differences if "field" in d.part) == sorted(
        (d.part, d.restricted) for d in there.differences if "field" in d.part
    )
    if ranks[0] != ranks[1]:
        assert here.record.handling == there.record.handling
        assert {k: v for k, v in here.record.fields.items() if v} == {
            k: v for k, v in there.record.fields.items() if v
        }


@settings(max_examples=60)
@given(one=leads, other=leads, third=leads)
def test_addresses_and_identifiers_do_not_depend_on_which_two_were_joined_first(
    one: LeadRecord, other: LeadRecord, third: LeadRecord
) -> None:
    left = joined(joined(one, other).record, third).record
    right = joined(one, joined(other, third).record).record
    assert (what_is_seen(left), what_is_named(left)) == (what_is_seen(right), what_is_named(right))


# ---------------------------------------------------------------- addresses


def test_a_port_that_was_missing_is_added_and_is_no_difference() -> None:
    result = joined(lead(observations=(seen(port=None),)), lead(observations=(seen(port=51234),)))
    assert [o.port for o in result.added.observations] == [51234]
    assert [o.port for o in result.record.observations] == [51234]
    assert result.differences == ()


def test_two_ports_at_one_instant_are_both_held_and_shown() -> None:
    result = joined(lead(observations=(seen(port=1),)), lead(observations=(seen(port=2),)))
    assert [o.port for o in result.record.observations] == [1, 2]
    assert result.differences == (Difference(f"port of {A1} at {T1}", "1", "2", False),)


def test_a_time_that_differs_for_one_login_is_shown_and_two_logins_are_two_logins() -> None:
    first, second = seen(time=T1), seen(time=T2)
    result = joined(lead(observations=(first,)), lead(observations=(second,)))
    assert result.differences == (Difference(f"time of {A1} (Login)", T1, T2, False),)
    assert len(result.record.observations) == 2
    assert joined(lead(observations=(first,)), lead(observations=(first, second))).differences == ()


def test_a_minute_and_a_second_within_it_contradict_nothing() -> None:
    coarse, fine = seen(time="2024-01-04T18:45Z"), seen(time=T1)
    assert joined(lead(observations=(coarse,)), lead(observations=(fine,))).differences == ()


def test_whose_an_address_is_is_never_merged_and_a_victims_address_is_restricted() -> None:
    result = joined(lead(observations=(seen(),)), lead(observations=(seen(role="victim"),)))
    assert sorted(o.role for o in result.record.observations) == ["client", "victim"]
    (difference,) = result.differences
    assert difference.restricted
    assert A1 not in difference.part


def test_an_address_from_free_text_adds_nothing_to_the_same_address_from_a_field() -> None:
    text = seen(origin="free_text", role="mentioned", event="")
    assert not joined(lead(observations=(seen(),)), lead(observations=(text,))).added
    later = joined(lead(observations=(text,)), lead(observations=(seen(),)))
    assert [(o.origin, o.role) for o in later.record.observations] == [("field", "client")]


# ---------------------------------------------------------------- identifiers


@pytest.mark.parametrize(
    "held, arrived, kept",
    [
        (named(confidence="low"), named(confidence="high"), "high"),
        (named(confidence="medium"), named(), ""),
        (named(), named(confidence="high"), ""),
        (named(origin="free_text"), named(confidence="low"), "low"),
        (named(confidence="low"), named(origin="free_text"), "low"),
    ],
)
def test_the_surer_origin_is_kept_and_is_no_difference(
    held: IdentifierRecord, arrived: IdentifierRecord, kept: str
) -> None:
    result = joined(lead(identifiers=(held,)), lead(identifiers=(arrived,)))
    assert [i.confidence for i in result.record.identifiers] == [kept]
    assert [i.origin for i in result.record.identifiers] == ["field"]
    assert (bool(result.added), result.differences) == (False, ())


def test_a_value_given_to_a_victim_by_one_way_is_restricted_and_stays_both() -> None:
    result = joined(lead(identifiers=(named(),)), lead(identifiers=(named(party="victim"),)))
    assert {i.party for i in result.record.identifiers} == {"reported", "victim"}
    (difference,) = result.differences
    assert (difference.part, difference.restricted) == ("whose email it is", True)
    assert "victim" in difference.arrived


# ---------------------------------------------------------------- files


def test_a_file_is_known_by_a_digest_whatever_it_is_called() -> None:
    result = joined(
        lead(files=(file("s-1", ("md5", MD5[0])),)),
        lead(files=(file("00a1", ("sha1", SHA1[0]), ("md5", MD5[0]), viewed=False),)),
    )
    (kept,) = result.record.files
    assert (kept.name, dict(kept.hashes), kept.viewed_by_esp) == (
        "s-1",
        {"md5": MD5[0], "sha1": SHA1[0]},
        False,
    )
    assert result.added.fields == ("file s-1: viewed by provider",)
    assert result.differences == ()


@pytest.mark.parametrize("ranks, stands", [((0, 1), True), ((1, 0), False), ((1, 1), True)])
def test_viewed_by_the_provider_or_not_is_shown_and_the_better_rank_stands(
    ranks: tuple[int, int], stands: bool
) -> None:
    mine, theirs = (lead(files=(file("pattern-0001", ("md5", MD5[0]), viewed=v),)) for v in (True, False))
    result = joined(mine, theirs, ranks=ranks)
    assert result.record.files[0].viewed_by_esp is stands
    assert result.differences == (Difference("file pattern-0001: viewed by provider", "yes", "no", False),)


def test_one_name_with_two_digests_is_two_files_and_is_shown() -> None:
    result = joined(lead(files=(file("s-1", ("md5", MD5[0])),)), lead(files=(file("s-1", ("md5", MD5[1])),)))
    assert len(result.record.files) == 2
    assert result.differences == (Difference("file s-1: md5", MD5[0], MD5[1], False),)


def test_the_providers_class_that_differs_is_shown() -> None:
    one, two = (file("s-1", ("md5", MD5[0]), tags=(f"esp_class_{c}",)) for c in ("a1", "b2"))
    result = joined(lead(files=(one,)), lead(files=(two,)))
    assert result.differences == (Difference("file s-1: class given by provider", "A1", "B2", False),)


# ---------------------------------------------------------------- scalar parts


@pytest.mark.parametrize(
    "make, part, restricted",
    [
        (lambda v: lead(title=v), "title", False),
        (lambda v: lead(handling=v), "handling", False),
        (lambda v: lead(fields={"platform": v}), "field platform", False),
        (lambda v: lead(restricted={"url": v}), "restricted field url", True),
    ],
)
def test_a_scalar_that_differs_is_shown_and_the_better_rank_stands(
    make: Callable[[str], LeadRecord], part: str, restricted: bool
) -> None:
    held, arrived = make("referral"), make("informational")
    expected = (Difference(part, "referral", "informational", restricted),)
    for ranks, stands in (((0, 1), held), ((1, 0), arrived), ((1, 1), held)):
        result = joined(held, arrived, ranks=ranks)
        assert result.differences == expected
        assert result.record == stands
        assert not result.added


def test_a_handling_that_was_not_stated_is_added() -> None:
    result = joined(lead(), lead(handling="referral"))
    assert (result.record.handling, result.added.fields, result.differences) == (
        "referral",
        ("handling",),
        (),
    )
    assert joined(lead(handling="referral"), lead()).record.handling == "referral"


def test_incident_times_that_are_one_instant_contradict_nothing_and_others_do() -> None:
    utc, ist, later = (lead(incident=parse_iso(t)) for t in (T1, "2024-01-05T00:15:10+05:30", T2))
    assert joined(utc, ist).differences == ()
    assert joined(utc, later).differences == (Difference("incident time", T1, T2, False),)
    unknown = lead(incident=parse_iso("2024-01-04T18:45:10"))
    assert joined(unknown, utc, ranks=(0, 3)).record.incident == utc.incident
    assert joined(unknown, utc).added.fields == ("incident time",)


def test_a_title_that_only_says_more_replaces_the_shorter_one() -> None:
    result = joined(lead(title="CyberTip 7"), lead(title="CyberTip 7: CSEAM"), ranks=(0, 3))
    assert (result.record.title, result.differences) == ("CyberTip 7: CSEAM", ())


def test_details_of_a_file_join_their_report_without_speaking_for_it() -> None:
    part = lead(
        kind="cybertip_file", title="CyberTip 7: file 00a1", files=(file("00a1"),), signals=("viral",)
    )
    report = lead(incident=parse_iso(T1))
    for result in (joined(report, part), joined(part, report)):
        assert (result.record.kind, result.record.title) == ("cybertip", "CyberTip 7")
        assert result.record.incident == report.incident
        assert result.differences == ()
        assert [f.name for f in result.record.files] == ["00a1"]


def test_two_records_of_one_account_each_do_not_become_several_reported() -> None:
    one, other = (lead(identifiers=(named(v),)) for v in ("demo1@example.org", "demo2@example.org"))
    assert "several_reported" not in joined(one, other).record.signals


def test_how_a_report_was_read_is_no_difference() -> None:
    one, other = (lead(fields={"report_number_from": v}) for v in ("file name", "reportId"))
    assert joined(one, other).differences == ()


def test_ranks_of_ways_of_arrival() -> None:
    names = ["ncmec_le_json", "ncmec_report_xml", "ncmec_le_pdf", "ncrb_list_csv", "p2p_lead_csv"]
    assert [rank_of(name) for name in names] == [0, 1, 2, 3, 1]


def test_a_large_report_joins_in_linear_time() -> None:
    many, others = (
        tuple(
            seen(port=p + n % 20_000, time=f"2024-01-04T10:{n % 60:02d}:{n % 59:02d}Z") for n in range(1500)
        )
        for p in (1024, 30_000)
    )
    record = lead(observations=many)
    again = joined(record, replace(record, locator="/y"))
    assert (bool(again.added), again.differences) == (False, ())
    result = joined(record, lead(observations=others))
    assert len(result.record.observations) == 3000
    assert {d.part.split()[0] for d in result.differences} == {"port"}
