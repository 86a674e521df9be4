"""Words for what a district lacks and what would help, in English and Malayalam; numbers up to ten in letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from kaval.engine.kernel.instant import IST
from kaval.engine.rules.planning.problem import Problem, Relaxation
from kaval.engine.rules.planning.relaxing import Wish
from kaval.engine.rules.planning.rule_words import rule_text

Words = tuple[str, str]  # English, Malayalam

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS_ML = ("പൂജ്യം", "ഒരു", "രണ്ട്", "മൂന്ന്", "നാല്", "അഞ്ച്", "ആറ്", "ഏഴ്", "എട്ട്", "ഒൻപത്", "പത്ത്")
_RANKS: dict[str, Words] = {
    "CPO": ("CPO", "സിപിഒ"),
    "SCPO": ("SCPO", "എസ്‌സിപിഒ"),
    "ASI": ("ASI", "എഎസ്ഐ"),
    "SI": ("SI", "എസ്ഐ"),
    "INSPECTOR": ("Inspector", "ഇൻസ്പെക്ടർ"),
    "DYSP": ("DySP", "ഡിവൈഎസ്പി"),
    "SP": ("SP", "എസ്പി"),
}
# One, many; {n} the number, {rank} and {station} words of their own or nothing.
_WISHES: dict[str, tuple[Words, Words]] = {
    "woman": (
        ("{n} woman officer{rank}", "{n} women officers{rank}"),
        ("{rank}{n} വനിതാ ഉദ്യോഗസ്ഥ", "{rank}{n} വനിതാ ഉദ്യോഗസ്ഥർ"),
    ),
    "cyber": (
        ("{n} cyber officer", "{n} cyber officers"),
        ("{n} സൈബർ ഉദ്യോഗസ്ഥൻ", "{n} സൈബർ ഉദ്യോഗസ്ഥർ"),
    ),
    "technical": (
        ("{n} technical officer", "{n} technical officers"),
        ("{n} സാങ്കേതിക ഉദ്യോഗസ്ഥൻ", "{n} സാങ്കേതിക ഉദ്യോഗസ്ഥർ"),
    ),
    "leader": (
        ("{n} officer{rank}{station} to lead", "{n} officers{rank}{station} to lead"),
        ("നയിക്കാൻ {station}{rank}{n} ഉദ്യോഗസ്ഥൻ", "നയിക്കാൻ {station}{rank}{n} ഉദ്യോഗസ്ഥർ"),
    ),
    "armed": (
        ("{n} armed officer", "{n} armed officers"),
        ("ആയുധധാരിയായ {n} ഉദ്യോഗസ്ഥൻ", "ആയുധധാരികളായ {n} ഉദ്യോഗസ്ഥർ"),
    ),
    "vehicle": (
        ("{n} officer with a vehicle", "{n} officers with a vehicle"),
        ("വാഹനമുള്ള {n} ഉദ്യോഗസ്ഥൻ", "വാഹനമുള്ള {n} ഉദ്യോഗസ്ഥർ"),
    ),
    "local": (
        ("{n} officer{station}", "{n} officers{station}"),
        ("{station}{n} ഉദ്യോഗസ്ഥൻ", "{station}{n} ഉദ്യോഗസ്ഥർ"),
    ),
}
# Why a rule asks for what is lacking; {places} in words. `children`: P-CHILD where only children are the reason.
_REASONS: dict[str, Words] = {
    "P-CHILD": (
        "children, or only women, are expected at {places}",
        "{places} കുട്ടികളെയോ സ്ത്രീകളെ മാത്രമോ പ്രതീക്ഷിക്കുന്നു",
    ),
    "children": ("children are expected at {places}", "{places} കുട്ടികളെ പ്രതീക്ഷിക്കുന്നു"),
    "P-ARMED": ("arms may be met at {places}", "{places} ആയുധം ഉണ്ടാകാം"),
    "P-RANK": (
        "a leader of higher rank is needed at {places}",
        "{places} ഉയർന്ന റാങ്കുള്ളയാൾ നയിക്കണം",
    ),
    "P-LIMITS": (
        "section 185 asks for a leader of the place's own station at {places}",
        "{places} 185-ആം വകുപ്പ് അതേ സ്റ്റേഷനിലെയാൾ നയിക്കണമെന്ന് പറയുന്നു",
    ),
    "P-LOCAL": ("a member posted there is needed at {places}", "{places} അവിടെ നിയമനമുള്ള ഒരാൾ വേണം"),
    "P-CONFLICT": ("some officers may not go to {places}", "{places} ചില ഉദ്യോഗസ്ഥർക്ക് പോകാനാവില്ല"),
    "P-VILLAGE": ("some officers may not go to {places}", "{places} ചില ഉദ്യോഗസ്ഥർക്ക് പോകാനാവില്ല"),
}
_EVERY: Words = ("{places} are to be searched", "{places} പരിശോധന വേണം")


def rank_name(rank: str) -> Words:
    """A rank as officers say it."""
    return _RANKS.get(rank, (rank, rank))


def number(count: int) -> Words:
    """A count in words up to ten, else in digits."""
    if count < len(_NUMBERS):
        return _NUMBERS[count], _NUMBERS_ML[count]
    return str(count), str(count)


def places(count: int) -> Words:
    """Three places; the Malayalam says at them."""
    en, ml = number(count)
    return (f"{en} place", f"{ml} സ്ഥലത്ത്") if count == 1 else (f"{en} places", f"{ml} സ്ഥലങ്ങളിൽ")


def teams(count: int) -> Words:
    """Three teams."""
    en, ml = number(count)
    return f"{en} team{'' if count == 1 else 's'}", f"{ml} സംഘ{'ം' if count == 1 else 'ങ്ങൾ'}"


def district_name(problem: Problem, district_id: str) -> str:
    """The district's name where a station states it, else its id."""
    names = (one.district_name for one in problem.stations if one.district_id == district_id)
    return next((name for name in names if name), district_id)


