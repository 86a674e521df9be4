"""Invented facts for the papers of an attribution: one subject at level 2 with a doubt, and what was asked of whom."""

from __future__ import annotations

from dataclasses import replace

from kaval.engine.kernel.digest import digest_bytes
from kaval.engine.kernel.reference import SourceRef
from kaval.engine.rules.court.asking_facts import AccountRowFacts, PlatformRequestFacts, ReminderFacts
from kaval.engine.rules.court.disclosure_facts import (
    AnswerSourceFacts,
    CameFacts,
    DisclosureFacts,
    GroundsFacts,
    LeadSourceFacts,
)
from kaval.engine.rules.court.facts import ExhibitHashFacts, OfficerFacts
from kaval.engine.rules.court.sheet_facts import (
    AskedAroundFacts,
    AskedFacts,
    BasisFacts,
    CaveatFacts,
    HeldBackFacts,
    LeaseFacts,
    LiftedFacts,
    LineFacts,
    LookFacts,
    NoteFacts,
    ResultFacts,
    SaidFacts,
    SeenFacts,
    SheetFacts,
    TieFacts,
)
from tests.documents import cases

ANALYST = OfficerFacts("O-11", "Anila Mathew", "അനില മാത്യു", "SI")
SECOND = OfficerFacts("O-12", "Rafeeq Hassan", "റഫീക്ക് ഹസ്സൻ", "ASI")
INSPECTOR = OfficerFacts("O-9", "Jacob Example", "ജേക്കബ് ഉദാഹരണം", "INSPECTOR")
DYSP = OfficerFacts("O-2", "Sindhu Example", "സിന്ധു ഉദാഹരണം", "DYSP")
EXPORT, ANSWER = cases.sha256("export.csv"), cases.sha256("ipdr-001.csv")


def _lease(number: int, *, day: int) -> LeaseFacts:
    start = cases.at(20, 0, 0, day=day)
    return LeaseFacts(
        "EX-10042",
        "203.0.113.7",
        40000,
        40999,
        start.strftime("%d/%m/%Y %H:%M:%S"),
        start,
        cases.at(23, 40, 12, day=day).strftime("%d/%m/%Y %H:%M:%S"),
        cases.at(23, 40, 12, day=day),
        False,
        cases.at(11, 30, day=-12),
        SourceRef(ANSWER, f"row {number + 3}"),
    )


def _seen(number: int, *, day: int, stands: str = "support") -> SeenFacts:
    seen_at = cases.at(21, 14, 5, day=day)
    asked = AskedFacts(
        "REQ/2026/0003",
        f"7QK2M9XA{number}C",
        "Example Fibre Ltd",
        cases.at(10, 0, day=-20),
        INSPECTOR,
        "203.0.113.7",
        40112,
        seen_at.strftime("%Y-%m-%d 15:44:05 UTC"),
        seen_at.strftime("%Y-%m-%d 21:14:05 IST"),
        cases.ledger(20),
    )
    return SeenFacts(
        number,
        f"obs-{number}",
        stands,
        "203.0.113.7",
        40112,
        "tcp",
        "client",
        "first seen",
        seen_at.isoformat(),
        seen_at,
        "in_value",
        "second",
        (cases.at(21, 14, 3, day=day), cases.at(21, 14, 7, day=day)),
        "117",
        SourceRef(EXPORT, f"row {number} observed_first"),
        asked,
        _lease(number, day=day),
        "unique",
        second=((SECOND, "EX-10042"),),
    )


ELSEWHERE = replace(
    _seen(3, day=-31, stands="against"),
    others=("EX-20077",),
    lease=replace(_lease(3, day=-31), customer_ref="EX-20077"),
    second=((SECOND, "EX-20077"),),
    explained=(
        NoteFacts(
            "The account holder was on a visit that week; the second line is a relative's.",
            INSPECTOR,
            cases.at(12, 0, day=-5),
            cases.ledger(31),
            3,
        ),
    ),
)
SILENT = replace(
    _seen(4, day=-30, stands="open"),
    port=None,
    lease=None,
    asked=None,
    state="ambiguous",
    reasons=(
        SaidFacts(
            "the answer names port blocks and the source states no port",
            "മറുപടിയിൽ പോർട്ട് ശ്രേണിയുണ്ട്, ഉറവിടത്തിൽ പോർട്ട് ഇല്ല",
        ),
    ),
    second=(),
)
LOOK = LookFacts(
    "Example East", cases.LEADER, cases.at(16, 20, day=-4), True, True, "same", "2019-06-01", None, "open", True,
    cases.ledger(33),
)  # fmt: skip


