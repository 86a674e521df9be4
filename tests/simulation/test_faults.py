"""The fault worlds: every known way is there, each is real in the files, and nothing else is wrong beside it."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaval.cli.fault_scoring import compare, naive_doors
from kaval.engine.rules.attribution.rank import rank_at_least
from kaval.simulation import ForeignFolder
from kaval.simulation.faults import CLEAN, catalogue, mix_of, write_fault_world

REQUEST = (
    "request_day_month_swapped", "request_wrong_year", "request_one_hour_off", "request_utc_as_ist",
    "request_extra_digit", "request_transposed_digits", "request_wrong_port", "typed_by_one",
)  # fmt: skip
SOURCE = (
    "source_byte_changed", "source_never_sealed", "answer_never_sealed", "range_disputed",
    "answer_byte_changed", "platform_address", "proxy_header", "recipient_address",
    "role_not_stated", "address_damaged", "carrier_internal", "range_moved", "routing_contradicts", "vpn_range",
    "hosting_range", "relay_range", "roaming_range", "no_list_of_that_time", "own_line", "place_from_table", "too_old",
)  # fmt: skip
INSTANT = (
    "no_zone", "ambiguous_date", "twelve_hour_source", "repeated_hour_two_holders", "report_time", "file_time",
    "date_only_file", "epoch_zero", "time_of_not_stated", "after_the_report", "in_the_future",
    "before_the_account", "hour_with_two_holders", "day_without_clock",
)  # fmt: skip
LEASE = (
    "cgn_without_port", "port_zero", "port_outside_block", "answer_without_block", "lease_ends_soon",
    "lease_began_just_now", "lease_ended_before", "next_tenant", "two_holders_overlap", "lease_left_open",
    "prefix_without_length", "prefix_too_wide", "lower_half_only", "nat64", "static_line_ended",
)  # fmt: skip
REPLY = (
    "answer_to_the_minute", "line_kind_not_stated",
    "answer_about_another", "answer_in_utc", "answer_twelve_hour", "date_order_switched", "billing_address",
    "paper_address", "installation_ended", "number_given_again", "two_installations",
    "mobile_sim_only", "business_line", "hostel_line", "shared_flats",
    "second_reader_differs", "no_second_reader", "read_twice_by_one",
)  # fmt: skip
SUBJECT = (
    "another_house_verified", "no_answer_from_others", "only_a_location", "basis_not_stated", "explained_without_words",
    "lifted_by_the_analyst", "lifted_below_rank", "lifted_without_reason", "lifted_afterwards", "block_lifted",
    "one_alone_lifted_below_rank",
    "single_observation", "four_copies", "within_one_day", "seen_elsewhere_too", "wrong_customer_once", "no_other_link",
    "many_peers", "pieces_not_verified", "peer_not_stated", "registration_only", "house_not_found", "two_houses_match",
    "verified_long_ago", "not_verified", "moved_tenant", "moved_in_later", "moved_out_since", "open_wifi",
    "shared_wifi", "wifi_unknown", "stale_observation", "another_units_matter", "not_deconflicted",
    "child_holds_account", "likely_a_child", "searched_before",
)  # fmt: skip
BENIGN = (
    "minutes_in_a_long_lease", "summer_time_by_profile", "southern_zone_by_profile", "repeated_hour_one_holder",
    "month_first_nat_log", "renewed_at_once", "privacy_addresses", "new_template_accepted", "mobile_noise",
    "hosting_noise", "hold_overridden", "explained_contradiction", "typed_twice_blind", "sim_with_known_place",
    "viewed_by_a_person",
)  # fmt: skip
FAULTS = (*REQUEST, *SOURCE, *INSTANT, *LEASE, *REPLY, *SUBJECT)

# What oversight bodies and courts have published (law_and_procedure.md 3.1), and the kinds that stand for it.
DOCUMENTED = {
    "transposed digits": ("request_transposed_digits",),
    "day and month swapped": ("request_day_month_swapped",),
    "wrong year": ("request_wrong_year",),
    "zone entered wrongly": ("request_one_hour_off", "request_utc_as_ist"),
    "four addresses, billing address": ("billing_address",),
    "extra digit": ("request_extra_digit",),
    "12-hour provider": ("answer_twelve_hour",),
    "provider returned wrong data": ("wrong_customer_once", "answer_about_another"),
    "open Wi-Fi": ("open_wifi", "shared_wifi"),
    "exit of a relay": ("relay_range",),
    "business and flat": ("business_line", "shared_flats"),
    "stolen identity": ("registration_only",),
    "carrier NAT": ("cgn_without_port", "answer_without_block"),
    "date order of India's two lists": ("date_order_switched", "month_first_nat_log"),
    "lease ends 30 s after": ("lease_ends_soon",),
    "moved tenant": ("moved_tenant", "moved_in_later"),
}
# Here the naive resolver must be led astray, or the fault is none.
MISLEADING = frozenset(
    {
        *REQUEST, "platform_address", "proxy_header", "recipient_address", "address_damaged", "carrier_internal",
        "range_moved", "routing_contradicts", "vpn_range", "own_line", "no_zone", "ambiguous_date",
        "twelve_hour_source", "repeated_hour_two_holders", "report_time", "date_only_file", "hour_with_two_holders",
        "cgn_without_port", "answer_without_block", "lease_ended_before", "lease_left_open", "prefix_too_wide",
        "lower_half_only", "static_line_ended", "answer_twelve_hour", "billing_address", "paper_address",
        "business_line", "two_installations", "number_given_again", "moved_tenant", "open_wifi", "child_holds_account",
        "registration_only", "mobile_sim_only", "wrong_customer_once",
    }
    - {"typed_by_one", "request_wrong_port"}
)  # fmt: skip
TRAINING = [
    ip_network(text)
    for text in (
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32", "3fff::/20",
        "100.64.0.0/10",
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("faults") / "world"
    return write_fault_world(operation="small", seed=5, out=out, faults="all", observations=520).path


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";" if path.read_bytes()[:40].count(b";") else ","))


def _truth(world: Path, name: str = "faults") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (world / "truth" / f"{name}.jsonl").read_text().splitlines()]


def _observations(world: Path) -> list[dict[str, str]]:
    return [row for path in sorted((world / "observations").iterdir()) for row in _table(path)]


def test_the_catalogue_is_complete() -> None:
    assert {one.kind for one in catalogue() if not one.benign} == set(FAULTS)
    assert {one.kind for one in catalogue() if one.benign} == set(BENIGN)
    assert len(FAULTS) >= 45


def test_every_documented_cause_has_its_kind() -> None:
    for what, kinds in DOCUMENTED.items():
        assert kinds, what
        assert set(kinds) <= {*FAULTS, *BENIGN}, what


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.kind)
def test_an_entry_says_what_happened_where_it_stands_and_who_must_speak(one: Any) -> None:
    assert one.what.endswith(".")
    assert one.source
    assert all(re.fullmatch(r"A-\d\d", check) for check in one.causes)
    assert one.benign is not bool(one.causes)
    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{one.kind}` |"))
    assert one.what in row
    assert all(check in row for check in one.causes)


def test_every_kind_is_in_a_small_world(world: Path) -> None:
    told = Counter(row["fault"] for row in _truth(world))
    assert set(told) == {None, *FAULTS, *BENIGN}


def test_a_faulty_observation_names_its_causes_and_a_sound_one_names_none(world: Path) -> None:
    causes = {one.kind: set(one.causes) for one in catalogue()}
    for row in _truth(world):
        assert row["attributable"] is not bool(row["cause"])
        if row["fault"] in FAULTS:
            assert set(row["cause"]) == causes[row["fault"]]
            assert not row["attributable"]


def test_an_observation_that_can_be_attributed_has_its_request_answer_and_second_reading(world: Path) -> None:
    asked = {row["observation_id"] for row in _table(world / "profiles" / "requests.csv")}
    read = {
        row["observation_id"]: (row["isp_id"], row["customer_ref"])
        for row in _table(world / "profiles" / "second_readings.csv")
    }
    for row in _truth(world):
        if row["attributable"]:
            assert row["observation"] in asked
            assert read[row["observation"]] == (row["isp_id"], row["customer_ref"])


def test_the_naive_resolver_is_right_where_nothing_is_wrong_and_misled_where_it_should_be(
    world: Path,
) -> None:
    kinds = compare(world, [])["kinds"]
    assert kinds["(sound)"]["naive_wrong"] == 0
    for kind in BENIGN:
        if kind not in ("mobile_noise", "explained_contradiction", "hosting_noise"):
            assert kinds[kind]["naive_wrong"] == 0, kind
    for kind in MISLEADING:
        assert kinds[kind]["naive_wrong"] > 0, kind


def test_behind_every_name_in_an_answer_stands_a_home(world: Path) -> None:
    homes = {row["household_id"] for row in _truth(world, "households")}
    lines = _truth(world, "lines")
    known = {(row["isp_id"], row["customer_ref"]) for row in lines}
    assert {row["household_id"] for row in lines} <= homes
    verified = {(r["isp_id"], r["customer_ref"]) for r in _table(world / "profiles" / "ground.csv")}
    unverified = {
        (row["isp_id"], row["customer_ref"]) for row in _truth(world) if row["fault"] == "not_verified"
    }
    assert known - verified <= unverified
    assert {door.customer for _, door in naive_doors(world)} <= known


def test_neighbours_stand_beside_most_observations(world: Path) -> None:
    customers = defaultdict(set)
    for path in (world / "answers").glob("*/*.csv"):
        if not path.name.startswith("subscribers"):
            for row in _table(path):
                address = row.get("IP Address Assigned") or row["Translated IP Address"]
                customers[address].add(row["User ID"])
    assert sum(len(found) > 1 for found in customers.values()) > len(customers) * 0.6


def test_all_addresses_are_documentation_or_benchmark_addresses(world: Path) -> None:
    texts = {row["ip"] for row in _observations(world) if not re.search(r"(^|\.)0\d", row["ip"])}
    texts |= {row["ip"] for row in _table(world / "profiles" / "requests.csv")}
    for text in texts:
        assert any(
            ip_address(text) in network for network in TRAINING if network.version == ip_address(text).version
        )


def test_only_the_seal_tells_that_a_byte_was_changed(world: Path) -> None:
    broken: Counter[str] = Counter()
    for row in _table(world / "profiles" / "seals.csv"):
        path = world / row["path"] if "/" in row["path"] and not row["path"].startswith("lists/") else None
        path = path or world / "profiles" / row["path"]
        broken[path.parts[-2 if path.parts[-2] == "observations" else -3]] += (
            hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]
        )
    assert broken["observations"] >= 1
    assert broken["answers"] >= 1
    assert sum(broken.values()) == broken["observations"] + broken["answers"]


def test_files_stand_in_the_manifest_as_they_are(world: Path) -> None:
    manifest = json.loads((world / "manifest.json").read_text())
    files = {path.relative_to(world).as_posix() for path in world.rglob("*") if path.is_file()}
    assert files == {row["path"] for row in manifest["files"]} | {"manifest.json"}
    for row in manifest["files"]:
        assert hashlib.sha256((world / row["path"]).read_bytes()).hexdigest() == row["sha256"]


def test_who_lifts_a_hold_has_the_rank_and_is_not_the_analyst(world: Path) -> None:
    analyst = json.loads((world / "profiles" / "case.json").read_text())["analyst_id"]
    rows = _table(world / "profiles" / "overrides.csv")
    kind = {row["subject"]: row["kind"] for row in _truth(world, "subjects")}
    right = [row for row in rows if kind[row["subject"]] == "hold_overridden"]
    assert right
    assert len(right) < len(rows)
    for row in right:
        assert rank_at_least(row["rank"], "SI")
        assert row["by"] != analyst
        assert row["reason"]


def test_same_arguments_same_bytes_and_another_seed_other_bytes(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> dict[str, bytes]:
        out = tmp_path / name
        write_fault_world(operation="small", seed=seed, out=out, faults="all", observations=120)
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}

    first = made("a", 3)
    assert made("b", 3) == first
    assert made("c", 4) != first


def test_a_world_is_whole_or_not_there_and_nothing_foreign_is_touched(tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"operation": "small", "seed": 1, "faults": "none", "observations": 6}
    out = tmp_path / "world"
    assert write_fault_world(out=out, **arguments).written
    assert not write_fault_world(out=out, **arguments).written
    (out / "truth" / "faults.jsonl").unlink()
    assert write_fault_world(out=out, **arguments).written
    assert (out / "truth" / "faults.jsonl").is_file()
    assert write_fault_world(out=out, **arguments | {"seed": 2}).written
    (out / "mine.txt").write_text("kept")
    with pytest.raises(ForeignFolder):
        write_fault_world(out=out, **arguments)
    assert (out / "mine.txt").read_text() == "kept"


def test_a_mix_is_all_none_kinds_or_weights() -> None:
    assert mix_of("none") == {CLEAN: 1.0}
    assert set(mix_of("all")) == {CLEAN, *FAULTS, *BENIGN}
    assert mix_of("no_zone, too_old=3,clean=0.5") == {"no_zone": 1.0, "too_old": 3.0, CLEAN: 0.5}


@pytest.mark.parametrize(
    "text", ["", " , ", "no_such_kind", "no_zone=0", "no_zone=-1", "no_zone=many", "no_zone=nan"]
)
def test_a_mix_nobody_can_mean_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"kind|weight"):
        mix_of(text)


@settings(max_examples=5, deadline=None)
@given(
    st.dictionaries(st.sampled_from((*FAULTS, *BENIGN)), st.integers(1, 5), min_size=1, max_size=5),
    st.integers(0, 99),
)
def test_the_mix_decides_what_is_in_the_world(
    tmp_path_factory: pytest.TempPathFactory, mix: dict[str, int], seed: int
) -> None:
    out = tmp_path_factory.mktemp("mix") / "world"
    faults = ",".join(f"{kind}={weight}" for kind, weight in mix.items())
    made = write_fault_world(operation="small", seed=seed, out=out, faults=faults, observations=30)
    assert {row["kind"] for row in _truth(out, "subjects")} <= set(mix)
    assert 30 <= made.observations == len(_truth(out)) < 30 + 4 * 4 * 4
