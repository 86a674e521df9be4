"""The order of the CyberTipline schema as one table: which elements an element may hold, in which order.

`a:b` is an element `a` of the type `b` with elements of its own; a bare name holds text. `!` marks what is shown only
on need (file names, page addresses, message content, names of rooms, who reports), `~` running text that is mined.
Reader and writer share the table; a test compares it with the published schema.
Source: `reference/formats/ncmec/cybertipline-ispws-report.xsd`, documentation last updated 2025-06-11.
"""

from __future__ import annotations

from typing import NamedTuple

_EVENTS = "ipCaptureEvent:ipCaptureEvent deviceId:deviceId"
_NAMES = "displayName profileUrl! profileBio~"
_FLAGS = "accountTemporarilyDisabled accountPermanentlyDisabled"
_PLACE = "estimatedLocation:estimatedLocation allEmailsReported"
_ACCOUNT = f"espIdentifier espService compromisedAccount screenName {_NAMES} {_EVENTS}"
_CONTACT = "firstName lastName phone email address:address"

TABLE: dict[str, str] = {
    "report": (
        "batchedReport incidentSummary:incidentSummary internetDetails:internetDetails lawEnforcement:lawEnforcement "
        "reporter:reporter personOrUserReported:personOrUserReported intendedRecipient:intendedRecipient "
        "victim:victim additionalInfo~"
    ),
    "incidentSummary": (
        "incidentType platform escalateToHighPriority~ reportAnnotations:reportAnnotations incidentDateTime "
        "incidentDateTimeDescription~"
    ),
    "reportAnnotations": "sextortion csamSolicitation minorToMinorInteraction spam sadisticOnlineExploitation",
    "internetDetails": (
        "webPageIncident:webPageIncident emailIncident:emailIncident newsgroupIncident:newsgroupIncident "
        "chatImIncident:chatImIncident onlineGamingIncident:onlineGamingIncident "
        "cellPhoneIncident:cellPhoneIncident nonInternetIncident:nonInternetIncident "
        "peer2peerIncident:peer2peerIncident"
    ),
    "webPageIncident": "url! additionalInfo~",
    "emailIncident": "emailAddress content!~ additionalInfo~",
    "newsgroupIncident": "name! emailAddress content!~ additionalInfo~",
    "chatImIncident": "chatClient chatRoomName! content!~ additionalInfo~",
    "onlineGamingIncident": "gameName console content!~ additionalInfo~",
    "cellPhoneIncident": "phoneNumber latitude longitude additionalInfo~",
    "nonInternetIncident": "locationName incidentAddress:address additionalInfo~",
    "peer2peerIncident": "client ipCaptureEvent:ipCaptureEvent fileNames! additionalInfo~",
    "lawEnforcement": (
        "agencyName caseNumber officerContact:contactPerson reportedToLe servedLegalProcessDomestic "
        "servedLegalProcessInternational"
    ),
    "reporter": (
        "reportingPerson!:person contactPerson!:contactPerson companyTemplate termsOfService legalURL"
    ),
    "personOrUserReported": (
        f"personOrUserReportedPerson:person vehicleDescription~ {_ACCOUNT} thirdPartyUserReported priorCTReports "
        f"groupIdentifier {_FLAGS} {_PLACE} associatedAccount:associatedAccount additionalInfo~"
    ),
    "intendedRecipient": (
        f"intendedRecipientPerson:person {_ACCOUNT} priorCTReports groupIdentifier {_FLAGS} {_PLACE} additionalInfo~"
    ),
    "victim": (
        f"victimPerson:person {_ACCOUNT} schoolName priorCTReports {_FLAGS} {_PLACE} "
        "associatedAccount:associatedAccount additionalInfo~"
    ),
    "associatedAccount": (
        "platform firstName middleName lastName approximateAge dateOfBirth phone email allEmailsReported "
        f"address:address espService espIdentifier profileUrl! screenName displayName profileBio~ groupIdentifier "
        f"compromisedAccount {_FLAGS} {_EVENTS} priorCTReport additionalInfo~"
    ),
    "person": f"{_CONTACT} age dateOfBirth",
    "contactPerson": _CONTACT,
    "address": "address city zipCode state nonUsaState country",
    "estimatedLocation": "city region countryCode",
    "ipCaptureEvent": "ipAddress eventName dateTime possibleProxy port",
    "deviceId": "idType idValue eventName dateTime",
    "fileDetails": (
        "reportId fileId fileName! originalFileName! uploadedToEspTimestamp locationOfFile! fileViewedByEsp "
        "exifViewedByEsp publiclyAvailable fileRelevance potentialMeme fileAnnotations:fileAnnotations "
        f"industryClassification originalFileHash {_EVENTS} details:details additionalInfo~"
    ),
    "fileAnnotations": (
        "animeDrawingVirtualHentai potentialMeme viral possibleSelfProduction physicalHarm violenceGore bestiality "
        "liveStreaming infant generativeAi"
    ),
    "details": "nameValuePair:nameValuePair",
    "nameValuePair": "name value!",
}

# What this reader writes into the bag beside elements and attributes; no element can be called so.
ORDER, FOLLOWING, NAMESPACE, TEXT = "order()", "following-text()", "namespace()", "text()"
NUMBER_FROM = "report_number_from"


class Child(NamedTuple):
    """An element inside another: its place among its siblings, its type (empty: text), and its two marks."""

    name: str
    rank: int
    type: str
    restricted: bool
    free_text: bool


def _child(rank: int, entry: str) -> Child:
    marked, _, kind = entry.partition(":")
    return Child(marked.rstrip("!~"), rank, kind, "!" in marked, "~" in marked)


CHILDREN: dict[str, tuple[Child, ...]] = {
    name: tuple(_child(rank, entry) for rank, entry in enumerate(text.split()))
    for name, text in TABLE.items()
}
