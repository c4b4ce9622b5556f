"""Settings that every installation shares, with defaults fit for a newcomer's own machine.

``config.settings.production`` refuses to start without its secrets; ``config.settings.test`` is what the test run uses.
"""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import languages
from config.environment import env, env_flag

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Everything the running service writes on a newcomer's machine: database, sent messages, collected static files.
VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))

SECRET_KEY = env("DJANGO_SECRET_KEY", "for-development-only-never-in-production-0123456789")
# Keys of before: what they signed or hid can still be read while it lasts.
SECRET_KEY_FALLBACKS = [key for key in env("DJANGO_SECRET_KEY_FALLBACKS", "").split(",") if key]
DEBUG = env_flag("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

SERVICE_NAME = _("Pop-up vaccination clinics")
# A demonstration says so on every page. On unless a real service says otherwise, as the production settings do.
DEMONSTRATION = env_flag("DEMONSTRATION", default=True)
# Staff sign in with a password and a code from an app. Only a demonstration can do without, and says so on its pages.
STAFF_SECOND_FACTOR = not DEMONSTRATION or env_flag("STAFF_SECOND_FACTOR", default=False)
# Minutes without a deliberate request after which a signed-in session is locked; 0 never locks.
IDLE_LOCK_MINUTES = int(env("IDLE_LOCK_MINUTES", "5"))
# Modules whose views are the public's: neither of the above is asked there. Every other view is guarded.
PUBLIC_VIEWS = ("config.views", "clinics.views.public", "bookings.views.public")
# Words for "you can also phone us", shown in the same place on every public page.
HELP_PHONE = env("HELP_PHONE", "01632 960 001")
HELP_HOURS = _("Monday to Friday, 8am to 6pm")

INSTALLED_APPS = [
    "config.admin.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "crispy_forms",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "nhsuk",
    # Our rooms, in the order in which they may import: each only those above it.
    "accounts",
    "messaging",
    "clinics",
    "immunisations",
    "bookings",
]

MIDDLEWARE = [
    "config.middleware.ReadToTheEnd",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.RefuseNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.NeverKept",
    "accounts.middleware.ActiveMembership",
    "accounts.middleware.SecondFactor",
    "accounts.middleware.IdleLock",
    "config.middleware.SayWhatIsWrong",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    # The macros of the NHS components. Listed first: crispy looks for its pack through every engine.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "nhsuk.jinja.environment"},
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "nhsuk.context.service",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "nhsuk"
CRISPY_TEMPLATE_PACK = "nhsuk"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {
    "default": dj_database_url.parse(env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'clinics.sqlite3'}")),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its place in the queue at BEGIN instead of failing half way through.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # recursive_triggers: without it, REPLACE removes rows past the triggers that guard them.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {
        # Django's default wait of 30 seconds for a connection would hang a worker while the database is away.
        "pool": {"min_size": 1, "max_size": int(env("DATABASE_POOL", "8")), "timeout": 2},
        "connect_timeout": 2,
        # Statements are prepared once they recur: planning is a good third of the database’s time for a booking.
        # A pooler between service and database must keep prepared statements (PgBouncer from 1.21).
        "server_side_binding": True,
        "prepare_threshold": 5,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Both shared by every worker process, in one table: limits on sign-in must count across all of them, and what is free
# is asked once for all. Room enough that neither ever pushes out the other's entries.
_SHARED = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "django_cache",
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}
CACHES = {"default": _SHARED, "availability": {**_SHARED, "KEY_PREFIX": "availability"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account-start"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.PasswordChangeForm",
}
# A working day on one sign-in: twelve hours, as SESSION_COOKIE_AGE says, and no box to tick.
ACCOUNT_SESSION_REMEMBER = True
# How many proxies of ours stand in front: limits by address must count people, not the proxy.
TRUSTED_PROXIES = int(env("TRUSTED_PROXIES", "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {
    # Right ones, too: a trust may be one address, and its day begins at nine.
    "login": "120/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    # Tries to open a locked session: the sixth in one session ends it.
    "unlock": "5/12h/key",
    # Guesses at API tokens.
    "api_token": "20/m/ip",
    # Records of other teams asked for in an emergency.
    "emergency": "10/h/key",
}
MFA_ADAPTER = "accounts.adapter.StaffCodeAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {"authenticate": "accounts.forms.CodeForm"}
# A telephone's clock may be half a minute out. A code is good once all the same.
MFA_TOTP_TOLERANCE = 1
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

LANGUAGE_CODE = "en-gb"
# English stands at the root of the site, every further language under its own prefix.
LANGUAGES = languages.LANGUAGES
LANGUAGES_OFFERED = languages.OFFERED
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from their sources; production collects, compresses and fingerprints them instead.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "config.uploads.RefuseHuge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# What is said after a change may name a person: it stays on the server, never in a cookie on a shared tablet.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Stock. The pack list takes this part more than is expected, and at least so many of each vaccine that somebody needs.
STOCK_SPARE_PERCENT = int(env("STOCK_SPARE_PERCENT", "10"))
STOCK_SPARE_LEAST = int(env("STOCK_SPARE_LEAST", "2"))
# Fewer doses of a product than this in the store are said to be low; a batch that expires within so many days, soon.
STOCK_LOW_DOSES = int(env("STOCK_LOW_DOSES", "20"))
STOCK_EXPIRES_SOON_DAYS = int(env("STOCK_EXPIRES_SOON_DAYS", "30"))
# In a drill a whole town comes from one address, as fast as programs can, by the pages as by the API: what is off for
# the one is off for the other too, unless it is set by itself.
API_THROTTLE = env_flag("API_THROTTLE", default=True)
# Limits by address and by contact on what the public makes (bookings/limits.py).
PUBLIC_LIMITS = env_flag("PUBLIC_LIMITS", default=API_THROTTLE)
# Nobody fills in one of the public's forms in less time: whoever does is asked once to press the button again.
HUMAN_SECONDS = float(env("HUMAN_SECONDS", "2" if API_THROTTLE else "0"))
# How old what the public's lists say of free times may be. Taking a place always asks the database.
AVAILABILITY_SECONDS = int(env("AVAILABILITY_SECONDS", "5"))
# Which channel carries messages: "console" prints them, "file" writes one file each into MESSAGE_FOLDER, "notify" hands
# them to GOV.UK Notify.
MESSAGE_CHANNEL = env("MESSAGE_CHANNEL", "file")
MESSAGE_FOLDER = Path(env("MESSAGE_FOLDER", str(VAR_DIR / "messages")))
NOTIFY_API_KEY = env("NOTIFY_API_KEY", "")
NOTIFY_EMAIL_TEMPLATE = env("NOTIFY_EMAIL_TEMPLATE", "")
NOTIFY_TEXT_TEMPLATE = env("NOTIFY_TEXT_TEMPLATE", "")
# The bearer token with which GOV.UK Notify calls us back; without one, nothing is heard.
NOTIFY_CALLBACK_TOKEN = env("NOTIFY_CALLBACK_TOKEN", "")
NOTIFY_BASE_URL = env("NOTIFY_BASE_URL", "https://api.notifications.service.gov.uk")
# The address that links in messages begin with.
PUBLIC_URL = env("PUBLIC_URL", "http://127.0.0.1:8000")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_CLASSES": [
        f"rest_framework.throttling.{name}RateThrottle" for name in ("Anon", "User") if API_THROTTLE
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "1200/min"},
    # Without a proxy of ours in front, nobody's X-Forwarded-For is believed.
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pop-up vaccination clinics",
    "DESCRIPTION": (
        "Find clinics and free times, book families, and keep the records of a team's clinics.\n\n"
        "Clinics and times are open to all. Everything else needs a token, acts with its user's role in each of "
        "their teams, and reaches those teams' things alone: another team's are not found (404), a wrong role is "
        "refused (403).\n\n"
        "Every error has a `code` for a machine and a `detail` for a person. Moments carry their offset from UTC, "
        "days are those in England. A field that is not described here is refused."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Codes stand where they are used: shared under made-up names they would change name with every new field.
    "POSTPROCESSING_HOOKS": ["accounts.api.refuse_unknown_fields"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # A query string, the secret of a link or an error's own words could name a person.
    "filters": {"no_personal_data": {"()": "config.logs.NoPersonalData"}},
    "formatters": {
        "line": {"()": "config.logs.WithoutWords", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["no_personal_data"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
