"""Device id as a provider reports it (IMEI, advertising id, serial …): strong when long enough to be unique.

At least eight letters or digits, not one character repeated: providers fill `000000000000000` where a phone
refuses to tell. An advertising id can be reset, an IMEI rewritten: an indication, not proof. Punctuation
does not count.

>>> validate("35-693803-564380-9")
'356938035643809'
>>> is_valid("000000000000000"), is_valid("1234567"), is_valid("unknown")
(False, False, False)
>>> format("ab12-cd34")
'AB12CD34'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "strong"
SCOPED = False
HOLDER = "passes"
PROVES = "The provider saw the same device or the same installation of its app."
PROVES_ML = "സേവനദാതാവ് ഒരേ ഉപകരണമോ ആപ്പിന്റെ ഒരേ ഇൻസ്റ്റലേഷനോ കണ്ടു."
MISLEADS = "A device is lent, sold or shared in a family, and an id can be reset or rewritten."
MISLEADS_ML = "ഉപകരണം കടം കൊടുക്കാം, വിൽക്കാം, കുടുംബം പങ്കിടാം; ഐഡി പുതുക്കാനും മാറ്റിയെഴുതാനും കഴിയും."

_FORM = re.compile(r"[0-9a-z]{8,128}")


def compact(value: str) -> str:
    """Lower-case ASCII letters and digits only."""
    return re.sub(r"[\s:.{}_/-]+", "", value).lower()


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: shorter than eight characters, or a filler.
    """
    bare = compact(value)
    if not _FORM.fullmatch(bare) or is_placeholder(bare):
        raise ValueError(f"no device id: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """Upper case."""
    return validate(value).upper()
