"""Django's settings, made from the project's ``paceline.toml``.

The project's folder comes in the environment variable ``PACELINE_PROJECT``. Without it (a type checker, ``makemigrations``) the
settings can be imported, and nothing can be served: the database is nowhere and the key is thrown away.
"""

from __future__ import annotations

import os
import secrets
from hashlib import blake2s
from pathlib import Path
from urllib.parse import urlsplit

from paceline.pages.database import database, sqlite
from paceline.pages.secret import secret_key
from paceline.project import Project, open_project

HERE = Path(__file__).parent
_folder = os.environ.get("PACELINE_PROJECT")
PROJECT: Project | None = open_project(Path(_folder)) if _folder else None
_pages = PROJECT.config.pages if PROJECT is not None else None
_address = _pages.address if _pages is not None else ""
_tls = _address.startswith("https://")

DEBUG = False
SECRET_KEY = secret_key(PROJECT.folder) if PROJECT is not None else secrets.token_urlsafe(64)
DATABASES = {"default": database(PROJECT.folder, PROJECT.config.pages.database) if PROJECT is not None else sqlite(":memory:")}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # one process serves

# Without a proxy's address, whoever reaches the port is served under the name that was typed (`paceline serve` listens on this
# machine alone unless told otherwise); Django's own check of the name then protects nothing but absolute links in mails.
ALLOWED_HOSTS = [urlsplit(_address).hostname or "*", "localhost", "127.0.0.1", "[::1]"] if _address else ["*"]
CSRF_FAILURE_VIEW = "paceline.pages.errors.stale_form"
CSRF_TRUSTED_ORIGINS = [_address] if _address else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _tls else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _tls
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _tls else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # connecting ten files of some hundred columns takes that many
DATA_UPLOAD_MAX_NUMBER_FILES = 10

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the library's page of sessions tells times in its words
    "paceline.people",
    "paceline.access",
    "paceline.alerts",
    "paceline.coaching",
    "paceline.disputes",
    "paceline.pages",
    "paceline.pages.plan",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "paceline.pages.counting.Counting",
    "django.middleware.security.SecurityMiddleware",
    "paceline.pages.headers.Headers",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "paceline.pages.language.Language",
    "paceline.access.gate.Gate",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "paceline.pages.errors.Errors",
    "paceline.pages.pictures.Pictures",
]
ROOT_URLCONF = "paceline.pages.urls"
WSGI_APPLICATION = "paceline.pages.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],  # before the libraries' own, which some of ours replace
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "paceline.pages.around.around",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- log-in ---
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "paceline.pages.signing_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever has an account was invited by name
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _tls else "http"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "paceline.pages.signing_in.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Paceline"
SOCIALACCOUNT_ADAPTER = "paceline.pages.signing_in.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the provider's verified address finds the invited user…
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # …and later log-ins go by the provider's own id
SOCIALACCOUNT_LOGIN_ON_GET = False
SSO = bool(_pages and _pages.sso_issuer)
SSO_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(_pages.sso_issuer)) if _pages is not None and SSO else ""
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": _pages.sso_name,
                    "client_id": _pages.sso_client_id,
                    "secret": os.environ.get("PACELINE_SSO_SECRET", ""),
                    "settings": {"server_url": _pages.sso_issuer},
                }
            ],
        }
    }
    if _pages is not None and SSO
    else {}
)

# --- language, time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = "paceline.pages.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = PROJECT.settings.time_zone if PROJECT is not None else "UTC"

# --- static files: served by this process, under an address that changes with their content, and so kept by browsers for good ---
_STATIC = HERE / "static"


def _fingerprint(folder: Path) -> str:
    digest = blake2s(digest_size=6)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


STATIC_URL = f"/static/{_fingerprint(_STATIC)}/"
STATICFILES_DIRS = [_STATIC]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 365 * 24 * 3600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "filters": {"once_a_minute": {"()": "paceline.pages.log.OnceAMinute"}},
    "loggers": {
        "django.request": {"level": "ERROR"},  # what isn't found is no fault
        "waitress.queue": {"filters": ["once_a_minute"]},  # every request that waits for a thread is one
    },
}
