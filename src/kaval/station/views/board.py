"""The live board of an operation, and the stream of its changes (server-sent events)."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kaval.station.officer_request import OfficerRequest
from kaval.station.queries.board import BoardRow, board_counts, board_rows
from kaval.station.queries.operations import operation_seen
from kaval.station.queries.people import station_time
from kaval.station.queries.scope import districts_seen
from kaval.station.views import board_parts as parts
from kaval.station.views.asked import id_asked, text_asked
from kaval.station.views.frame import is_malayalam, words_of_request
from kaval.station.views.gate import still_open
from kaval.station.views.live import channel_here

GATHER_S: Final = 0.25
HEARTBEAT_S: Final = 15.0
LIFE_S: Final = 15 * 60.0


@require_safe
def board(request: OfficerRequest, operation_id: uuid.UUID) -> HttpResponse:
    """The board as it is now; the browser keeps it so by the stream, or without JavaScript by renewing the page."""
    operation = operation_seen(request.officer, operation_id)
    district = id_asked(request, "district")
    rows = board_rows(request.officer, operation_id, district=district)
    as_of, say = station_time(timezone.now()), words_of_request()
    return render(
        request,
        "board.html",
        {
            "operation": operation,
            "district": district,
            "districts": districts_seen(request.officer),
            "as_of": as_of,
            "panels": parts.panels(rows, say=say, as_of=as_of, malayalam=is_malayalam()),
            "counts": parts.counts_piece(board_counts(rows), say=say, as_of=as_of),
            "digest": parts.digest_of(rows),
        },
    )


@require_safe
async def board_events(request: OfficerRequest, operation_id: uuid.UUID) -> StreamingHttpResponse:
    """The stream of changed pieces. It ends after a quarter of an hour; the browser then asks, and is checked, anew."""
    await sync_to_async(operation_seen)(request.officer, operation_id)
    return StreamingHttpResponse(
        _stream(request, operation_id), content_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _stream(request: OfficerRequest, operation_id: uuid.UUID) -> AsyncIterator[bytes]:
    district, say = id_asked(request, "district"), words_of_request()
    shown = request.headers.get("Last-Event-ID") or text_asked(request, "seen")
    sent: dict[str, str] | None = None
    ends_at = time.monotonic() + LIFE_S
    yield b"retry: 2000\n\n"
    async with channel_here().changes(operation_id) as changed:
        changed.set()
        while time.monotonic() < ends_at:
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_S)
            except TimeoutError:
                if not await sync_to_async(still_open)(request, "board"):
                    return
                yield b": still here\n\n"
                continue
            begun = time.monotonic()
            changed.clear()
            rows, as_of = await sync_to_async(_snapshot)(request, operation_id, district)
            digest = parts.digest_of(rows)
            if sent is None and digest == shown:
                sent = {str(row.id): parts.mark_of(row) for row in rows}
            pieces = await sync_to_async(parts.changed_pieces)(rows, sent or {}, say=say, as_of=as_of)
            sent = {str(row.id): parts.mark_of(row) for row in rows}
            if pieces:
                yield _event(digest, as_of, pieces)
            # Under a storm of changes the board costs at most a fifth of one core for each viewer.
            await asyncio.sleep(max(GATHER_S, 4 * (time.monotonic() - begun)))


def _snapshot(
    request: OfficerRequest, operation_id: uuid.UUID, district: uuid.UUID | None
) -> tuple[tuple[BoardRow, ...], datetime]:
    try:
        return board_rows(request.officer, operation_id, district=district), station_time(timezone.now())
    finally:
        # A watcher must not hold a connection while nothing happens.
        close_old_connections()


def _event(digest: str, as_of: datetime, pieces: dict[str, str]) -> bytes:
    payload = json.dumps({"as_of": as_of.isoformat(), "pieces": pieces}, ensure_ascii=False)
    return f"id: {digest}\nevent: board\ndata: {payload}\n\n".encode()
