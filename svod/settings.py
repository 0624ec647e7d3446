"""Svod's settings: everything that differs between machines comes from the environment.

SVOD_ENV is `development` (the default), `test` or `production`. Development is as strict as
production but for what needs HTTPS; what differs reads PRODUCTION or TESTING.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from svod import logs
from svod.embedded import places
from svod.keys import secret_keys, stored_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = places.var_folder()

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")
ENVIRONMENT = env("SVOD_ENV", default="development")
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"
# What this process is: `web`, `worker`, `beat`, `owner` (of the tables), or empty for a command.
ROLE = env("SVOD_ROLE", default="")

DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION:
    SECRET_KEY = env("SECRET_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
else:
    SECRET_KEY = env("SECRET_KEY", default="") or stored_key(VAR_DIR / "secret-key")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[".localhost", "127.0.0.1", "[::1]"])
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The keys of secret fields, `id:base64,…`, the first of which encrypts: docs/how-to/secrets.md.
SVOD_SECRET_KEYS = secret_keys(
    env("SVOD_SECRET_KEYS", default=""),
    env("SVOD_SECRET_KEYS_FILE", default=""),
    None if PRODUCTION else VAR_DIR,
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "svod.admin_site.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "tree_queries",
    "guardian",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "django_celery_beat",
    "django_structlog",
    "svod",
    "staff",
    "lists_core",
    "workflows",
    "crm_link",
    "openlines",
]

MIDDLEWARE = [
    "svod.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "svod.request_log.RequestMiddleware",
    "svod.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "staff.audit_context.AuditContextMiddleware",
    "staff.middleware.SessionMiddleware",
    "staff.middleware.ImpersonationMiddleware",
    "staff.middleware.PersonalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # The last ones are synchronous: so Django runs the whole chain in one thread instead of
    # changing between threads at every middleware.
    "svod.base.htmx.HtmxMiddleware",
    "lists_core.middleware.RightsMiddleware",
    "svod.base.middleware.DomainErrorMiddleware",
    "staff.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "svod.urls"
ASGI_APPLICATION = "svod.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "svod.shell.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data -------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=places.database(VAR_DIR))}
# Migrations, and deleting old audit entries, as the tables' owner (docs/how-to/audit.md).
DATABASE_APP_ROLE = DATABASES["default"]["USER"] if ROLE == "owner" else ""
if ROLE == "owner":
    DATABASES = {"default": env.db_url("DATABASE_OWNER_URL")}
# As libpq has it, a host may be the folder of a Unix socket with its slashes quoted.
DATABASES["default"]["HOST"] = unquote(DATABASES["default"]["HOST"])
DATABASES["default"]["TEST"] = {"NAME": env("TEST_DATABASE_NAME", default="test_svod")}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if ROLE == "web":
    # Each request has a thread, so connections are lent; what nobody waits for holds none.
    DATABASES["default"]["OPTIONS"] |= {
        "pool": {"min_size": 2, "max_size": env.int("DATABASE_POOL", default=20), "timeout": 10},
        "options": "-c statement_timeout=60s -c idle_in_transaction_session_timeout=60s",
    }
    DATABASES["default"]["OPTIONS"]["pool"]["max_lifetime"] = 900  # s; it grows with each list met
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default=places.redis(VAR_DIR))
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    BACKEND = "django.core.cache.backends.redis.RedisCache"
    CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": REDIS_URL, "KEY_PREFIX": "svod"}}

# Live news to open pages: openlines.live says whose streams may go on (docs/architecture.md).
LIVE_REDIS_URL = env("LIVE_REDIS_URL", default="" if TESTING else REDIS_URL)
LIVE_CHECK = "openlines.live.still_valid"

# --- background work --------------------------------------------------------------------

CELERY_BROKER_URL = "memory://" if TESTING else places.broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# A message leaves the queue when its task is done: a killed worker's tasks run again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Below Redis' visibility time-out of one hour, after which a message is given out again.
CELERY_TASK_SOFT_TIME_LIMIT = 50 * 60
CELERY_TASK_TIME_LIMIT = 55 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
SECOND, EVERY_MINUTE, EVERY_HOUR = (timedelta(seconds=each) for each in (1, 60, 3600))
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep jobs": {"task": "lists_core.sweep_jobs", "schedule": EVERY_MINUTE},  # the lost ones
    "forget old jobs": {"task": "lists_core.forget_old_jobs", "schedule": EVERY_HOUR},
    "forget old drafts": {"task": "lists_core.forget_old_drafts", "schedule": timedelta(hours=12)},
    "forget old events": {"task": "lists_core.forget_old_events", "schedule": timedelta(hours=6)},
    "empty bins": {"task": "lists_core.empty_designer_bins", "schedule": timedelta(hours=6)},
    "elements' bins": {"task": "lists_core.empty_element_bins", "schedule": timedelta(hours=6)},
    "empty the Disk's bin": {"task": "lists_core.empty_disk_bin", "schedule": timedelta(hours=6)},
    "delete unused files": {"task": "lists_core.delete_unused_files", "schedule": EVERY_HOUR},
    "indexes": {"task": "lists_core.keep_indexes", "schedule": EVERY_MINUTE},
    "scheduled imports": {"task": "lists_core.start_imports", "schedule": EVERY_MINUTE},
    # Steps, timers and starts by event or schedule; a message after each commit is only faster.
    "business processes": {"task": "workflows.work", "schedule": timedelta(seconds=1)},
    "letters about news": {"task": "staff.mail_notifications", "schedule": EVERY_MINUTE},
    "forget old news": {"task": "staff.forget_old_notifications", "schedule": timedelta(hours=12)},
    # By itself, so that a slow receiver holds up no step.
    "outgoing messages": {"task": "workflows.send", "schedule": timedelta(seconds=1)},
    "bookings whose time is up": {"task": "crm_link.free_expired", "schedule": EVERY_MINUTE},
    "consolidation": {"task": "crm_link.feed", "schedule": timedelta(seconds=10)},
    "reminders of activities": {"task": "crm_link.tell_activities", "schedule": 30 * SECOND},
    "forget old visits": {"task": "crm_link.forget_visits", "schedule": timedelta(hours=12)},
    "doors of CRM that are closed": {"task": "crm_link.tell_orphans", "schedule": EVERY_HOUR},
    "documents of bookings": {"task": "crm_link.make_papers", "schedule": EVERY_MINUTE},
    # Alarms of conversations; then what speaks to others' servers, each by itself.
    "open lines": {"task": "openlines.work", "schedule": timedelta(seconds=1)},
    "answers": {"task": "openlines.send", "schedule": timedelta(seconds=1)},
    "read channels": {"task": "openlines.read", "schedule": timedelta(seconds=2)},
    "clear expired sessions": {"task": "svod.clear_sessions", "schedule": timedelta(hours=6)},
}
# Each is followed by the next: workers that were busy or away find no heap of them.
for _row in CELERY_BEAT_SCHEDULE.values():
    _row["options"] = {"expire_seconds": max(5, int(_row["schedule"].total_seconds()))}

# Hours in which a bulk change can be undone; days in the bins (0: until somebody removes them).
BULK_UNDO_HOURS = env.int("SVOD_BULK_UNDO_HOURS", default=24)
ELEMENT_BIN_DAYS = env.int("SVOD_ELEMENT_BIN_DAYS", default=30)
DESIGNER_BIN_DAYS = env.int("SVOD_DESIGNER_BIN_DAYS", default=30)
DRAFT_DAYS = env.int("SVOD_DRAFT_DAYS", default=30)  # of what was typed and never saved
DISK_BIN_DAYS = env.int("SVOD_DISK_BIN_DAYS", default=30)

# --- people -----------------------------------------------------------------------------

AUTH_USER_MODEL = "staff.Employee"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "staff.backends.EmployeeBackend",
    "guardian.backends.ObjectPermissionBackend",
]
# Rights belong to employees and groups; there is no anonymous one (docs/access.md).
ANONYMOUS_USER_NAME = None
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_HASHERS = [
    "staff.hashers.SvodArgon2PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": VALIDATION + "CommonPasswordValidator"},
    {
        "NAME": VALIDATION + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "email", "last_name", "first_name"]},
    },
]
PASSWORD_RESET_TIMEOUT = 2 * 24 * 3600

# Guessing is stopped by name and address together, so a colleague elsewhere gets in.
AXES_HANDLER = "staff.lockout.SignInHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "staff.lockout.username_key"
AXES_LOCKOUT_CALLABLE = "staff.views.sign_in.locked_out"
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0) or None
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential"]
SIGN_IN_FAILURES_PER_ADDRESS = 60

# Who must have a second factor: "off" (who wants one), "administrators" or "everyone".
SECOND_FACTOR = env("SVOD_SECOND_FACTOR", default="off")
if SECOND_FACTOR not in ("off", "administrators", "everyone"):
    raise ImproperlyConfigured("SVOD_SECOND_FACTOR is off, administrators or everyone")
MFA_ADAPTER = "staff.mfa.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RECOVERY_CODE_DIGITS = 10
# A session ends after so long without a request, and anyway after SESSION_LIMIT.
SESSION_IDLE = timedelta(hours=env.float("SVOD_SESSION_IDLE", default=12))
SESSION_LIMIT = timedelta(days=env.float("SVOD_SESSION_LIMIT", default=14))

# Single sign-on: on when the button has a name. The other side comes back to
# /sign-in/sso/oidc/back/ and must have verified the e-mail by which we know the employee.
OIDC_NAME = env("SVOD_OIDC_NAME", default="")
OIDC_CREATE = env.bool("SVOD_OIDC_CREATE", default=False)
SOCIALACCOUNT_ADAPTER = "staff.oidc.Adapter"
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_NAME:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": env("SVOD_OIDC_CLIENT_ID"),
                "secret": env("SVOD_OIDC_CLIENT_SECRET"),
                "settings": {
                    "server_url": env("SVOD_OIDC_ISSUER"),
                    "oauth_pkce_enabled": True,
                },
            }
        ]
    }

# --- language and time ------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]  # each in its own words
LOCALE_PATHS = [BASE_DIR / "svod" / "locale"]
TIME_ZONE = env("TIME_ZONE", default="Europe/Moscow")
USE_TZ = True

# --- files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
MEDIA_ROOT = Path(env("FILES_ROOT", default=VAR_DIR / "files"))
STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    # Any backend of django-storages, such as "storages.backends.s3.S3Storage" with its options.
    "default": {
        "BACKEND": env("FILE_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("FILE_STORAGE_OPTIONS", default={}),
    },
    "staticfiles": {"BACKEND": STATIC_STORAGE if TESTING else HASHED_STORAGE},
}
WHITENOISE_USE_FINDERS = DEBUG
# A picture that was not collected must not take its page, or the page of errors, down.
WHITENOISE_MANIFEST_STRICT = False
# Names with Django's hash of twelve, and chunks of scripts with esbuild's, never change content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.[^/]+$|/chunks/[^/]+-[0-9A-Z]{8}\.js$"

FILE_MAX_BYTES = env.int("FILE_MAX_BYTES", default=50 * 1024 * 1024)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=500 * 1024 * 1024)
FILE_UNUSED_MAX_BYTES = env.int("FILE_UNUSED_MAX_BYTES", default=2 * 1024**3)  # of one day
CHAT_FILES_MAX_BYTES = env.int("CHAT_FILES_MAX_BYTES", default=2 * 1024**3)  # a channel's day
# What the Disk may take, and what one person uploaded to it, bin and versions included; 0: all.
DISK_QUOTA_BYTES = env.int("DISK_QUOTA_BYTES", default=0)
DISK_PERSON_QUOTA_BYTES = env.int("DISK_PERSON_QUOTA_BYTES", default=0)
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o640, 0o750
# svod.asgi cuts a request that is longer, before anything reads it.
REQUEST_MAX_BYTES = env.int("REQUEST_MAX_BYTES", default=128 * 1024 * 1024)
# Of one web process; granian's own limit (--backpressure) counts the open live streams too.
REQUESTS_AT_ONCE = env.int("REQUESTS_AT_ONCE", default=64)
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # all that is not a file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# Servers in the own network that processes may call, "10.0.0.5:8080"; strangers' are open anyway.
OUTSIDE_ALLOWED = env.list("SVOD_OUTSIDE_ALLOWED", default=[])

# --- mail -------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}"))
EMAIL_TIMEOUT = 20
# Where links in letters lead; without it the host that the browser used, so set it (or
# ALLOWED_HOSTS) wherever strangers can reach the portal.
PORTAL_URL = env("PORTAL_URL", default="")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("DEFAULT_FROM_EMAIL", default="svod@localhost")

# --- protection of the browser ----------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(SESSION_LIMIT.total_seconds())
if PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
# Only behind a proxy that sets this header itself: from anybody else it is a lie.
if env.bool("BEHIND_HTTPS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs -------------------------------------------------------------------------------

LOGGING_CONFIG = None
logs.configure(level=env("LOG_LEVEL", default="WARNING" if TESTING else "INFO"))
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

# --- the demo portal --------------------------------------------------------------------

# What `make run` prints and `load_demo` creates. Never loaded in production.
DEMO_LOGIN, DEMO_PASSWORD = "admin@svod.example", "svod-demo-2026"
