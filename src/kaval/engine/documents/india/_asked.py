"""Sentences every order to a provider shares: whom it goes to, on what basis, how to answer, what to enclose."""

from __future__ import annotations

from datetime import datetime

from kaval.engine.documents._frame import Frame
from kaval.engine.documents._spec import Field, FieldList, Label, Section, Statement, Value
from kaval.engine.documents._wording import RANKS, ist, named
from kaval.engine.documents.india._sections import head_fields, officer_name
from kaval.engine.rules.court.facts import HeadFacts, OfficerFacts

NOT_SUSPECT = (
    "Do not inform the subscriber. A subscriber is not a suspect.",
    "വരിക്കാരനെ അറിയിക്കരുത്. വരിക്കാരൻ എന്നാൽ കുറ്റം സംശയിക്കപ്പെടുന്നയാൾ എന്നല്ല.",
)


def order_fields(
    frame: Frame,
    head: HeadFacts,
    *,
    to: str,
    office: str | None,
    basis: str | None,
    authority: str | None,
    signatory: OfficerFacts | None,
) -> tuple[Field, ...]:
    """To whom, on what basis and authority, signed by whom in what rank."""
    rank: Value | None = named(signatory.rank, RANKS) if signatory else None
    return (
        frame.field("To", "സ്വീകർത്താവ്", to),
        frame.field("Office", "ഓഫീസ്", office),
        *head_fields(frame, head),
        frame.field("Legal basis", "നിയമപരമായ അടിസ്ഥാനം", basis),
        frame.field("Authority", "അധികാരം", authority),
        frame.field("Signed by", "ഒപ്പിടുന്നത്", officer_name(signatory)),
        frame.field("Rank of the signatory", "ഒപ്പിടുന്നയാളുടെ റാങ്ക്", rank),
    )


def enclose_certificate(frame: Frame, number: int) -> Statement:
    """The last thing asked: Part A of the certificate with three digests of each file."""
    return frame.say(
        f"{number}. Enclose Part A of the certificate for electronic records, signed by your "
        "officer, with SHA1, SHA256 and "
        "MD5 of each file of the answer.",
        f"{number}. മറുപടിയിലെ ഓരോ ഫയലിന്റെയും SHA1, SHA256, MD5 സഹിതം നിങ്ങളുടെ ഉദ്യോഗസ്ഥൻ ഒപ്പിട്ട, "
        "ഇലക്ട്രോണിക് രേഖയ്ക്കുള്ള "
        "സാക്ഷ്യപത്രത്തിന്റെ ഭാഗം എ ഉൾപ്പെടുത്തുക.",
        law=("bsa-63-4", "bsa-schedule"),
    )


def numbered(frame: Frame, asked: tuple[tuple[str, str], ...]) -> list[Statement]:
    """What is asked, counted from 1."""
    return [
        frame.say(f"{n}. {text_en}", f"{n}. {text_ml}") for n, (text_en, text_ml) in enumerate(asked, start=1)
    ]


def answer_section(frame: Frame, *, answer_by: datetime | None, channel: str | None) -> Section:
    """Until when and by which way the answer is to come."""
    return Section(
        Label("Answer", "മറുപടി"),
        (
            FieldList(
                (
                    frame.field("Answer by", "മറുപടി നൽകേണ്ടത്", ist(answer_by)),
                    frame.field("Channel", "മാർഗ്ഗം", channel),
                )
            ),
        ),
    )
