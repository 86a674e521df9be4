"""Address of a profile page: weak, because it changes with the handle and is easily quoted from elsewhere.

Scheme and host in lower case, without `www.`, fragment and closing slash; path and query keep their case.

>>> validate("HTTPS://www.Example.ORG/U/River_Otter/#top")
'https://example.org/U/River_Otter'
>>> is_valid("example.org/u/river"), is_valid("javascript:alert(1)")
(False, False)
>>> format("https://example.org/u/1/")
'https://example.org/u/1'
"""

from __future__ import annotations

import re

STRENGTH = "weak"
SCOPED = False
HOLDER = "passes"
PROVES = "A page stood at this address when somebody looked."
PROVES_ML = "ആരോ നോക്കിയപ്പോൾ ഈ വിലാസത്തിൽ ഒരു പേജ് ഉണ്ടായിരുന്നു."
MISLEADS = (
    "It changes with the handle, the next owner of the name gets it, and it is easily quoted from elsewhere."
)
MISLEADS_ML = "ഹാൻഡിൽ മാറിയാൽ ഇതും മാറും; പേരിന്റെ അടുത്ത ഉടമയ്ക്ക് ഇതു കിട്ടും; ആർക്കും എവിടെനിന്നും പകർത്താം."

_FORM = re.compile(r"(https?)://([A-Za-z0-9.-]+(?::[0-9]{1,5})?)([/?][^\s#]*)?(?:#\S*)?", re.IGNORECASE)


def compact(value: str) -> str:
    """The normal form where the text is an address, else the text without surrounding space."""
    bare = value.strip()
    match = _FORM.fullmatch(bare)
    if match is None:
        return bare
    scheme, host, rest = match.groups()
    while host.lower().startswith("www."):
        host = host[4:]
    return f"{scheme.lower()}://{host.lower()}{(rest or '').rstrip('/')}"


def validate(value: str) -> str:
    """The normal form.

    Raises:
        ValueError: no http or https address.
    """
    bare = compact(value)
    if len(bare) > 2083 or not _FORM.fullmatch(bare):
        raise ValueError(f"no profile address: {value!r}")
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