def entry_time(problem: Problem) -> str:
    """The local hour of the first entry."""
    return problem.rules.first_entry_at.astimezone(IST).strftime("%H:%M")


def wished(wish: Wish, count: int, problem: Problem) -> Words:
    """Two women officers of SI rank."""
    en, ml = number(count)
    form = 0 if count == 1 else 1
    rank, rank_ml = rank_name(wish.rank)
    names = (one.name or one.station_id for one in problem.stations if one.station_id == wish.station)
    station = next(names, wish.station)
    forms, forms_ml = _WISHES[wish.kind]
    return (
        forms[form].format(
            n=en, rank=f" of {rank} rank" if rank else "", station=f" of {station}" if station else ""
        ),
        forms_ml[form].format(
            n=ml, rank=f"{rank_ml} റാങ്കുള്ള " if rank else "", station=f"{station} സ്റ്റേഷനിലെ " if station else ""
        ),
    )


def listed(wishes: Iterable[Wish], problem: Problem) -> Words:
    """Two women officers of SI rank and one cyber officer; 14 women officers (two of them of SI rank)."""
    counts = Counter(wishes)
    ranked = [wish for wish in counts if wish.kind == "woman" and wish.rank]
    if not ranked or not counts[Wish("woman")]:
        ranked = []
    words = []
    for wish, count in counts.items():
        if wish in ranked:
            continue
        of = ranked if wish == Wish("woman") else []
        en, ml = wished(wish, count + sum(counts[one] for one in of), problem)
        for one in of:
            (some, some_ml), (rank, rank_ml) = number(counts[one]), rank_name(one.rank)
            who = "ഒരാൾ" if counts[one] == 1 else f"{some_ml} പേർ"
            en, ml = f"{en} ({some} of them of {rank} rank)", f"{ml} (അവരിൽ {who} {rank_ml} റാങ്ക്)"
        words.append((en, ml))
    return _joined([en for en, _ in words], " and "), ", ".join(ml for _, ml in words)


def _joined(words: Sequence[str], last: str) -> str:
    return last.join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def reason(rules: Iterable[str], concerned: int, every: int) -> Words:
    """Why somebody is lacking: the first rule that speaks of places, else that all places are to be searched."""
    found = next((_REASONS[rule] for rule in rules if rule in _REASONS), None) if concerned else None
    en, ml = places(concerned if found else every)
    words = found or _EVERY
    return words[0].format(places=en), words[1].format(places=ml)