# Some checks of each stage in words of this file, so that a better word in the catalogue changes no golden page.
_RULES = (
    (
        "A-03",
        "ask",
        "BLOCK",
        "The address reads back to the same bytes.",
        "വിലാസം തിരികെ വായിക്കുമ്പോൾ അതേ ബൈറ്റുകൾ.",
    ),
    ("A-16", "ask", "BLOCK", "It is the time of the event.", "സംഭവത്തിന്റെ സമയം തന്നെ."),
    ("A-24", "answer", "BLOCK", "The lease covers the whole time seen.", "കണ്ട സമയം മുഴുവൻ ലീസ് ഉൾക്കൊള്ളുന്നു."),
    (
        "A-25",
        "answer",
        "HOLD",
        "The event is at least 300 s from both ends.",
        "രണ്ട് അറ്റത്തുനിന്നും 300 സെക്കൻഡ് അകലം.",
    ),
    ("A-44", "subject", "WARN", "The reporter says who viewed.", "കണ്ടത് ആരെന്ന് റിപ്പോർട്ടിലുണ്ട്."),
    ("A-46", "subject", "BLOCK", "Local police found the very house.", "ലോക്കൽ പോലീസ് വീട് കണ്ടെത്തി."),
    (
        "A-60",
        "after",
        "DUTY",
        "Nothing found: gone through again within 24 h.",
        "ഒന്നുമില്ലെങ്കിൽ 24 മണിക്കൂറിനകം വീണ്ടും.",
    ),
)


def results(**changed: str) -> tuple[ResultFacts, ...]:
    """The checks above as PASS but those named (`A25="FAIL"`); after the search nothing is known yet."""
    made = []
    for check, stage, kind, text, text_ml in _RULES:
        rule = SaidFacts(text, text_ml)
        verdict = changed.get(check.replace("-", ""), "UNKNOWN" if stage == "after" else "PASS")
        found = rule if verdict == "PASS" else SaidFacts("What was found stands here.", "കണ്ടെത്തിയത് ഇവിടെ.")
        made.append(ResultFacts(check, stage, kind, verdict, rule, found))
    return tuple(made)


CAVEAT = CaveatFacts(
    SaidFacts("The provider says in its answer", "സേവനദാതാവ് മറുപടിയിൽ പറയുന്നത്"),
    "Port blocks are assigned for at most four hours.",
    SourceRef(ANSWER, ""),
)
SHEET = SheetFacts(
    head=cases.head("AS/2026/00007"),
    subject="S-000117",
    level=2,
    made_by=ANALYST,
    made_at=cases.at(9, 0, day=-2),
    entry_at=cases.at(7),
    provider="Example Fibre Ltd",
    customer_ref="EX-10042",
    place=cases.PLACE,
    seen=(_seen(1, day=-40), _seen(2, day=-33), ELSEWHERE, SILENT),
    lines=(
        LineFacts("billing", None, None, None, None, SourceRef(ANSWER, "row 90")),
        LineFacts("install", "HOME", cases.at(0, day=-900), None, cases.PLACE, SourceRef(ANSWER, "row 91")),
    ),
    look=LOOK,
    devices=(),
    persons=(),
    results=results(A25="FAIL", A44="UNKNOWN"),
    stopped_by=(),
    basis=(
        BasisFacts("source", "export.csv", EXPORT),
        BasisFacts("answer", "ipdr-001.csv", ANSWER),
        BasisFacts("list", "vpn EXAMPLE-VPN 2025-12-01", cases.sha256("vpn.csv")),
    ),
    source=SourceRef(cases.sha256("attribution"), "attribution S-000117"),
    second_readers=(SECOND,),
    approved=((DYSP, cases.at(18, 0, day=-1), "TRAINING 20.3"),),
    lifted=(
        LiftedFacts(
            "A-25",
            NoteFacts("Both leases are of the same customer.", DYSP, cases.at(10, 0, day=-2), cases.ledger(34), 1),
            "DYSP",
            withdrawn=False,
            counted=True,
        ),
    ),
    ties=(
        TieFacts(
            "phone",
            NoteFacts("The recovery telephone was verified.", ANALYST, cases.at(15, 0, day=-3), cases.ledger(35)),
        ),
    ),
    asked_around=AskedAroundFacts(
        "neighbouring states", False, NoteFacts("", ANALYST, cases.at(9, day=-3), cases.ledger(36))
    ),
    caveats=(CAVEAT,),
    flags=("user_unknown",),
)  # fmt: skip
BLOCKED = replace(
    SHEET,
    level=1,
    place=None,
    stopped_by=("A-24", "A-46"),
    results=results(A24="FAIL", A46="UNKNOWN"),
    look=None,
    lines=tuple(replace(line, address=None) for line in SHEET.lines),
)
BROKEN = replace(
    SHEET, basis=(replace(SHEET.basis[0], broken=True), *SHEET.basis[1:]), broken_at=cases.at(8, 0, day=-1)
)
HELD = replace(
    SHEET,
    quarantined_at=cases.at(8, 30, day=-1),
    held_back=(
        HeldBackFacts("file", ANSWER[:16], "ERR/2026/0001", cases.at(8, 30, day=-1), cases.ledger(40)),
    ),
)


