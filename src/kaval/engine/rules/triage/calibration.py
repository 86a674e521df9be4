"""Whether the order was right: what was found at the door, by source, band and version of the rule.

Both a registered crime and a seizure under BNSS 106 count as found: a count of crimes alone misleads since July 2024
(peers.md 4.2). A door that nobody opened, a wrong place and a refusal say nothing of the subject, so they are counted
and not divided by. Shares come with the interval of Wilson at 95 %: few cases, wide interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from kaval.engine.rules.triage.clocks import BAND_CODES

FOUND = ("crime_registered", "seizure_report")
NOT_FOUND = ("nothing_found",)
NOT_REACHED = ("nobody_there", "wrong_place", "refused")
_Z = 1.959963984540054  # the 0.975 quantile of the normal distribution


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """One source, band and version. `n` subjects = `decided` + `not_reached` + `waiting`; `decided` = `harm_found` +
    what was searched and found empty. `share` and `interval` None: nothing is decided."""

    source: str
    band: str
    rule_version: str
    n: int
    decided: int
    harm_found: int
    crimes: int
    seizures: int
    not_reached: int
    waiting: int
    share: float | None
    interval: tuple[float, float] | None


def calibrate(rows: Iterable[tuple[str, str, str, str | None]]) -> tuple[CalibrationRow, ...]:
    """The counts for each source, band and rule version, in that order (bands: most urgent first).

    A row is (source, band code, rule version, outcome code or None: not decided). A subject of several sources is a
    row of each; add up bands from rows of one source only.

    Raises:
        ValueError: an outcome code that the field does not use.
    """
    counted: dict[tuple[str, str, str], Counter[str | None]] = {}
    for source, band, version, outcome in rows:
        if outcome is not None and outcome not in (*FOUND, *NOT_FOUND, *NOT_REACHED):
            raise ValueError(f"no outcome of the field: {outcome!r}")
        counted.setdefault((source, band, version), Counter())[outcome] += 1
    return tuple(_row(*key, counted=counted[key]) for key in sorted(counted, key=_order))


def _order(key: tuple[str, str, str]) -> tuple[str, int, str, str]:
    source, band, version = key
    return source, BAND_CODES.index(band) if band in BAND_CODES else len(BAND_CODES), band, version


def _row(source: str, band: str, version: str, *, counted: Counter[str | None]) -> CalibrationRow:
    found = sum(counted[code] for code in FOUND)
    decided = found + sum(counted[code] for code in NOT_FOUND)
    return CalibrationRow(
        source,
        band,
        version,
        n=counted.total(),
        decided=decided,
        harm_found=found,
        crimes=counted["crime_registered"],
        seizures=counted["seizure_report"],
        not_reached=sum(counted[code] for code in NOT_REACHED),
        waiting=counted[None],
        share=found / decided if decided else None,
        interval=wilson(found, decided) if decided else None,
    )


def wilson(found: int, of: int) -> tuple[float, float]:
    """The 95 % interval of Wilson for `found` out of `of`; it holds the share and stays within 0 and 1.

    Raises:
        ValueError: no cases, or more found than there are.
    """
    if not 0 <= found <= of or of < 1:
        raise ValueError(f"no share: {found} of {of}")
    share, z2 = found / of, _Z * _Z
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share)


@dataclass(frozen=True, slots=True)
class BandOrder:
    """Two neighbouring bands of one rule version in which the more urgent one found less. `sure`: their intervals do
    not touch; else it may be chance."""

    rule_version: str
    higher: CalibrationRow
    lower: CalibrationRow
    sure: bool
    text: str
    text_ml: str


def band_order(rows: Iterable[CalibrationRow]) -> tuple[BandOrder, ...]:
    """Where a more urgent band found less than the next one, for each rule version over all sources; empty: nowhere.

    Bands in which nothing is decided are passed over.
    """
    pooled: dict[tuple[str, str], Counter[str | None]] = {}
    for row in rows:
        counted = pooled.setdefault((row.rule_version, row.band), Counter())
        counted["crime_registered"] += row.harm_found
        counted["nothing_found"] += row.decided - row.harm_found
    versions = sorted({version for version, _ in pooled})
    found = []
    for version in versions:
        bands = [
            _row("", b, version, counted=pooled[version, b]) for b in BAND_CODES if (version, b) in pooled
        ]
        found += [_against(a, b) for a, b in pairwise(row for row in bands if row.decided) if _less(a, b)]
    return tuple(found)


def _less(higher: CalibrationRow, lower: CalibrationRow) -> bool:
    return higher.harm_found * lower.decided < lower.harm_found * higher.decided


def _against(higher: CalibrationRow, lower: CalibrationRow) -> BandOrder:
    sure = bool(higher.interval and lower.interval and higher.interval[1] < lower.interval[0])
    counts = f"{higher.harm_found}/{higher.decided}", f"{lower.harm_found}/{lower.decided}"
    return BandOrder(
        higher.rule_version,
        higher,
        lower,
        sure,
        f"the more urgent band found less ({counts[0]}) than the next ({counts[1]}): "
        + ("look at the weights" if sure else "may be chance"),
        f"കൂടുതൽ അടിയന്തര വിഭാഗത്തിൽ ({counts[0]}) അടുത്തതിനേക്കാൾ ({counts[1]}) കുറച്ചാണ് കണ്ടെത്തിയത്: "
        + ("മൂല്യങ്ങൾ പരിശോധിക്കുക" if sure else "യാദൃശ്ചികമാകാം"),
    )
