"""Settings of the partnership register: safe as they stand; the environment relaxes them.

Every variable read here is described in docs/settings.md, which a test holds to this file.
"""

import secrets
from pathlib import Path

from csp.constants import NONE, SELF
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
SITE_ADDRESS = env.str("SITE_ADDRESS", "http://localhost:8000")
COUNCIL_NAME = env.str("COUNCIL_NAME", "Your council")
COUNCIL_COLOUR = env.str("COUNCIL_COLOUR", "#00625f")
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var")))
# The newest file of this folder, or this file, tells when the register was last backed up; "" where nobody says.
BACKUPS = env.str("BACKUPS", "")


def _own_secret_key() -> str:
    """The key of an installation that was given none: random, made once, readable by its owner only."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or _own_secret_key()
HTTPS = env.bool("HTTPS", True)
HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
DJANGO_ADMIN = env.bool("DJANGO_ADMIN", False)
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", 25)
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'register.sqlite3'}"),
}
email = env.dj_email_url("EMAIL_URL", "console:")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Partnership register <register@localhost>")
LOG_LEVEL = env.str("LOG_LEVEL", "WARNING")
env.seal()

# --- Applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "reports",
    "appointments",
    "exits",
    "approvals",
    "reviews",
    "assessments",
    "register",
    "accounts",
    "policy",
    "jobs",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "simple_history",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "config.apps.RegisterStaticFilesConfig",
    "django.forms",
]
if DJANGO_ADMIN:
    INSTALLED_APPS.append("config.apps.RegisterAdminConfig")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.once.OnceMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "config.navigation.frame",
            ],
            "builtins": ["config.templatetags.app"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"

# The sections of a partnership's page, in the order in which they are shown.
PARTNERSHIP_SECTIONS = [
    "register.sections.OVERVIEW",
    "register.sections.DETAILS",
    "register.sections.BENEFITS",
    "register.sections.PEOPLE",
    "appointments.sections.APPOINTMENTS",
    "register.sections.MONEY",
    "register.sections.RISKS",
    "reviews.sections.PRACTICE",
    "assessments.sections.ASSESSMENT",
    "assessments.sections.QUESTIONNAIRES",
    "assessments.sections.SIGNIFICANCE",
    "assessments.sections.AGREEMENT",
    "approvals.sections.DECISIONS",
    "approvals.sections.CONCERNS",
    "reviews.sections.REVIEWS",
    "exits.sections.LEAVING",
    "register.sections.ACTIONS",
    "register.sections.DOCUMENTS",
    "register.sections.HISTORY",
]

# What runs the examples of a policy pack before it is loaded.
POLICY_EXAMPLES = "assessments.rules.example_problems"

# Pages of a policy version that apps above the policy bring: words, and the page that takes code and version.
POLICY_PAGES = [("To assess again", "assessments:to_reassess")]

# Pages of a person's own that apps bring to "My account": words, and the page.
ACCOUNT_PAGES = [("Your dates in your calendar", "reviews:calendar")]

# What the apps bring to the home page: first the work that waits, then panels in the order in which they are shown.
HOME_WORK = [
    "approvals.work.meetings_passed",
    "approvals.work.your_turn",
    "approvals.work.returned_to_you",
    "approvals.concern_work.put_to_you",
    "approvals.conditions.overdue_work",
    "register.panels.your_actions",
    "exits.work.under_way",
    "reviews.work.due",
    "reviews.work.to_sign_off",
    "assessments.work.challenges",
    "approvals.work.to_screen",
    "register.panels.imports_under_way",
    "assessments.work.unfinished",
    "assessments.work.to_reassess",
    "approvals.policy_versions.work",
    "assessments.work.agreements_to_review",
    "appointments.work.to_do",
    "register.panels.to_complete",
    "accounts.panels.people_without_a_role",
    "accounts.panels.mail_not_sent",
]
HOME_PANELS = [
    "register.watching.that_matter",
    "register.watching.figures",
    "register.panels.your_partnerships",
    "register.watching.late_by_service",
    "register.watching.findings",
    "register.watching.risk_moves",
    "register.watching.outside_the_budget",
    "register.watching.late_reviews",
    "approvals.work.advice_you_gave",
    "approvals.work.seals",
    "approvals.work.decisions_of_the_quarter",
    "approvals.work.waiting_for_others",
    "reports.panels.last_annual_report",
    "accounts.panels.people_and_roles",
    "jobs.panels.the_machine",
    "accounts.panels.your_emails",
]
# (person, day) -> lines with a day that is still to come
HOME_DATES = ["register.watching.dates"]
# (person, moment of the last visit) -> lines with the moment at which something changed
HOME_NEWS = ["approvals.work.news", "register.watching.news"]

# What the apps above the register add to its pages. Each is the dotted name of a function.
# (partnership, new values by attribute) -> sentences on "What changes"
CHANGE_CONSEQUENCES: list[str] = ["assessments.consequences.of_change"]
# (response) -> what was decided on it, in words by question: fills questions of the type decision
DECIDED_ANSWERS: str = "approvals.answers.decided"
# approvals.subjects.Subject objects: what an app above the requests brings to those that it starts
REQUEST_SUBJECTS: list[str] = [
    "approvals.policy_versions.SUBJECT",
    "appointments.asking.SUBJECT",
    "reviews.subject.REVIEW",
    "reviews.subject.DOING",
    "reports.sending.SUBJECT",
]
# (policy version, day) -> policy.deciding.Standing: how far a new version is on the route that has it decided, or None
POLICY_DECISION: str = "approvals.policy_versions.standing_of"
# (request, step taken, person, moment): what follows when a decision takes effect and when a request is decided
DECISION_FOLLOWS: list[str] = ["exits.services.follow_decision", "reviews.services.follow_decision"]
# (sent response, person, moment): what follows when a form is sent
FORM_FOLLOWS: list[str] = ["exits.services.follow_form"]
# (request) -> approvals.parts.Part objects: what an app above adds to the task list of a draft
REQUEST_PARTS: list[str] = ["exits.work.lessons_part"]
# (request) -> rows of label and value that an app above puts before those who decide
PAPER_ROWS: list[str] = ["exits.work.lessons_on_paper"]
# (partnership, record, new values) -> register.services.Guarded, where the policy has somebody decide the change
CHANGE_GUARDS: list[str] = [
    "approvals.checks.decided_on_a_route",
    "approvals.conditions.stays_as_decided",
    "appointments.asking.decided_on_a_route",
]
# (partnership, status, policy) -> why the entry cannot be moved there by hand, or ""
MOVING_CHECKS: list[str] = ["approvals.checks.why_not_by_hand", "exits.work.why_not_by_hand"]
# (partnership, policy) -> register.sections.Warned objects: what the policy expects and is not so
ENTRY_WARNINGS: list[str] = ["assessments.consequences.unmet_now", "approvals.conditions.overdue"]
# (partnership, user) -> register.sections.Step objects, the most urgent first
NEXT_STEPS: list[str] = [
    "assessments.work.next_steps",
    "assessments.work.significance_step",
    "approvals.work.next_steps",
    "exits.work.next_steps",
    "reviews.work.next_steps",
]

# (day) -> the condition of entries whose review is late, wherever the register counts them
LATE_REVIEWS: str = "reviews.queries.late_entries"

# (refresh) -> words and addresses of what is written about it
REFRESH_PAPERS: str = "reports.refresh.links"

# (actions, user) -> register.actions.Source objects by the key of the action, as its reader may know them
ACTION_SOURCES: list[str] = [
    "approvals.conditions.sources",
    "approvals.concerns.sources",
    "assessments.work.sources_of_actions",
    "exits.work.sources",
]

# What people hold and can hand over; see accounts/handover.py. Each is the dotted name of a Handover.
HANDOVERS = ["register.handover.HANDOVER", "approvals.handover.HANDOVER", "appointments.handover.HANDOVER"]
# (ids of entries) -> what goes with an entry to its new lead officer, a line an entry
HANDOVER_NOTES: list[str] = [
    "assessments.handover.with_entries",
    "approvals.handover.with_entries",
    "reviews.handover.with_entries",
]

# What the list can be downloaded as: words, and the page that takes the list's own query.
REGISTER_DOWNLOADS = [
    ("Excel", "reports:register_xlsx"),
    ("CSV", "reports:register_csv"),
    ("PDF", "reports:register_pdf"),
    ("Report", "reports:register"),
]
# What a record can be read as: words, and the page that takes the parts of the record's own address.
DOWNLOADS = {
    "entry": [
        ("Profile", "reports:profile"),
        ("Profile as PDF", "reports:profile_pdf"),
        ("Sheet for a meeting", "reports:sheet_day"),
        ("Reports on it", "reports:of_partnership_list"),
    ],
    "agreement": [
        ("PDF", "reports:agreement_pdf"),
        ("Text to edit (OpenDocument)", "reports:agreement_text"),
        ("Web page", "reports:agreement_html"),
    ],
    "answers": [("PDF", "reports:answers_pdf"), ("Web page to keep", "reports:answers_html")],
    "form": [("Blank form to print (PDF)", "reports:form_pdf")],
    "actions": [("Excel", "reports:actions_xlsx")],
    "lessons": [("Digest of a year, as page, PDF and Excel", "reports:report")],
    "appointments": [
        ("Schedule as PDF", "reports:appointments_pdf"),
        ("Excel", "reports:appointments_xlsx"),
    ],
    "round": [
        ("List for nominations as PDF", "reports:round_list_pdf"),
        ("List as Excel", "reports:round_list_xlsx"),
        ("Schedule as PDF", "reports:round_schedule_pdf"),
        ("Schedule as Excel", "reports:round_schedule_xlsx"),
    ],
    "request": [
        ("Paper as PDF", "reports:request_pdf"),
        ("Web page to keep", "reports:request_html"),
        ("Reports on it", "reports:of_request_list"),
    ],
    "meeting": [
        ("Pack as PDF", "reports:meeting_pdf"),
        ("Pack as web page", "reports:meeting_html"),
        ("Public part as PDF", "reports:meeting_public_pdf"),
        ("Public part as web page", "reports:meeting_public_html"),
    ],
    "decision": [
        ("Decision notice as PDF", "reports:notice_pdf"),
        ("Whole record as PDF", "reports:decision_pdf"),
        ("Web page to keep", "reports:decision_html"),
    ],
}

# --- Long work --------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# What can be made in the background: the function that makes it, and the permission to ask for it.
JOBS = {
    "register-pdf": ("reports.making.register_pdf", "reports.view"),
    "report-pdf": ("reports.making.report_pdf", "reports.view"),
    "sent-report-pdf": ("reports.making.sent_pdf", "reports.view"),
}

# --- Database ---------------------------------------------------------------------------------

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE with WAL: writers queue up to 20 s instead of failing at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Sign-in limits live in the cache, so it must be shared by all web processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # attempts to sign in, and forms that were sent (config/once.py)
    },
}
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False

# --- Sign-in ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.backends.RoleBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.NotLikeThePerson"},
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.NotCommon"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.SignInForm",
    "reset_password": "accounts.sign_in.NewPasswordForm",
    "reset_password_from_key": "accounts.sign_in.SetPasswordForm",
    "change_password": "accounts.sign_in.ChangePasswordForm",
    "reauthenticate": "accounts.sign_in.AgainForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,50/15m/ip"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- Safety -----------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Files, mail, words -----------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "documents"  # never served by address, only through a permission check
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

vars().update(email)
DEFAULT_CHARSET = "utf-8"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
