"""An act asked for by a form: done, or refused by a rule whose words go back onto the page."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpResponse

from kaval.engine.kernel.errors import NotPermitted, ReaderError, RefusedError
from kaval.station.forms.once import first_problem


def problem_of(form: forms.Form, act: Callable[[], object]) -> str:
    """What is wrong with the form, or why the act was refused; empty when it was done.

    Raises:
        NotPermitted: the officer's roles do not permit the act; the gate answers that.
    """
    if not form.is_valid():
        return first_problem(form)
    try:
        act()
    except NotPermitted:
        raise
    except RefusedError as refused:
        return refused.text
    except ReaderError as unread:
        return str(unread)
    return ""


def done(url: str) -> HttpResponse:
    """To the page that shows what was done; sent again, the form is not."""
    return HttpResponse(status=303, headers={"Location": url})
