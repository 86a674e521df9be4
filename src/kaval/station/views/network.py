"""The lists of ranges and routing tables in use, and which of them are out of date."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaval.engine.kernel.instant import IST
from kaval.station.officer_request import OfficerRequest
from kaval.station.queries.network import network_lists
from kaval.station.views.frame import is_malayalam

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Address lists", "വിലാസ പട്ടികകൾ"),
    "lead": (
        "What an address was on a day: lists of ranges that lead to no home, our own lines, and routing tables. Each "
        "comes from a file the unit was given and speaks only for events near its day.",
        "ഒരു ദിവസം ഒരു വിലാസം എന്തായിരുന്നു: വീട്ടിലേക്കു നയിക്കാത്ത ശ്രേണികൾ, നമ്മുടെ സ്വന്തം കണക്ഷനുകൾ, റൂട്ടിങ് പട്ടികകൾ. "
        "ഓരോന്നും യൂണിറ്റിനു ലഭിച്ച ഫയലിൽ നിന്നാണ്; അതിന്റെ തീയതിക്കടുത്ത സംഭവങ്ങൾക്കു മാത്രമേ ബാധകമാകൂ.",
    ),
    "kind": ("Kind", "ഇനം"),
    "name": ("List", "പട്ടിക"),
    "dated": ("Day", "തീയതി"),
    "age": ("days old", "ദിവസം പഴക്കം"),
    "entries": ("Ranges", "ശ്രേണികൾ"),
    "source": ("Given by", "നൽകിയത്"),
    "by": ("Taken into use by", "ഉപയോഗത്തിലാക്കിയത്"),
    "stale": ("Out of date", "കാലഹരണപ്പെട്ടു"),
    "current": ("Speaks for today", "ഇന്നത്തേക്കു ബാധകം"),
    "standing": ("Holds over its time", "കാലയളവിൽ ബാധകം"),
    "empty": (
        "No list is in use. Until one is, every address stays unknown to check A-07. Take one in with: kaval network "
        "add",
        "ഒരു പട്ടികയും ഉപയോഗത്തിലില്ല. അതുവരെ എല്ലാ വിലാസവും A-07 പരിശോധനയിൽ അജ്ഞാതമാണ്. ചേർക്കാൻ: kaval network add",
    ),
    "vpn": ("VPN", "വിപിഎൻ"),
    "hosting": ("Hosting", "ഹോസ്റ്റിങ്"),
    "proxy": ("Proxy", "പ്രോക്സി"),
    "relay": ("Relay", "റിലേ"),
    "cdn": ("Delivery network", "ഡെലിവറി ശൃംഖല"),
    "satellite": ("Satellite", "ഉപഗ്രഹം"),
    "roaming": ("Roaming", "റോമിങ്"),
    "own": ("Our own lines", "നമ്മുടെ കണക്ഷനുകൾ"),
    "routing": ("Routing table", "റൂട്ടിങ് പട്ടിക"),
}


@require_safe
def network_page(request: OfficerRequest) -> HttpResponse:
    """All lists in use, by kind, newest first."""
    place = 1 if is_malayalam() else 0
    words = {key: pair[place] for key, pair in WORDS.items()}
    today = timezone.now().astimezone(IST).date()
    rows = [(words.get(row.kind, row.kind), row) for row in network_lists(today)]
    return render(request, "network.html", {"w": words, "rows": rows})
