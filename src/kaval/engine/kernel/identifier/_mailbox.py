"""Which spellings of an address reach one mailbox, for providers that say so in public; nobody else is guessed.

A rule may only merge addresses that can never be two people's: the providers below issue no name with a `+`, and
where signs are ignored the provider itself refuses a second name that differs only in them. A domain of a firm or a
school hosted by the same provider is not in the table: there, dots may tell two people apart.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """The domain that stands for the mailbox, and the signs of the local part that do not count."""

    domain: str
    ignored: tuple[str, ...] = ()


# Google, Gmail help: "Dots don't matter in Gmail addresses", and the pages on +tags and on googlemail.com, under
# which the same mailbox answers.
_GOOGLE = {domain: Rule("gmail.com", (".",)) for domain in ("gmail.com", "googlemail.com")}
# Microsoft, Outlook.com blog, September 2013: +tag only, dots count. Each domain has its own names.
_MICROSOFT = {
    domain: Rule(domain)
    for domain in ("outlook.com", "outlook.in", "hotmail.com", "hotmail.co.uk", "live.com", "live.in")
}
# Fastmail help, "Plus addressing and subdomain addressing". The form tag@name.fastmail.com is left alone: a missed
# link costs less than a wrong one.
_FASTMAIL = {domain: Rule(domain) for domain in ("fastmail.com", "fastmail.fm")}
# Proton, published web client (ProtonMail/WebClients, packages/shared/lib/helpers/email.ts, scheme PROTON): +tag,
# dots, hyphens and underscores do not count. proton.me carries the same accounts' newer addresses.
_PROTON = {
    domain: Rule(domain, (".", "-", "_"))
    for domain in ("proton.me", "protonmail.com", "protonmail.ch", "pm.me")
}

RULES: dict[str, Rule] = {**_GOOGLE, **_MICROSOFT, **_FASTMAIL, **_PROTON}


def mailbox(local: str, rule: Rule) -> str:
    """The local part that stands for the mailbox, empty when nothing is left; both sides in lower case.

    >>> mailbox("r.o+news", RULES["googlemail.com"]), mailbox("r.o+news", RULES["outlook.com"])
    ('ro', 'r.o')
    """
    name = local.partition("+")[0]
    for sign in rule.ignored:
        name = name.replace(sign, "")
    return name
