"""A sample for a profile, and the answers of the person who confirms it."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from kaval.engine.formats.profile import KINDS, Question


class SampleForm(forms.Form):
    """Which record the sample is to be brought to; empty: the file decides."""

    kind = forms.ChoiceField(required=False, choices=(("", ""), *((kind, kind) for kind in KINDS)))


class ConfirmForm(forms.Form):
    """The name a confirmed profile gets."""

    name = forms.RegexField(
        r"^[A-Za-z0-9_-]{1,60}$",
        error_messages={
            "required": "Give the profile a name.",
            "invalid": "A name is made of letters, digits, - and _, at most 60 of them.",
        },
    )


def answers_of(data: Mapping[str, str], questions: tuple[Question, ...]) -> dict[str, str]:
    """The answers given, by the key of their question; a typed answer counts where `other` was chosen or nothing."""
    found = {}
    for question in questions:
        chosen = data.get(f"answer.{question.key}", "")
        typed = data.get(f"typed.{question.key}", "").strip()[:200]
        answer = typed if chosen in ("", "typed") else chosen
        if answer:
            found[question.key] = answer
    return found
