"""E-mail address: strong, because a provider delivers it to one mailbox; compared without case.

The normal form names the mailbox: dots and +tags are dropped for the few providers that say in public that they do
not count (`_mailbox.py`), and kept for all others. What is shown, and what a request quotes, stays as written. Only
ASCII addresses are accepted (RFC 5321 without SMTPUTF8). An address that the provider did not verify was only typed.
Source: RFC 5321 section 4.5.3.1 (lengths).

>>> validate(" Kavya.M@Example.ORG ")
'kavya.m@example.org'
>>> is_valid("kavya.m@example"), is_valid("two@@example.org"), is_valid("unknown@example.org")
(False, False, False)
>>> validate("R.o+news@GoogleMail.com"), validate("r.o+news@example.org")
('ro@gmail.com', 'r.o+news@example.org')
>>> format("A@EXAMPLE.com"), format("R.o+news@GoogleMail.com")
('a@example.com', 'r.o+news@googlemail.com')
"""

from __future__ import annotations

import re

from kaval.engine.kernel.identifier._mailbox import RULES, mailbox
from kaval.engine.kernel.identifier._placeholder import is_placeholder

STRENGTH = "strong"
SCOPED = False
HOLDER = "one"
PROVES = "Mail to this address reaches one mailbox."
PROVES_ML = "ഈ വിലാസത്തിലേക്കുള്ള മെയിൽ ഒരേയൊരു മെയിൽബോക്സിൽ എത്തുന്നു."
MISLEADS = (
    "A family or shop may share it, anyone can type an "
    "unverified address, and a few providers reissue old ones."
)
MISLEADS_ML = "കുടുംബമോ കടയോ ഇതു പങ്കിടാം; ഉറപ്പാക്കാത്ത വിലാസം ആർക്കും എഴുതാം; ചില ദാതാക്കൾ പഴയതു വീണ്ടും നൽകും."

_FORM = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


def compact(value: str) -> str:
    """Without surrounding space, `mailto:` and angle brackets, in lower case."""
    bare = value.strip().strip("<>").strip().lower()
    return bare.removeprefix("mailto:")


def validate(value: str) -> str:
    """The mailbox, `local@domain`.

    Raises:
        ValueError: not one address with a domain, or a word that only fills the field.
    """
    bare = compact(value)
    if len(bare) > 254 or not _FORM.fullmatch(bare):
        raise ValueError(f"no e-mail address: {value!r}")
    local, _, domain = bare.partition("@")
    rule = RULES.get(domain)
    if rule is not None:
        local = mailbox(local, rule)
        bare = f"{local}@{rule.domain}"
    if is_placeholder(local):
        raise ValueError(f"an e-mail address that only fills the field: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The address as written, in lower case: a request to the provider quotes what was reported."""
    validate(value)
    return compact(value)
