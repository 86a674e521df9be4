"""The station as an ASGI application: `uvicorn kaval.station.asgi:application`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaval.station.settings")
application = get_asgi_application()
