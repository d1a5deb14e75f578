"""What the environment must say before the product starts, and how its addresses are spelled."""

from collections.abc import Iterator, Mapping

SHORTEST_KEY = 32
REQUIRED = {
    "SECRET_KEY": "a long random string",
    "SITE_URL": "the public address, for example https://studies.example.org",
    "ALLOWED_HOSTS": "the host names this site answers to, separated by commas",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://host:6379/0",
    "EMAIL_URL": "smtp://user:password@host:587",
    "STRIPE_API_KEY": "the secret key of the Stripe account",
    "STRIPE_WEBHOOK_SECRET": "the signing secret of the webhook endpoint",
}


def problems(environment: Mapping[str, str], *, debug: bool, demo: bool) -> Iterator[str]:
    """Yield one sentence per missing or unsafe setting; the first one stops the start."""
    for name, example in REQUIRED.items():
        if not environment.get(name):
            yield f"{name} is not set. Give it {example}."
    if len(environment.get("SECRET_KEY", "")) < SHORTEST_KEY:
        yield f"SECRET_KEY is too short. Use at least {SHORTEST_KEY} random characters."
    if debug or demo:
        return
    if "*" in environment.get("ALLOWED_HOSTS", ""):
        yield "ALLOWED_HOSTS holds '*', which answers to any name. List your own host names."
    if not environment.get("SITE_URL", "").startswith("https://"):
        yield "SITE_URL must begin with https:// outside DEBUG and DEMO."
    if environment.get("STRIPE_API_BASE", "https://").startswith("http://"):
        yield "STRIPE_API_BASE must be https:// outside DEBUG and DEMO."


def broker_url(redis_url: str) -> str:
    """Return Celery's spelling of a Redis address: kombu names Unix sockets and databases differently."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, database = redis_url.removeprefix("unix://").partition("?db=")
    return f"redis+socket://{path}?virtual_host={database or 0}"


def social_providers(environment: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Return allauth's settings for every provider whose KAKAO_, NAVER_ or GOOGLE_CLIENT_ID is set."""
    return {
        name: {
            "APPS": [
                {
                    "client_id": environment[f"{name.upper()}_CLIENT_ID"],
                    "secret": environment.get(f"{name.upper()}_CLIENT_SECRET", ""),
                }
            ],
            "VERIFIED_EMAIL": name == "google",
        }
        for name in ("kakao", "naver", "google")
        if environment.get(f"{name.upper()}_CLIENT_ID")
    }
