"""What people look at first: unknown files and devices by what speaks of a child within reach, with every reason.

The order says where to look, never what somebody did: it decides nothing about guilt, it leaves nothing out, and it
rests on metadata and lists only. Weights and limits are data (`reference/examination_order.yaml`); a fact that nobody
can know from the device counts neither way and is named in `missing`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kaval.engine.kernel.reason import Reason, Score
from kaval.engine.reference.load import load

RULES = "examination-order/rules-1"
TABLE = "examination_order"
_EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|picsart|canva|vsco|facetune|instagram|whatsapp|telegram|ffmpeg|lavf|handbrake",
    re.IGNORECASE,
)
_PASSIVE = frozenset(("thumbnail_store", "app_cache"))
_ALL_AT = 100  # files at which a count weighs all it can
_YEAR_DAYS = 365.0


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of one picture or video that no list holds. None: nobody can tell.

    `camera`: it names one. `own_camera`: that of this device. `graded_camera`: graded files name the same one.
    `place_kind` as `evidence.place_of`. `age_days`: from taken (or last changed) to the examination. `near_graded`: at
    most so many bits to something graded; None: nothing near. `listed_silent`: near an entry without a
    verdict. `beside_graded`, `session_originals`: how many in its folder and session. `sent`: a message carried it out.
    """

    camera: bool
    own_camera: bool | None
    graded_camera: bool
    software: str
    place_kind: str
    removed: bool
    located: bool
    age_days: float | None
    near_graded: int | None
    listed_silent: bool
    beside_graded: int
    session_originals: int
    shorter_side: int | None
    quality: int | None
    sent: bool | None


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Counts over one device: files by what they are. None: nobody can tell."""

    made_graded: int | None
    own_unknown: int | None
    recent_unknown: int
    graded: int
    sent: int | None


@dataclass(frozen=True, slots=True)
class OrderRules:
    """The weights and limits that hold on a day, by id, with the version that every place in the order carries."""

    numbers: Mapping[str, float]
    version: str

    def __getitem__(self, id: str) -> float:
        return self.numbers[id]


def order_rules(on: date) -> OrderRules:
    """The rules of a day.

    Raises:
        ConfigurationError: an entry is no number, or two hold.
    """
    table = load(TABLE)
    numbers = {entry.id: table.number(entry.id, on) for entry in table.entries if entry.holds_on(on)}
    return OrderRules(numbers, f"{RULES}/{table.version}")


def order_sources(on: date) -> dict[str, str]:
    """For every id of the rules where its number comes from."""
    return {entry.id: entry.source for entry in load(TABLE).entries if entry.holds_on(on)}


def is_edited(software: str) -> bool:
    """True when a file names a program that edits pictures or passes them on; firmware is no such program."""
    return bool(_EDITORS.search(software))


def assess_file(facts: FileFacts, rules: OrderRules) -> Score:
    """The place of one unknown file: its reasons, heaviest first."""
    edited = is_edited(facts.software)
    original = facts.camera and not edited
    shares: dict[str, float] = {
        "file_own_camera": original and facts.own_camera is True,
        "file_camera_of_graded": facts.camera and facts.graded_camera,
        "file_camera_original": original,
        "file_camera_folder": facts.place_kind == "camera_folder",
        "file_recent": _recent(facts.age_days, rules["recent_days"]),
        "file_novel": facts.near_graded is None and not facts.listed_silent,
        "file_beside_graded": facts.beside_graded > 0,
        "file_like_graded": facts.near_graded is not None,
        "file_series": original and facts.session_originals >= rules["series_files"],
        "file_located": facts.located,
        "file_sent": facts.sent is True,
        "file_removed": facts.removed,
        "file_passive": facts.place_kind in _PASSIVE,
        "file_small": facts.shorter_side is not None and facts.shorter_side < rules["small_side"],
        "file_flat": facts.quality is not None and facts.quality < rules["flat_quality"],
        "file_edited": edited,
    }
    said: dict[str, object] = {
        "file_recent": None if facts.age_days is None else f"{max(facts.age_days, 0):.0f}",
        "file_beside_graded": facts.beside_graded,
        "file_like_graded": facts.near_graded,
        "file_series": facts.session_originals,
        "file_small": facts.shorter_side,
        "file_flat": facts.quality,
    }
    missing = {
        "camera": not facts.camera,
        "own_camera": facts.camera and facts.own_camera is None,
        "time": facts.age_days is None,
        "size": facts.shorter_side is None,
        "quality": facts.quality is None,
        "sent": facts.sent is None,
    }
    return _score(rules, shares, said=said, missing=missing)


def assess_device(facts: DeviceFacts, rules: OrderRules) -> Score:
    """The place of one device: its reasons, heaviest first."""
    counts = {
        "device_made_graded": facts.made_graded,
        "device_camera_unknown": facts.own_unknown,
        "device_recent": facts.recent_unknown,
        "device_graded": facts.graded,
        "device_sent": facts.sent,
    }
    shares = {id: _by_count(count or 0) for id, count in counts.items()}
    shares["device_made_graded"] = bool(facts.made_graded)  # one is enough
    missing = {
        "own_camera": facts.made_graded is None or facts.own_unknown is None,
        "sent": facts.sent is None,
    }
    return _score(rules, shares, said=dict(counts), missing=missing)


def _score(
    rules: OrderRules, shares: Mapping[str, float], *, said: Mapping[str, object], missing: Mapping[str, bool]
) -> Score:
    reasons = []
    for id, share in shares.items():
        if share:
            english, malayalam = SENTENCES[id]
            number, points = said.get(id), round(rules[id] * share, 1)
            reasons.append(Reason(id, english.format(number=number), malayalam.format(number=number), points))
    reasons.sort(key=lambda one: (-abs(one.weight), one.code))
    return Score(tuple(reasons), rules.version, tuple(name for name, lacks in missing.items() if lacks))


def _recent(age_days: float | None, full_days: float) -> float:
    """1 for what is young, falling to 0 at a year; a time to come (a wrong clock) counts as young."""
    if age_days is None:
        return 0.0
    return min(1.0, max(0.0, (_YEAR_DAYS - age_days) / (_YEAR_DAYS - full_days)))


def _by_count(count: int) -> float:
    """A third for one file, all for a hundred: the hundred-and-first says nothing new about a child."""
    return min(1.0, (1 + math.log10(count)) / 3) if count else 0.0


# One sentence for each reason in English and Malayalam; {number} is what was counted or measured.
SENTENCES: dict[str, tuple[str, str]] = {
    "file_own_camera": (
        "names the camera of this device",
        "ഈ ഉപകരണത്തിന്റെ തന്നെ ക്യാമറയെ പറയുന്നു",
    ),
    "file_camera_of_graded": (
        "names a camera that graded files name too",
        "തരംതിരിച്ച ഫയലുകൾ പറയുന്ന അതേ ക്യാമറയെ പറയുന്നു",
    ),
    "file_camera_original": (
        "names its camera and no program that edits: probably as it was taken",
        "ക്യാമറയെ പറയുന്നു, തിരുത്തൽ പ്രോഗ്രാമിനെ പറയുന്നില്ല: എടുത്തപടിയാകാം",
    ),
    "file_camera_folder": ("lies in a camera's folder", "ക്യാമറയുടെ ഫോൾഡറിലാണ്"),
    "file_recent": ("{number} days old at the examination", "പരിശോധനാസമയത്ത് {number} ദിവസം പഴക്കം"),
    "file_novel": (
        "equals and resembles nothing in the lists used",
        "ഉപയോഗിച്ച പട്ടികകളിലെ ഒന്നിനോടും ഒക്കുകയോ സാദൃശ്യം കാട്ടുകയോ ചെയ്യുന്നില്ല",
    ),
    "file_beside_graded": (
        "lies in one folder with {number} graded files",
        "തരംതിരിച്ച {number} ഫയലുകൾക്കൊപ്പം ഒരേ ഫോൾഡറിലാണ്",
    ),
    "file_like_graded": (
        "differs by at most {number} bits from something graded: somebody must compare",
        "തരംതിരിച്ച ഒന്നിൽനിന്ന് പരമാവധി {number} ബിറ്റ് മാത്രം വ്യത്യാസം: ഒരാൾ ഒത്തുനോക്കണം",
    ),
    "file_series": (
        "one of {number} camera files of one session",
        "ഒരേ സമയത്തെടുത്ത {number} ക്യാമറാ ഫയലുകളിലൊന്ന്",
    ),
    "file_located": ("states the place where it was made", "എടുത്ത സ്ഥലം പറയുന്നു"),
    "file_sent": ("a message carried it out", "ഒരു സന്ദേശത്തിലൂടെ അയച്ചിട്ടുണ്ട്"),
    "file_removed": (
        "deleted, or left only in free space",
        "മായ്ക്കപ്പെട്ടതോ ഒഴിഞ്ഞ സ്ഥലത്ത് മാത്രം ശേഷിച്ചതോ ആണ്",
    ),
    "file_passive": (
        "lies where programs put files by themselves",
        "പ്രോഗ്രാമുകൾ സ്വയം ഫയലുകൾ വെക്കുന്നിടത്താണ്",
    ),
    "file_small": ("only {number} pixels on its shorter side", "ചെറിയ വശത്ത് {number} പിക്സൽ മാത്രം"),
    "file_flat": ("next to no structure (PDQ quality {number})", "രൂപമൊന്നും ഇല്ലാത്തത് (PDQ ഗുണം {number})"),
    "file_edited": (
        "names a program that edits or passes on",
        "തിരുത്തുന്നതോ കൈമാറുന്നതോ ആയ പ്രോഗ്രാമിനെ പറയുന്നു",
    ),
    "device_made_graded": (
        "{number} graded files name the camera of this device",
        "തരംതിരിച്ച {number} ഫയലുകൾ ഈ ഉപകരണത്തിന്റെ ക്യാമറയെ പറയുന്നു",
    ),
    "device_camera_unknown": (
        "{number} unknown files name the camera of this device",
        "പട്ടികകളിലില്ലാത്ത {number} ഫയലുകൾ ഈ ഉപകരണത്തിന്റെ ക്യാമറയെ പറയുന്നു",
    ),
    "device_recent": (
        "{number} unknown camera files were made lately",
        "പട്ടികകളിലില്ലാത്ത {number} ക്യാമറാ ഫയലുകൾ അടുത്തകാലത്തുണ്ടാക്കിയത്",
    ),
    "device_graded": (
        "{number} files equal or resemble graded entries",
        "{number} ഫയലുകൾ തരംതിരിച്ച രേഖകളോട് ഒക്കുകയോ സാദൃശ്യം കാട്ടുകയോ ചെയ്യുന്നു",
    ),
    "device_sent": (
        "{number} records say that graded files were sent or shared",
        "തരംതിരിച്ച ഫയലുകൾ അയച്ചതായോ പങ്കിട്ടതായോ {number} രേഖകൾ",
    ),
}
