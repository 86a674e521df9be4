"""Names of invented people, houses and places, in English and Malayalam script.

Generic given names and made-up house names are combined by chance; no real person is meant.
"""

from __future__ import annotations

from random import Random

Name = tuple[str, str]

MEN: tuple[Name, ...] = (
    ("Anil", "അനിൽ"), ("Biju", "ബിജു"), ("Dinesh", "ദിനേശ്"), ("Gopan", "ഗോപൻ"), ("Hari", "ഹരി"),
    ("Jayan", "ജയൻ"), ("Kiran", "കിരൺ"), ("Manoj", "മനോജ്"), ("Nisar", "നിസാർ"), ("Pradeep", "പ്രദീപ്"),
    ("Rajesh", "രാജേഷ്"), ("Sajan", "സാജൻ"), ("Suresh", "സുരേഷ്"), ("Thomas", "തോമസ്"), ("Vinod", "വിനോദ്"),
    ("Shaji", "ഷാജി"), ("Salim", "സലിം"), ("Joseph", "ജോസഫ്"), ("Ramesh", "രമേശ്"), ("Unni", "ഉണ്ണി"),
    ("Babu", "ബാബു"), ("Faisal", "ഫൈസൽ"), ("Mathew", "മാത്യു"), ("Prakash", "പ്രകാശ്"), ("Satheesh", "സതീഷ്"),
)  # fmt: skip

WOMEN: tuple[Name, ...] = (
    ("Anitha", "അനിത"), ("Bindu", "ബിന്ദു"), ("Deepa", "ദീപ"), ("Fathima", "ഫാത്തിമ"), ("Geetha", "ഗീത"),
    ("Indira", "ഇന്ദിര"), ("Jaya", "ജയ"), ("Latha", "ലത"), ("Mary", "മേരി"), ("Nisha", "നിഷ"),
    ("Priya", "പ്രിയ"), ("Radha", "രാധ"), ("Sandhya", "സന്ധ്യ"), ("Sheeba", "ഷീബ"), ("Sindhu", "സിന്ധു"),
    ("Suja", "സുജ"), ("Thara", "താര"), ("Usha", "ഉഷ"), ("Vidya", "വിദ്യ"), ("Rekha", "രേഖ"),
    ("Ambika", "അംബിക"), ("Beena", "ബീന"), ("Chithra", "ചിത്ര"), ("Maya", "മായ"), ("Sreeja", "ശ്രീജ"),
)  # fmt: skip

_HOUSE_FIRST: tuple[Name, ...] = (
    ("Puthen", "പുത്തൻ"), ("Mele", "മേലെ"), ("Thazhe", "താഴെ"), ("Kizhakke", "കിഴക്കെ"), ("Thekke", "തെക്കെ"),
    ("Vadakke", "വടക്കെ"), ("Chakkala", "ചക്കാല"), ("Mavila", "മാവില"), ("Plavila", "പ്ലാവില"), ("Neeli", "നീലി"),
    ("Kunnum", "കുന്നും"), ("Aala", "ആല"), ("Pulari", "പുലരി"), ("Kaithara", "കൈതാര"), ("Thulasi", "തുളസി"),
)  # fmt: skip

_HOUSE_LAST: tuple[Name, ...] = (
    ("veedu", "വീട്"), ("parambu", "പറമ്പ്"), ("nilayam", "നിലയം"), ("bhavan", "ഭവൻ"), ("madom", "മഠം"),
    ("thara", "തറ"), ("villa", "വില്ല"), ("manzil", "മൻസിൽ"), ("kudi", "കുടി"), ("mukku", "മുക്ക്"),
)  # fmt: skip

_PLACE_FIRST: tuple[Name, ...] = (
    ("Chemba", "ചെമ്പ"), ("Mulla", "മുല്ല"), ("Neela", "നീല"), ("Pacha", "പച്ച"), ("Cheru", "ചെറു"),
    ("Manja", "മഞ്ഞ"), ("Vella", "വെള്ള"), ("Kari", "കരി"), ("Then", "തേൻ"), ("Mayil", "മയിൽ"),
    ("Kuyil", "കുയിൽ"), ("Pon", "പൊൻ"), ("Thumba", "തുമ്പ"), ("Pulari", "പുലരി"), ("Mazha", "മഴ"),
    ("Vanji", "വഞ്ചി"), ("Kaitha", "കൈത"), ("Aamba", "ആമ്പ"), ("Thamara", "താമര"), ("Venma", "വെണ്മ"),
)  # fmt: skip

_PLACE_LAST: tuple[Name, ...] = (
    ("vayal", "വയൽ"), ("kunnu", "കുന്ന്"), ("puram", "പുരം"), ("kara", "കര"), ("kadavu", "കടവ്"),
    ("thodu", "തോട്"), ("mala", "മല"), ("kavala", "കവല"), ("palam", "പാലം"), ("nagar", "നഗർ"),
)  # fmt: skip

ADJECTIVES = (
    "blue",
    "quiet",
    "green",
    "late",
    "slow",
    "small",
    "grey",
    "round",
    "north",
    "wild",
    "amber",
    "plain",
)
NOUNS = (
    "kite",
    "heron",
    "boat",
    "palm",
    "river",
    "stone",
    "lamp",
    "cloud",
    "finch",
    "anchor",
    "ladder",
    "maple",
)


def join(first: Name, last: Name, *, between: str = "") -> Name:
    """Two names put together in both scripts."""
    return first[0] + between + last[0], first[1] + between + last[1]


def house_name(rng: Random) -> Name:
    """An invented house name."""
    return join(rng.choice(_HOUSE_FIRST), rng.choice(_HOUSE_LAST))


def person_name(rng: Random, gender: str) -> Name:
    """A given name with a house name behind it; gender F or M."""
    given = rng.choice(WOMEN if gender == "F" else MEN)
    return join(given, house_name(rng), between=" ")


def place_names(rng: Random) -> list[Name]:
    """All invented place names, two hundred, in an order of the seed; none repeats."""
    names = [join(first, last) for first in _PLACE_FIRST for last in _PLACE_LAST]
    rng.shuffle(names)
    return names


def handle(rng: Random) -> str:
    """A neutral account name of two words and a number."""
    return f"{rng.choice(ADJECTIVES)}_{rng.choice(NOUNS)}_{rng.randint(1000, 99999)}"
