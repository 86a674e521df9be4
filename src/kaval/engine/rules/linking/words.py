"""Why leads are linked or may belong together, in words of both languages."""

from __future__ import annotations

from functools import cache

from kaval.engine.kernel.reason import Reason

_SAME = {
    "email": ("the same e-mail address", "ഒരേ ഇ-മെയിൽ വിലാസം"),
    "phone": ("the same telephone number", "ഒരേ ഫോൺ നമ്പർ"),
    "handle": ("the same handle on the same platform", "ഒരേ പ്ലാറ്റ്‌ഫോമിൽ ഒരേ ഹാൻഡിൽ"),
    "esp_account": ("the same account id on the same platform", "ഒരേ പ്ലാറ്റ്‌ഫോമിൽ ഒരേ അക്കൗണ്ട് നമ്പർ"),
    "client_guid": ("the same client id (it can be copied)", "ഒരേ ക്ലയന്റ് ഐഡി (പകർത്താവുന്നത്)"),
    "device_id": ("the same device id (a device can be shared)", "ഒരേ ഉപകരണ ഐഡി (ഉപകരണം പങ്കിട്ടേക്കാം)"),
    "imei": ("the same handset (it can be shared or sold)", "ഒരേ ഹാൻഡ്‌സെറ്റ് (പങ്കിടുകയോ വിൽക്കുകയോ ചെയ്യാം)"),
    "advertising_id": ("the same advertising id (it can be reset)", "ഒരേ പരസ്യ ഐഡി (മാറ്റാവുന്നത്)"),
    "vehicle": ("the same vehicle (a household drives it)", "ഒരേ വാഹനം (ഒരു കുടുംബം ഉപയോഗിക്കാം)"),
    "upi": ("the same UPI address", "ഒരേ യുപിഐ വിലാസം"),
}
_OTHER = ("the same identifier", "ഒരേ തിരിച്ചറിയൽ വിവരം")
_CONTESTED = {
    "client_guid": (
        "the same client id, but it was at two providers at the same time: it was copied",
        "ഒരേ ക്ലയന്റ് ഐഡി, എന്നാൽ ഒരേ സമയം രണ്ട് സേവനദാതാക്കളിൽ കണ്ടു: അത് പകർത്തിയതാണ്",
    ),
    "handle": (
        "the same handle, but two accounts have held it",
        "ഒരേ ഹാൻഡിൽ, എന്നാൽ രണ്ട് അക്കൗണ്ടുകൾ അത് ഉപയോഗിച്ചു",
    ),
}
_PARTED = (
    "{}, but a person has parted reports that name it",
    "{}, എന്നാൽ അത് പറയുന്ന റിപ്പോർട്ടുകൾ ഒരു ഉദ്യോഗസ്ഥൻ വേർതിരിച്ചു",
)
_DOUBT = (
    "{}; the report says the account was taken over or shared",
    "{}; അക്കൗണ്ട് മറ്റൊരാൾ കൈയടക്കിയതോ പങ്കിട്ടതോ ആണെന്ന് റിപ്പോർട്ട് പറയുന്നു",
)
_GAP = (
    "{}, {} days apart: it may have passed to somebody else",
    "{}, {} ദിവസത്തെ ഇടവേള: മറ്റൊരാൾക്ക് കൈമാറിയിരിക്കാം",
)
_GAP_UNKNOWN = ("{}, at unknown times", "{}, സമയം അറിയില്ല")

DECIDED = Reason("decided", "an officer decided that they are one person", "ഒരാളാണെന്ന് ഒരു ഉദ്യോഗസ്ഥൻ തീരുമാനിച്ചു")


@cache
def shared(kind: str) -> Reason:
    """Two reports name the same identifier of a kind that binds."""
    text, text_ml = _SAME.get(kind, _OTHER)
    return Reason(f"same_{kind}", text, text_ml)


def weighed(kind: str, weight: float) -> Reason:
    """Two groups of reports name the same identifier of a kind that can pass on."""
    text, text_ml = _SAME.get(kind, _OTHER)
    return Reason(f"same_{kind}", text, text_ml, weight)


def contested(kind: str, weight: float) -> Reason:
    """The same identifier, of which something shows that two hold it."""
    same = _SAME.get(kind, _OTHER)
    text, text_ml = _CONTESTED.get(kind, (_PARTED[0].format(same[0]), _PARTED[1].format(same[1])))
    return Reason(f"contested_{kind}", text, text_ml, weight)


def doubted(kind: str, weight: float) -> Reason:
    """The same identifier, of an account the report itself doubts."""
    text, text_ml = _SAME.get(kind, _OTHER)
    return Reason(f"doubtful_{kind}", _DOUBT[0].format(text), _DOUBT[1].format(text_ml), weight)


def after_gap(kind: str, weight: float, *, days: int | None) -> Reason:
    """The same number with a time between in which it may have passed on; None: nobody knows how long."""
    text, text_ml = _SAME[kind]
    if days is None:
        return Reason(
            f"same_{kind}_gap", _GAP_UNKNOWN[0].format(text), _GAP_UNKNOWN[1].format(text_ml), weight
        )
    return Reason(f"same_{kind}_gap", _GAP[0].format(text, days), _GAP[1].format(text_ml, days), weight)
