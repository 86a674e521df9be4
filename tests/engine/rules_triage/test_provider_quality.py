"""For a letter to a provider: which part was asked of how many reports and missing in how many."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kaval.engine.formats._spec import LeadRecord
from kaval.engine.rules.leads.quality import WORDS, asked_of, provider_of, quality, quality_by_provider

KINDS = ["cybertip", "cybertip_file", "p2p", "handle", "tip", "request"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Example Chat", "Example Mail"]),
        st.sampled_from(KINDS),
        st.lists(st.sampled_from(sorted(WORDS)), max_size=4),
    ),
    max_size=20,
)
Row = tuple[str, str, list[str]]


@given(ROWS, st.randoms(use_true_random=False))
def test_every_report_is_counted_once_for_its_provider(rows: list[Row], shuffle: Random) -> None:
    found = quality_by_provider(rows)
    assert [each.provider for each in found] == sorted({provider for provider, _, _ in rows})
    assert sum(each.reports for each in found) == len(rows)
    for each in found:
        assert 0 <= each.mean <= 100
        for part in each.parts:
            own = [row for row in rows if row[0] == each.provider]
            assert part.asked == sum(part.part in asked_of(kind) for _, kind, _ in own)
            assert part.missing == sum(part.part in asked_of(k) and part.part in m for _, k, m in own)
            assert 0 <= part.share <= 1
        assert [part.share for part in each.parts] == sorted((p.share for p in each.parts), reverse=True)
    mixed = list(rows)
    shuffle.shuffle(mixed)
    assert quality_by_provider(mixed) == found


def test_the_most_often_missing_part_comes_first_and_in_words() -> None:
    rows = [("Example Chat", "cybertip", ["source_port"])] * 3 + [("Example Chat", "cybertip", ["file_hash"])]
    (chat,) = quality_by_provider(rows)
    first = chat.parts[0]
    assert (first.part, first.asked, first.missing, first.share) == ("source_port", 4, 3, 0.75)
    assert first.text == "source port of the address"
    assert first.text_ml
    assert chat.mean == 88.0


def test_every_part_that_can_be_missing_has_words() -> None:
    empty = [LeadRecord("s", "1", kind, "", None, (), (), (), ()) for kind in KINDS]
    assert {part for lead in empty for part in quality(lead).missing} <= set(WORDS)


def test_the_provider_is_who_is_stated_to_have_reported() -> None:
    def lead(**fields: str) -> LeadRecord:
        named = {key.replace("__", "/"): value for key, value in fields.items()}
        return LeadRecord("ncmec", "1", "cybertip", "", None, (), (), (), (), named)

    assert provider_of(lead(incidentSummary__platform="Example Chat")) == "Example Chat"
    assert provider_of(lead(reportedInformation__reportingEsp__espName="Example Mail")) == "Example Mail"
    assert provider_of(lead(personOrUserReported__espService="Example Share")) == "Example Share"
    assert provider_of(lead(victim__espService="Example Share")) == ""