def lacking(
    problem: Problem, district_id: str, *, wanted: Sequence[Wish], because: Words, least: Sequence[Wish] = ()
) -> Words:
    """What the district lacks and why; `least` where fewer officers would already let all places be searched."""
    name, at = district_name(problem, district_id), entry_time(problem)
    (en, ml), (why, why_ml) = listed(wanted, problem), because
    text = f"{name} lacks {en} for {at}: {why}."
    text_ml = f"{name}: {at}-ന് {ml} കുറവാണ്; {why_ml}."
    if least:
        every = places(sum(site.district_id == district_id for site in problem.sites))[0]
        few, few_ml = listed(least, problem)
        is_are = "is" if len(least) == 1 else "are"
        text += f" At least {few} {is_are} needed to search all {every}."
        text_ml += f" എല്ലാ സ്ഥലങ്ങളും പരിശോധിക്കാൻ കുറഞ്ഞത് {few_ml} വേണം."
    return text, text_ml


def others_form(count: int) -> Words:
    """Why so many are lacking: the teams the other officers would form."""
    en, ml = teams(count)
    return f"its other officers would form {en}", f"മറ്റ് ഉദ്യോഗസ്ഥരെക്കൊണ്ട് {ml} ഉണ്ടാക്കാം"


def asked_for(asked: int, most: int) -> Words:
    """Why so many are lacking: the teams asked for."""
    (en, ml), (few, few_ml) = teams(asked), number(most)
    can = f"{few} can be formed" if most else "none can be formed"
    can_ml = f"{few_ml} മാത്രം ഉണ്ടാക്കാം" if most else "ഒന്നും ഉണ്ടാക്കാനാവില്ല"
    return f"{en} {'is' if asked == 1 else 'are'} asked for, {can}", f"{ml} വേണം, {can_ml}"


def too_few(problem: Problem, district_id: str, *, asked: int, least: int) -> Words:
    """What is said when the teams asked for are too few for the places; `least`: how many would do."""
    name = district_name(problem, district_id)
    (en, ml), (more, more_ml) = teams(asked), teams(least)
    every, every_ml = places(sum(site.district_id == district_id for site in problem.sites))
    is_are = "is" if asked == 1 else "are"
    return (
        f"{name}: {en} {is_are} asked for, too few for its {every}: form {more} or more.",
        f"{name}: {every_ml} പോകാൻ {ml} പോരാ; കുറഞ്ഞത് {more_ml} ഉണ്ടാക്കുക.",
    )


def no_way(problem: Problem, district_id: str) -> Words:
    """What is said when no officers more would help, or the search for them ended early."""
    name, at = district_name(problem, district_id), entry_time(problem)
    return (
        f"{name} can form no teams that may go to all its places at {at}.",
        f"{name}: {at}-ന് എല്ലാ സ്ഥലങ്ങളിലേക്കും പോകാവുന്ന സംഘങ്ങൾ ഉണ്ടാക്കാനാവില്ല.",
    )


def fewer_teams_note(problem: Problem, district_id: str, fewer: int) -> str:
    """Said of a plan in which officers stand together in fewer teams than there could be."""
    return (
        f"{district_name(problem, district_id)}: {teams(fewer)[0]} fewer than the officers allow, "
        "so that a team fits every place."
    )


def relaxation(kind: str, amount: int, words: Words) -> Relaxation:
    """A relaxation from its words; they begin with a capital."""
    return Relaxation(kind, amount, words[0][:1].upper() + words[0][1:], words[1])


def more_officers(wanted: Sequence[Wish], problem: Problem, *, then: Words) -> Relaxation:
    """The officers who would be enough."""
    en, ml = listed(wanted, problem)
    return relaxation(
        "officers", len(wanted), (f"{en} more: then {then[0]}.", f"{ml} കൂടി വേണം: അപ്പോൾ {then[1]}.")
    )


def lent(problem: Problem, lender: str, wish: Wish, *, spare: int) -> Relaxation:
    """Kottayam has three women officers of SI rank to spare."""
    (en, ml), name = wished(wish, spare, problem), district_name(problem, lender)
    return relaxation("neighbour", spare, (f"{name} has {en} to spare.", f"{name} ജില്ലയ്ക്ക് {ml} അധികമുണ്ട്."))


