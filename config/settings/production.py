"""Settings of a real service. Every secret comes from the environment; a missing one stops the start with a hint."""

import os

from config.environment import env

# TLS ends at a proxy in front, whose word on the caller and the scheme is believed. 0 where there is none.
os.environ.setdefault("TRUSTED_PROXIES", "1")
# Named before the shared settings are read, so that their development defaults can never stand in.
REQUIRED = {name: env(name) for name in ("DATABASE_URL", "DJANGO_SECRET_KEY", "ALLOWED_HOSTS", "NOTIFY_API_KEY")}

from config.settings.base import *  # noqa: E402, F403

DEBUG = False
DEMONSTRATION = False
STAFF_SECOND_FACTOR = True
MESSAGE_CHANNEL = env("MESSAGE_CHANNEL", "notify")
# ".example.org" answers for example.org too; "*" names no host that a link could lead to.
_HOST = ALLOWED_HOSTS[0].strip().removeprefix(".")  # noqa: F405
PUBLIC_URL = env("PUBLIC_URL", None if _HOST in {"", "*"} else f"https://{_HOST}")
# Filled by `manage.py collectstatic` at each release.
STATIC_ROOT = VAR_DIR / "static"  # noqa: F405
WHITENOISE_USE_FINDERS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None  # noqa: F405
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith((".", "["))]  # noqa: F405
