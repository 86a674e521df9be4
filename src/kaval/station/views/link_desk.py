"""The link desk: a person accepts or refuses what the machine proposes, parts what is wrongly one, takes words back."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kaval.engine.kernel.errors import NotPermitted, RefusedError
from kaval.station.forms.links import DecideForm, PartForm, WithdrawForm
from kaval.station.forms.once import first_problem
from kaval.station.officer_request import OfficerRequest
from kaval.station.operations import decisions
from kaval.station.queries import link_desk as queries
from kaval.station.roles import permits
from kaval.station.views.asked import page_asked, query_without_page
from kaval.station.views.link_words import sentences


@require_safe
def links(request: OfficerRequest) -> HttpResponse:
    """Open proposals, the heaviest first."""
    return _proposals(request)


@require_safe
def link_decisions(request: OfficerRequest) -> HttpResponse:
    """What people decided, the newest first."""
    return _decisions(request)


@require_POST
def link_decide(request: OfficerRequest) -> HttpResponse:
    """Accepts or refuses one proposal."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _proposals(request, problem=first_problem(form), at=request.POST.get("proposal", ""))
    asked = form.cleaned_data
    proposal = queries.proposal_by_id(request.officer, asked["proposal"])
    act = decisions.accept_proposal if asked["verdict"] == "accept" else decisions.refuse_proposal
    try:
        act(
            by=request.officer,
            at=timezone.now(),
            # One page holds many forms under one key; a decision belongs to one of them.
            key=f"{asked['key']} {proposal.pk}",
            proposal=proposal,
            text=asked["text"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _proposals(request, problem=refused.text, at=str(proposal.pk))
    return HttpResponse(status=303, headers={"Location": reverse("links")})


@require_POST
def link_withdraw(request: OfficerRequest) -> HttpResponse:
    """Takes one decision back."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _decisions(request, problem=first_problem(form), at=request.POST.get("decision", ""))
    asked = form.cleaned_data
    decision = queries.decision_by_id(request.officer, asked["decision"])
    try:
        decisions.withdraw_decision(
            by=request.officer,
            at=timezone.now(),
            key=f"{asked['key']} {decision.pk}",
            decision=decision,
            text=asked["text"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _decisions(request, problem=refused.text, at=str(decision.pk))
    return HttpResponse(status=303, headers={"Location": reverse("link-decisions")})


@require_safe
def parting(request: OfficerRequest, subject_id: str) -> HttpResponse:
    """The reports of one subject, to tick those that are not about the same person."""
    return _parting(request, subject_id)


@require_POST
def part_leads(request: OfficerRequest) -> HttpResponse:
    """Parts the ticked reports from the others of their subject."""
    subject, leads = queries.leads_of_subject(request.officer, request.POST.get("subject", ""))
    form = PartForm(request.POST, leads=[str(lead.pk) for lead in leads[: queries.TO_PART_MOST]])
    if not form.is_valid():
        return _parting(request, str(subject.pk), problem=first_problem(form))
    ticked = set(form.cleaned_data["lead"])
    these = [lead for lead in leads if str(lead.pk) in ticked]
    those = [lead for lead in leads if str(lead.pk) not in ticked]
    if not those:
        return _parting(request, str(subject.pk), problem=sentences()["part_all"])
    try:
        decisions.part_leads(
            by=request.officer,
            at=timezone.now(),
            key=str(form.cleaned_data["key"]),
            these=these,
            those=those,
            text=form.cleaned_data["text"],
        )
    except NotPermitted:
        raise
    except RefusedError as refused:
        return _parting(request, str(subject.pk), problem=refused.text)
    return HttpResponse(status=303, headers={"Location": reverse("link-decisions")})


def _proposals(request: OfficerRequest, *, problem: str = "", at: str = "") -> HttpResponse:
    context = {
        "w": sentences(),
        "part": "links",
        "page": queries.open_proposals(request.officer, page=page_asked(request)),
        "query": query_without_page(request),
        "may_decide": permits(list(request.officer.roles), "accept_proposal"),
        "key": uuid.uuid4(),
        "problem": problem,
        "problem_at": at,
        "typed": request.POST.get("text", "")[:1000],
    }
    return render(request, "links.html", context, status=400 if problem else 200)


def _decisions(request: OfficerRequest, *, problem: str = "", at: str = "") -> HttpResponse:
    context = {
        "w": sentences(),
        "part": "decisions",
        "page": queries.decisions_made(request.officer, page=page_asked(request)),
        "query": query_without_page(request),
        "may_decide": permits(list(request.officer.roles), "withdraw_decision"),
        "key": uuid.uuid4(),
        "problem": problem,
        "problem_at": at,
    }
    return render(request, "link_decisions.html", context, status=400 if problem else 200)


def _parting(request: OfficerRequest, reference: str, *, problem: str = "") -> HttpResponse:
    subject, sides = queries.leads_to_part(request.officer, reference)
    context = {
        "w": sentences(),
        "subject": subject,
        "sides": sides,
        "may_part": permits(list(request.officer.roles), "part_leads"),
        "key": uuid.uuid4(),
        "problem": problem,
        "ticked": request.POST.getlist("lead"),
        "typed": request.POST.get("text", "")[:1000],
    }
    return render(request, "parting.html", context, status=400 if problem else 200)
