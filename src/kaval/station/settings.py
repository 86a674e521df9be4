"""Settings of the station, all from the environment; `kaval` fills it in for the embedded server.

KAVAL_DATABASE_URL   postgresql://role:password@host/database?host=/socket/folder   the application's role
KAVAL_DATABASE_ROLE  a role to change into after connecting (migrations run as kaval_owner); empty: none
KAVAL_SECRET         Django's signing key
KAVAL_HOME           folder with sealed bytes and secrets
KAVAL_ALLOWED_HOSTS  comma-separated host names; default: this machine only
KAVAL_HTTPS          `1` behind TLS: cookies become secure-only
KAVAL_UPLOAD_MAX_MB  megabytes (a million bytes each) a file uploaded in the console may have; default 16000
KAVAL_DROP_OFFICER   number of the intake clerk who answers for drop folders that name nobody themselves
KAVAL_DROP_EVERY_S   seconds between two looks at the drop folders; default 60
KAVAL_DROP_SETTLE_S  seconds a dropped file must lie unchanged before it is taken in; default 20
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from kaval.engine.kernel.errors import ConfigurationError
from kaval.gateways.postgres import default_home

BASE = Path(__file__).parent
HOME = default_home()
SECRET_KEY = os.environ.get("KAVAL_SECRET", "not-a-station-secret")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("KAVAL_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "procrastinate.contrib.django",
    "kaval.station",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kaval.station.views.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kaval.station.views.gate.Gate",
    "kaval.station.views.blind.SeenResults",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "kaval.station.urls"
ASGI_APPLICATION = "kaval.station.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "kaval.station.views.frame.frame",
            ],
            "builtins": ["django.contrib.humanize.templatetags.humanize"],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    role = os.environ.get("KAVAL_DATABASE_ROLE", "")
    options: dict[str, object] = {"options": f"-c role={role}"} if role else {}
    options["server_side_binding"] = True
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "kaval",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def _whole_number(name: str, default: int) -> int:
    said = os.environ.get(name, "") or str(default)
    if not said.isdecimal():
        raise ConfigurationError(f"{name} is {said!r}; give a whole number")
    return int(said)


DATABASES = {"default": _database(os.environ.get("KAVAL_DATABASE_URL", "postgresql:///kaval"))}
AUTH_USER_MODEL = "station.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/sign-in"
USE_TZ = True
TIME_ZONE = "Asia/Kolkata"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ml", "മലയാളം")]
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 8 * 3600
CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("KAVAL_HTTPS") == "1"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Tasks are imported by the worker alone; who only defers one names it.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
DROP_OFFICER = os.environ.get("KAVAL_DROP_OFFICER", "")
DROP_EVERY_S = _whole_number("KAVAL_DROP_EVERY_S", 60)
DROP_SETTLE_S = _whole_number("KAVAL_DROP_SETTLE_S", 20)
# Uploads go to the disk, never into memory; `asgi` names the folder.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 2_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
UPLOAD_MAX_BYTES = _whole_number("KAVAL_UPLOAD_MAX_MB", 16_000) * 1_000_000
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Not-found and refused requests are counted in the refusal table, not printed: a path may name a person.
    "loggers": {"django.request": {"level": "ERROR"}, "kaval.station.jobs": {"level": "INFO"}},
}