def lifted_rule(rule: str) -> Relaxation:
    """What is left when a rule itself would have to go."""
    return relaxation(
        "lift",
        1,
        (
            f"It could be done without this rule: {rule_text(rule)}",
            f"ഈ നിബന്ധന ഒഴിവാക്കിയാൽ സാധിക്കും: {rule_text(rule, ml=True)}",
        ),
    )


def other_districts() -> Relaxation:
    """Other districts have such officers, but none beyond their own need."""
    return relaxation(
        "lift",
        1,
        (
            "Other districts have such officers, but none to spare: whoever lends them forms fewer teams.",
            "മറ്റു ജില്ലകളിൽ ഇത്തരം ഉദ്യോഗസ്ഥരുണ്ട്, പക്ഷേ അധികമില്ല: വിട്ടുനൽകുന്ന ജില്ലയിൽ സംഘങ്ങൾ കുറയും.",
        ),
    )


def called_back(kind: str, names: Sequence[str]) -> Relaxation:
    """Officers back from leave (`leave`) or from a desk (`desk`) by name."""
    en, ml = number(len(names))
    officers = f"{en} officer{'' if len(names) == 1 else 's'}"
    who = ", ".join(names)
    texts = {
        "leave": (f"Recall {officers} from leave: {who}.", f"അവധിയിലുള്ള {ml} പേരെ തിരികെ വിളിക്കുക: {who}."),
        "desk": (f"Relieve {officers} of a desk: {who}.", f"{ml} പേരെ ഓഫീസ് ചുമതലയിൽനിന്ന് ഒഴിവാക്കുക: {who}."),
    }
    return relaxation(kind, len(names), texts[kind])


def later(minutes: int) -> Relaxation:
    """Enough officers have rested by then."""
    return relaxation(
        "later",
        minutes,
        (
            f"Enter {minutes} minutes later: enough officers have rested by then.",
            f"{minutes} മിനിറ്റ് വൈകി പ്രവേശിക്കുക: അപ്പോഴേക്കും വേണ്ടത്ര പേർക്ക് വിശ്രമം കിട്ടും.",
        ),
    )


def teams_instead(count: int, asked: int) -> Relaxation:
    """Fewer or more teams than asked for; the amount is how many."""
    (en, ml), (of, of_ml) = teams(count), number(asked) if asked else ("none", "പൂജ്യം")
    kind = "teams" if count < asked else "teams_more"
    return relaxation(
        kind, abs(asked - count), (f"Form {en} instead of {of}.", f"{of_ml} എന്നതിനു പകരം {ml} ഉണ്ടാക്കുക.")
    )


def longer(before: int, after: int) -> Relaxation:
    """More places on a team's list than now; the amount is how many more."""
    (old, old_ml), (new, new_ml) = number(before), places(after)
    return relaxation(
        "stops",
        after - before,
        (
            f"Allow {new} on a team's list instead of {old}.",
            f"ഒരു സംഘത്തിന് {old_ml} എന്നതിനു പകരം {new_ml} പരിശോധന അനുവദിക്കുക.",
        ),
    )


def lower(rank: str, steps: int) -> Relaxation:
    """A lower rank of woman officers than now; the amount is how many ranks lower."""
    en, ml = rank_name(rank)
    return relaxation(
        "rank",
        steps,
        (
            f"Let a woman officer of {en} rank go where children, or only women, are expected.",
            f"കുട്ടികളെയോ സ്ത്രീകളെ മാത്രമോ പ്രതീക്ഷിക്കുന്നിടത്ത് {ml} റാങ്കുള്ള വനിതാ ഉദ്യോഗസ്ഥയെ അനുവദിക്കുക.",
        ),
    )


def put_off(count: int) -> Relaxation:
    """Places left for another day."""
    en, ml = number(count)
    return relaxation(
        "defer",
        count,
        (
            f"Leave {en} place{'' if count == 1 else 's'} for another day.",
            f"{ml} {'സ്ഥലം' if count == 1 else 'സ്ഥലങ്ങൾ'} മറ്റൊരു ദിവസത്തേക്ക് മാറ്റുക.",
        ),
    )
