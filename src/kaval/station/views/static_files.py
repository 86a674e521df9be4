"""Static files out of the package: style, script, fonts, icon. They hold nothing of any case and need no sign-in.

WhiteNoise, but answered in one piece: its stream of parts cannot be sent asynchronously, and no file here is large.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


# WhiteNoise ships no types.
class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves what the applications ship under `static/`; a folder of collected files is used only if there is one."""

    def add_files(self, root: str | Path, prefix: str | None = None) -> None:
        """Adds a folder of files, if it exists."""
        if Path(root).is_dir():
            super().add_files(root, prefix=prefix)

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """The file, a part of it, or `not modified`."""
        made = static_file.get_response(request.method, request.META)
        content = b""
        if made.file is not None:
            with made.file:
                content = made.file.read()
        response = HttpResponse(content, status=int(made.status))
        del response["Content-Type"]
        for name, value in made.headers:
            if name.lower() not in ("access-control-allow-origin", "content-length"):
                response[name] = value
        response["Content-Length"] = str(len(content))
        return response
