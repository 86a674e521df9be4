"""The station as an ASGI application: `uvicorn kaval.station.asgi:application`."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaval.station.settings")
application = get_asgi_application()

from kaval.station.staging import prepare_arriving  # noqa: E402  needs the settings

# Set here and not among the settings: the folder must exist, and only a station that serves needs it.
settings.FILE_UPLOAD_TEMP_DIR = str(prepare_arriving())
