"""UPI virtual payment address `name@provider`: strong, because a bank account stands behind it; compared
without case.

Source: NPCI UPI procedural guidelines (form of the virtual payment address).

>>> validate(" Kavya.98@ExampleBank ")
'kavya.98@examplebank'
>>> is_valid("kavya@example.org"), is_valid("@bank")
(False, False)
>>> format("A.B@okexample")
'a.b@okexample'
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "strong"
SCOPED = False
HOLDER = "one"
PROVES = "At that time payments to it reached one bank account."
PROVES_ML = "ആ സമയത്ത് ഇതിലേക്കുള്ള പണം ഒരു ബാങ്ക് അക്കൗണ്ടിലെത്തി."
MISLEADS = "The account may be joint or lent for money, and whoever holds the phone and the PIN can pay."
MISLEADS_ML = "അക്കൗണ്ട് കൂട്ടായതോ വാടകയ്ക്കു കൊടുത്തതോ ആകാം; ഫോണും പിന്നും കയ്യിലുള്ള ആർക്കും പണം അയയ്ക്കാം."

_FORM = re.compile(r"[a-z0-9._-]{2,256}@[a-z][a-z0-9]{1,63}")


def compact(value: str) -> str:
    """Without spaces, in lower case."""
    return value.strip().lower()


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: not `name@provider`, or an e-mail address (its provider part has a dot).
    """
    bare = compact(value)
    if not _FORM.fullmatch(bare) or is_placeholder(bare.partition("@")[0]):
        raise ValueError(f"no UPI address: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: the normal form."""
    return validate(value)
