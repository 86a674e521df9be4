"""What the forms of the plan's pages may say."""

from __future__ import annotations

from typing import Final

from django import forms

from kaval.engine.rules.planning.gates import BASIS_DOCUMENTS
from kaval.station.forms.once import OnceForm

STEPS: Final = ("admit", "plan", "approve", "reopen", "freeze", "start", "close")
FORMATS: Final = ("csv", "xlsx", "geojson", "ics", "json")
SITE_CHANGES: Final = ("withdrawn", "deferred")
CHANGES: Final = (*SITE_CHANGES, "team_out", "officer_out", "officer_in")
MOMENTS: Final = ("t24", "t2")
LESSONS: Final = ("worked", "failed", "near_miss", "measure")


def _choices(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class StepForm(OnceForm):
    """The next step of an operation's life. `plan_digest`: the plan that was read, when it is signed."""

    step = forms.ChoiceField(choices=_choices(STEPS))
    plan_digest = forms.CharField(required=False, max_length=64)
    reason = forms.CharField(required=False, max_length=300)


class MoveForm(OnceForm):
    """A place to another team or another position; `reason` is needed after the freeze."""

    site = forms.UUIDField()
    team = forms.UUIDField()
    order = forms.IntegerField(min_value=1, max_value=20)
    reason = forms.CharField(required=False, max_length=300)
    district = forms.UUIDField(required=False)


class TakeForm(OnceForm):
    """A version to put in force; `undo` when it is the one before a move."""

    number = forms.IntegerField(min_value=1)
    undo = forms.CharField(required=False, max_length=1)
    district = forms.UUIDField(required=False)


class UploadForm(OnceForm):
    """An edited table of stops; `text` says why it was edited."""

    text = forms.CharField(required=False, max_length=300)


class GoForm(OnceForm):
    """Go or no-go at a moment, and why."""

    moment = forms.ChoiceField(choices=_choices(MOMENTS))
    go = forms.ChoiceField(choices=_choices(("yes", "no")))
    reason = forms.CharField(max_length=500)


class RecallForm(OnceForm):
    """Recall, with the code of the operation written out as the second step."""

    code = forms.CharField(max_length=40)
    reason = forms.CharField(max_length=500)


class ChangeForm(OnceForm):
    """A numbered change; of `site`, `team` and `officer` the one that the kind is about."""

    kind = forms.ChoiceField(choices=_choices(CHANGES))
    site = forms.UUIDField(required=False)
    team = forms.UUIDField(required=False)
    officer = forms.CharField(required=False, max_length=24)
    reason = forms.CharField(max_length=300)


class SpillForm(OnceForm):
    """A place that a search revealed; `papers` holds one `paper: reference` on a line."""

    site = forms.UUIDField()
    address = forms.CharField(max_length=300)
    locality = forms.CharField(max_length=120)
    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)
    station = forms.CharField(max_length=24)
    basis = forms.ChoiceField(choices=_choices(tuple(BASIS_DOCUMENTS)))
    papers = forms.CharField(required=False, max_length=2000)
    grounds = forms.CharField(max_length=300)

    def clean_papers(self) -> dict[str, str]:
        """Reference by paper; a line without a colon is a paper without a reference, which is none."""
        pairs = (line.partition(":") for line in str(self.cleaned_data["papers"]).splitlines())
        named = {name.strip().replace(" ", "_"): reference.strip() for name, _, reference in pairs}
        return {name: reference for name, reference in named.items() if name and reference}


class LessonForm(OnceForm):
    """A line of the after-action review."""

    kind = forms.ChoiceField(choices=_choices(LESSONS))
    text = forms.CharField(max_length=2000)
    owner = forms.CharField(required=False, max_length=24)
    due_on = forms.DateField(required=False)
