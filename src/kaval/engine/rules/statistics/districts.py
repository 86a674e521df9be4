"""The 20 police districts of Kerala: the smallest locality a public figure may name, and the only ones.

Source: law_and_procedure.md 1.8 and section 6 (20 police districts reported per operation in 2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoliceDistrict:
    """A police district: id, English and Malayalam name."""

    id: str
    name_en: str
    name_ml: str


_ALL = (
    PoliceDistrict("TVMC", "Thiruvananthapuram City", "തിരുവനന്തപുരം സിറ്റി"),
    PoliceDistrict("TVMR", "Thiruvananthapuram Rural", "തിരുവനന്തപുരം റൂറൽ"),
    PoliceDistrict("KLMC", "Kollam City", "കൊല്ലം സിറ്റി"),
    PoliceDistrict("KLMR", "Kollam Rural", "കൊല്ലം റൂറൽ"),
    PoliceDistrict("PTA", "Pathanamthitta", "പത്തനംതിട്ട"),
    PoliceDistrict("ALP", "Alappuzha", "ആലപ്പുഴ"),
    PoliceDistrict("KTM", "Kottayam", "കോട്ടയം"),
    PoliceDistrict("IDK", "Idukki", "ഇടുക്കി"),
    PoliceDistrict("KCC", "Kochi City", "കൊച്ചി സിറ്റി"),
    PoliceDistrict("EKMR", "Ernakulam Rural", "എറണാകുളം റൂറൽ"),
    PoliceDistrict("TSRC", "Thrissur City", "തൃശ്ശൂർ സിറ്റി"),
    PoliceDistrict("TSRR", "Thrissur Rural", "തൃശ്ശൂർ റൂറൽ"),
    PoliceDistrict("PKD", "Palakkad", "പാലക്കാട്"),
    PoliceDistrict("MLP", "Malappuram", "മലപ്പുറം"),
    PoliceDistrict("KKDC", "Kozhikode City", "കോഴിക്കോട് സിറ്റി"),
    PoliceDistrict("KKDR", "Kozhikode Rural", "കോഴിക്കോട് റൂറൽ"),
    PoliceDistrict("WYD", "Wayanad", "വയനാട്"),
    PoliceDistrict("KNRC", "Kannur City", "കണ്ണൂർ സിറ്റി"),
    PoliceDistrict("KNRR", "Kannur Rural", "കണ്ണൂർ റൂറൽ"),
    PoliceDistrict("KSD", "Kasaragod", "കാസർഗോഡ്"),
)
POLICE_DISTRICTS: Mapping[str, PoliceDistrict] = {district.id: district for district in _ALL}
"""By id, south to north."""
