"""Words for why the places of a district fit no lists, and for what would help, in English and Malayalam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.explain_words import Words, district_name, number, places, relaxation, teams
from kaval.engine.rules.planning.problem import Problem, Relaxation
from kaval.engine.rules.planning.rule_words import rule_text


def no_lists(problem: Problem, district_id: str, *, count: int, rules: Sequence[str]) -> Words:
    """What cannot hold together: the rules with the operation's own numbers, then the facts."""
    name = district_name(problem, district_id)
    here = sum(site.district_id == district_id for site in problem.sites)
    (crews, crews_ml), (every, every_ml) = teams(count), places(here)
    if not rules:
        return (
            f"{name}: no lists were found that bring {crews} to {every}; that there are none is not proved.",
            f"{name}: {crews_ml} {every_ml} എത്തിക്കുന്ന ക്രമം കണ്ടെത്താനായില്ല; ഇല്ലെന്ന് തെളിഞ്ഞിട്ടില്ല.",
        )
    clauses = [clause(problem, district_id, rule) for rule in rules]
    text, text_ml = ("; ".join(words[part] for words in clauses) for part in (0, 1))
    return (
        f"{name}: for {every} and {crews} these cannot hold together: {text}.",
        f"{name}: {every_ml} {crews_ml} പോകുമ്പോൾ ഇവ ഒരുമിച്ച് പാലിക്കാനാവില്ല: {text_ml}.",
    )


def clause(problem: Problem, district_id: str, rule: str) -> Words:
    """One rule in few words, with its number where it has one; else its text without the full stop."""
    rules = problem.rules
    if rule == "P-DAY" and rules.last_entry_at is not None:
        at = hour(rules.last_entry_at)
        return f"no entry after {at}", f"{at}-നു ശേഷം പ്രവേശനമില്ല"
    if rule == "P-STOPS":
        return (
            f"at most {places(rules.most_stops)[0]} for a team",
            f"ഒരു സംഘത്തിന് പരമാവധി {number(rules.most_stops)[1]} സ്ഥലം",
        )
    if rule == "P-FIRST":
        minutes = rules.wave_minutes
        return (
            f"first places within {minutes} minutes of {hour(rules.first_entry_at)}",
            f"ആദ്യ സ്ഥലങ്ങൾ {hour(rules.first_entry_at)} മുതൽ {minutes} മിനിറ്റിനുള്ളിൽ",
        )
    if rule == "P-LINK":
        minutes = rules.link_minutes
        return (
            f"linked places in one wave and within {minutes} minutes",
            f"ബന്ധമുള്ള സ്ഥലങ്ങൾ ഒരേ ഘട്ടത്തിൽ, {minutes} മിനിറ്റിനുള്ളിൽ",
        )
    if rule == "P-WARRANT":
        count = sum(
            site.district_id == district_id and (site.not_before or site.not_after) is not None
            for site in problem.sites
        )
        (en, ml) = places(count)
        return f"the hours set for {en}", f"{ml} നിശ്ചയിച്ച സമയം"
    if rule == "P-WAY":
        return "the time that searches and ways take", "പരിശോധനയ്ക്കും യാത്രയ്ക്കും വേണ്ട സമയം"
    if rule == "P-ONCE":
        return "each team has one list", "ഓരോ സംഘത്തിനും ഒരു ക്രമം മാത്രം"
    en = rule_text(rule).rstrip(".")
    return en[:1].lower() + en[1:], rule_text(rule, ml=True).rstrip(".")


def hour(at: datetime) -> str:
    """The local hour."""
    return at.astimezone(IST).strftime("%H:%M")


def last_entry(minutes: int, at: datetime) -> Relaxation:
    """A later last entry."""
    return relaxation(
        "later",
        minutes,
        (
            f"Set the last entry {minutes} minutes later, to {hour(at)}.",
            f"അവസാന പ്രവേശനം {minutes} മിനിറ്റ് നീട്ടി {hour(at)} ആക്കുക.",
        ),
    )


def wave(minutes: int, to: int) -> Relaxation:
    """More minutes for the first places."""
    return relaxation(
        "wave",
        minutes,
        (
            f"Allow {to} minutes for the first places.",
            f"ആദ്യ സ്ഥലങ്ങൾക്ക് {to} മിനിറ്റ് അനുവദിക്കുക.",
        ),
    )


def more_teams(count: int) -> Relaxation:
    """More teams, free to go to every place."""
    en, ml = teams(count)
    return relaxation(
        "teams_more", count, (f"{en} more, fit for every place.", f"എല്ലായിടത്തും പോകാവുന്ന {ml} കൂടി.")
    )
