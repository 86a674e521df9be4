"""Reads what a request asks for out of its query; nonsense is read as nothing asked."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.http import HttpRequest


def text_asked(request: HttpRequest, name: str) -> str:
    """A text of at most 120 characters, without control characters (PostgreSQL refuses NUL)."""
    return "".join(sign for sign in request.GET.get(name, "")[:120] if sign.isprintable()).strip()


def page_asked(request: HttpRequest, name: str = "page") -> int:
    """The page number, 1 when none or nonsense."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def choice_asked(request: HttpRequest, name: str, *, choices: Collection[int], default: int) -> int:
    """One of the numbers to choose from, the default when none or nonsense."""
    text = text_asked(request, name)
    return int(text) if text in {str(one) for one in choices} else default


def id_asked(request: HttpRequest, name: str) -> uuid.UUID | None:
    """An identifier, None when none or nonsense."""
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def query_without_page(request: HttpRequest) -> str:
    """The rest of the query, to be put before `page=`."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
