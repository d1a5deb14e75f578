"""Settings, all of them from the environment. Missing or unsafe ones stop the start and are named.

DEBUG and DEMO loosen what a laptop needs loosened; everything else is the production shape.
"""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from studyplatform.kit import env_rules

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
DEMO_BAR = DEMO and env.bool("DEMO_BAR", False)
SECRET_KEY = env.str("SECRET_KEY", "")
SITE_URL = env.str("SITE_URL", "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
HTTPS = SITE_URL.startswith("https://")

for problem in env_rules.problems(env.ENVIRON, debug=DEBUG, demo=DEMO):
    raise ImproperlyConfigured(problem)

SITE_NAME = env.str("SITE_NAME", "Duru")
SITE_NAME_KO = env.str("SITE_NAME_KO", "두루")
BUSINESS_INFO = env.list("BUSINESS_INFO", default=[])
BUSINESS_INFO_EN = env.list("BUSINESS_INFO_EN", default=BUSINESS_INFO)
VERIFICATION_GOOGLE = env.str("VERIFICATION_GOOGLE", "")
VERIFICATION_NAVER = env.str("VERIFICATION_NAVER", "")
SOCIALACCOUNT_PROVIDERS = env_rules.social_providers(env.ENVIRON)

INSTALLED_APPS = [
    "studyplatform.kit",
    "studyplatform.mail",
    "studyplatform.accounts",
    "cohorts",
    "payments",
    "showcase",
    "studyplatform.pages",
    *(["studyplatform.demo"] if DEMO else []),
    "unfold.apps.BasicAppConfig",
    "studyplatform.kit.desk.config.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS),
    "csp",
    "django_htmx",
    "django_prose_editor",
    "drf_spectacular",
    "js_asset",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "studyplatform.kit.nul.without_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "studyplatform.kit.language.SitePrefixMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "studyplatform.accounts.middleware.ReaderMiddleware",
    "studyplatform.pages.agree_first.AgreeFirstMiddleware",
]

ROOT_URLCONF = "studyplatform.urls"
WSGI_APPLICATION = "studyplatform.wsgi.application"

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
                "django.template.context_processors.i18n",
                "studyplatform.kit.context.site",
                "studyplatform.mail.context.bell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "studyplatform.kit.templatetags.look",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── Data ──────────────────────────────────────────────────────────────────────
DATABASES = {"default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60)}}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")  # redis://host:6379/0 or unix:///path/to.sock?db=0
CACHES = {
    "default": {
        "BACKEND": "studyplatform.kit.kept_cache.KeptRedisCache",
        "LOCATION": REDIS_URL,
        "TIMEOUT": 600,
        "KEY_PREFIX": "cache",
    },
}

# ── Celery: it only wakes drains ──────────────────────────────────────────────
CELERY_BROKER_URL = env_rules.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
from studyplatform.schedule import BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE  # noqa: E402, F401

# ── People and sign-in ────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = (
    []
    if DEMO
    else [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    ]
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "studyplatform.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "studyplatform.accounts.forms.signup.SignupExtras"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60  # seconds
ACCOUNT_LOGIN_ON_PASSWORD_RESET = ACCOUNT_CHANGE_EMAIL = ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("BEHIND_PROXY", False) else 0  # whose word on the client's address holds
ACCOUNT_FORMS = {
    name: f"studyplatform.accounts.forms.entrance.{form}"
    for name, form in {
        "signup": "SignupForm",
        "login": "LoginForm",
        "request_login_code": "RequestLoginCodeForm",
        "confirm_login_code": "ConfirmLoginCodeForm",
        "confirm_email_verification_code": "ConfirmEmailCodeForm",
        "add_email": "AddEmailForm",
        "change_email": "ChangeEmailForm",
        "reset_password": "ResetPasswordForm",
        "reset_password_from_key": "ResetPasswordKeyForm",
        "change_password": "ChangePasswordForm",
        "set_password": "SetPasswordForm",
        "reauthenticate": "ReauthenticateForm",
    }.items()
}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "signup": "20/m/ip"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True

# ── The API: kit/api.py says what every address of it shares ──────────────────
API_PER_MINUTE = env.int("API_PER_MINUTE", 120)  # of one address, and of one token
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["studyplatform.accounts.authentication.TokenAuthentication"]}
SPECTACULAR_SETTINGS = {
    "TITLE": "API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]+/",
    "ENUM_NAME_OVERRIDES": {"EnrollmentStateEnum": "cohorts.models.Enrollment.State"},
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
}

# ── Languages and time ────────────────────────────────────────────────────────
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "ko")
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = ["studyplatform.kit.formats"]
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "Asia/Seoul")

# ── Files ─────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "studyplatform.kit.static.HashedStatic"},
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ── The desk ──────────────────────────────────────────────────────────────────
from studyplatform.desk import UNFOLD  # noqa: E402, F401

# ── Mail ──────────────────────────────────────────────────────────────────────
vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Duru <hello@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ── Stripe ────────────────────────────────────────────────────────────────────
STRIPE_API_KEY = env.str("STRIPE_API_KEY")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_DASHBOARD = env.str("STRIPE_DASHBOARD", "https://dashboard.stripe.com")  # pages of payments and disputes
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET")
CHECKOUT_ORIGINS = env.list("CHECKOUT_ORIGINS", default=["https://checkout.stripe.com", "https://connect.stripe.com"])
# Of what sessions bring a host, so much is paid out only after so many days (0: when the cohort ends).
RESERVE = env.int("RESERVE_BASIS_POINTS", 0)
RESERVE_DAYS = env.int("RESERVE_DAYS", 0)
PLATFORM_SHARE = env.int("PLATFORM_SHARE_BASIS_POINTS", 1000)  # parts of 10,000 of what a seat brings in

# ── Security ──────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, *CHECKOUT_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "studyplatform.pages.views.errors.csrf_failure"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
}
