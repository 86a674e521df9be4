"""All tables of the station: models and constraints, no rules."""

from kaval.station.models.attribution import (
    Allocation,
    Attribution,
    GroundVerification,
    LeaseAnswer,
    Place,
    Provider,
    ProviderRequest,
    RequestRow,
    Resolution,
    SecondReading,
    SubscriberAnswer,
)
from kaval.station.models.evidence import CustodyEvent, Examination, Exhibit, Finding, HashSet, RenderedDocument
from kaval.station.models.field import Arrest, Crime, FieldEvent, Outcome, SeizureReport, Welfare
from kaval.station.models.intake import (
    Identifier,
    Lead,
    LeadIdentifier,
    Observation,
    Reading,
    ReadingWarning,
    Receipt,
    Report,
    ReportedFile,
    ReportReceipt,
    SealedFile,
)
from kaval.station.models.operation import Approval, Operation, PlanChange, Site, Stop, Team, TeamMember
from kaval.station.models.people import Account, District, Officer, Station, Unit
from kaval.station.models.record import Act, LedgerEntry, LedgerHead, Refusal
from kaval.station.models.subjects import Assessment, Investigation, Subject, SubjectLead

__all__ = [
    "Account", "Act", "Allocation", "Approval", "Arrest", "Assessment", "Attribution", "Crime", "CustodyEvent", "District",
    "Examination", "Exhibit", "FieldEvent", "Finding", "GroundVerification", "HashSet", "Identifier", "Investigation", "Lead",
    "LeadIdentifier", "LeaseAnswer", "LedgerEntry", "LedgerHead", "Observation", "Officer", "Operation", "Outcome", "Place",
    "PlanChange", "Provider", "ProviderRequest", "Reading", "ReadingWarning", "Receipt", "Refusal", "RenderedDocument", "Report",
    "ReportReceipt", "ReportedFile", "RequestRow", "Resolution", "SealedFile", "SecondReading", "SeizureReport", "Site",
    "Station", "Stop", "Subject", "SubjectLead", "SubscriberAnswer", "Team", "TeamMember", "Unit", "Welfare",
]
