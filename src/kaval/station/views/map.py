"""The map of districts and sites, drawn here: no tile is asked of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries import map as queries
from kaval.station.queries.board import STATES
from kaval.station.queries.map import SiteOnMap
from kaval.station.queries.operations import operations_seen
from kaval.station.queries.scope import districts_seen
from kaval.station.views.asked import id_asked
from kaval.station.views.drawing import Drawing, draw_map
from kaval.station.views.frame import words_of_request
from kaval.station.views.words import Words


@require_safe
def show_map(request: OfficerRequest) -> HttpResponse:
    """Sites of one operation (the latest unless another is chosen), in the state or one district."""
    operations = operations_seen(request.officer)
    asked, district = id_asked(request, "operation"), id_asked(request, "district")
    operation = next((one for one in operations if one.id == asked), operations[0] if operations else None)
    sites = queries.sites_for_map(
        request.officer, operation=operation.id if operation else None, district=district
    )
    say, counted = words_of_request(), Counter(site.state for site in sites)
    drawing = draw_map(queries.districts_on_map(request.officer, district=district), sites)
    return render(
        request,
        "map.html",
        {
            "drawing": drawing,
            "sites": sites,
            "operations": operations,
            "operation": operation,
            "districts": districts_seen(request.officer),
            "district": district,
            "legend": [(state, say[state], counted[state]) for state in STATES],
            "marks": _marks(drawing) if drawing else "",
            "listed": _listed(sites, say),
        },
    )


def _marks(drawing: Drawing) -> SafeString:
    return format_html_join(
        "",
        (
            '<use class="site st-{}" href="#m-{}" data-x="{}" data-y="{}" data-tip="{} · {}, {}" '
            'x="{}" y="{}" width="{}" height="{}"/>'
        ),
        (
            (
                one.site.state,
                one.site.state,
                one.x,
                one.y,
                one.site.number,
                one.site.locality,
                one.site.district,
                one.left,
                one.top,
                drawing.mark,
                drawing.mark,
            )
            for one in drawing.sites
        ),
    )


def _listed(sites: Iterable[SiteOnMap], say: Words) -> SafeString:
    return format_html_join(
        "",
        '<tr><td class="n">{}</td><td>{}<br><small>{}</small></td><td>{}<br><small>{}</small></td></tr>',
        (
            (
                site.number,
                site.locality,
                site.district,
                say[site.state],
                say[site.outcome] if site.outcome else "",
            )
            for site in sites
        ),
    )