def _hashes(name: str, record: str) -> ExhibitHashFacts:
    digests = digest_bytes(name.encode())
    return ExhibitHashFacts(
        record, 20144, digests.sha256, digests.sha1, digests.md5, None, SourceRef(digests.sha256, "")
    )


LEAD = LeadSourceFacts(
    lead="117",
    system="EXAMPLE-MONITOR",
    report="R-00981",
    kind="p2p",
    tool_version="4.2",
    operator=None,
    export=_hashes("export.csv", "source"),
    locator="row 1",
    reader="p2p_lead_csv 2",
    profile="",
    came=(CameFacts(cases.at(9, 12, day=-41), "sealed folder", "p2p_export", SECOND),),
    kept=(("network", "example-net"), ("client_name", "ExampleClient"), ("isp", "Example Fibre Ltd")),
    viewed=(0, 1, 2),
    hash_kinds=("sha1", "btih"),
    hash_lists=(),
    source=SourceRef(EXPORT, "row 1"),
)
DISCLOSURE = DisclosureFacts(
    head=cases.head("DP/2026/00003"),
    subject="S-000117",
    level=2,
    leads=(LEAD,),
    answers=(
        AnswerSourceFacts(
            "Example Fibre Ltd", "dot_ipdr_2013", cases.sha256("template"), INSPECTOR, True, "asked",
            SourceRef(ANSWER, ""),
        ),
    ),
    files=(_hashes("export.csv", "source"), _hashes("ipdr-001.csv", "answer")),
    software="Kaval 0.1.0",
    seen=4,
    source=SHEET.source,
    recipient="court",
)  # fmt: skip
GROUNDS = GroundsFacts(
    head=cases.head("GB/2026/00004"),
    subject="S-000117",
    level=2,
    place=cases.PLACE,
    officer=INSPECTOR,
    seen=SHEET.standing("support"),
    leads=(LEAD,),
    look=LOOK,
    shared=True,
    flags=("user_unknown",),
    caveats=(CAVEAT,),
    against=1,
    stopped_by=(),
    usable=True,
    source=SHEET.source,
    basis="WARRANT_96",
)
PLATFORM = PlatformRequestFacts(
    head=cases.head("RP/2026/00002", district=None, police_station="Cyber Crime Police Station"),
    platform="Example Social",
    platform_office="Law enforcement response, Example Social",
    basis="BNSS 94",
    authority="Order 78/2026 in enquiry 3/2026",
    signatory=INSPECTOR,
    rows=(
        AccountRowFacts(
            "A7QK2M9XBT", "esp_account", "100200300", ("subscriber", "logins"), "ncmec CT-9000117",
            cases.at(9, 12, day=-41), cases.ledger(50),
        ),
        AccountRowFacts(
            "A7QK2M9XCV", "handle", "example.user", ("subscriber", "logins", "recovery", "devices"),
            "ncmec CT-9000118", cases.at(9, 13, day=-41), cases.ledger(51),
        ),
    ),
    answer_by=cases.at(17, 0, day=10),
    answer_channel="the platform's law-enforcement portal",
    source=cases.ledger(52),
)  # fmt: skip
REMINDER = ReminderFacts(
    head=cases.head("RM/2026/00001", district=None, police_station="Cyber Crime Police Station"),
    provider="Example Fibre Ltd",
    provider_office="Nodal officer, Example Fibre Ltd",
    request="REQ/2026/0003",
    sent_at=cases.at(10, 0, day=-20),
    answer_by=cases.at(17, 0, day=-3),
    reminder=2,
    rows=14,
    open_rows=("7QK2M9XA3C", "7QK2M9XA4C"),
    basis="BNSS 94",
    signatory=INSPECTOR,
    answer_channel="sealed folder on the unit's exchange server",
    source=cases.ledger(53),
)


def sheet_facts() -> dict[str, object]:
    """Complete facts by document id, for the papers of an attribution."""
    return {
        "in.attribution_sheet": SHEET,
        "in.disclosure_pack": DISCLOSURE,
        "in.disclosure_pack_redacted": replace(DISCLOSURE, recipient="defence"),
        "in.grounds_of_belief": GROUNDS,
        "in.platform_request": PLATFORM,
        "in.request_reminder": REMINDER,
    }
