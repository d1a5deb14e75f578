"""The parts of the running demo: which processes there are, and the environment they share."""

import os
import sys
from pathlib import Path

from studyplatform.demo.children import Child
from studyplatform.demo.leftovers import mark
from studyplatform.demo.places import CHECKOUT, Places
from studyplatform.demo.servers import Postgres, Valkey

KEPT = ("PATH", "LANG", "HOME", "TMPDIR", "LOG_LEVEL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "STRIPE_SANDBOX_LOG")
BUSINESS = "두루(예시 상호),서울 마포구 예시로 12,사업자등록번호 000-00-00000,help@example.org"
BUSINESS_EN = "Duru (an example),12 Yesi-ro Mapo-gu Seoul,Business registration 000-00-00000,help@example.org"


class Parts:
    """Two servers that keep data, and five processes of the product that do not."""

    def __init__(self, places: Places, port: int, sockets: Path) -> None:
        self.places, self.port = places, port
        self.site = f"http://localhost:{port}"
        self.stripe_site = f"http://localhost:{port + 1}"
        self.log = places.home / "demo.log"
        self.mark = mark(places.home)
        self.postgres = Postgres(places.home, sockets, durable=True, mark=self.mark)
        self.valkey = Valkey(places.home, sockets, durable=True, mark=self.mark)
        self.environment = {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            **self.mark,
            **self._settings(),
            **self._stripe_settings(),
        }

    def _settings(self) -> dict[str, str]:
        places = self.places
        return {
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "studyplatform.settings",
            "DEMO": "1",
            "DEMO_BAR": "1",
            "SECRET_KEY": places.secret("SECRET_KEY"),
            "SITE_URL": self.site,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATABASE_URL": self.postgres.url("demo"),
            "REDIS_URL": self.valkey.url(),
            "EMAIL_URL": f"filemail:///{places.folder('mail')}",
            "MEDIA_ROOT": str(places.folder("media")),
            "STATIC_ROOT": str(places.folder("static")),
            "BUSINESS_INFO": BUSINESS,
            "BUSINESS_INFO_EN": BUSINESS_EN,
        }

    def _stripe_settings(self) -> dict[str, str]:
        secret = "whsec_" + self.places.secret("STRIPE_WEBHOOK_SECRET")
        return {
            "CHECKOUT_ORIGINS": self.stripe_site,
            "STRIPE_API_KEY": "sk_test_demo",
            "STRIPE_API_BASE": self.stripe_site,
            "STRIPE_DASHBOARD": self.stripe_site,
            "STRIPE_WEBHOOK_SECRET": secret,
            "STRIPE_SANDBOX_PORT": str(self.port + 1),
            "STRIPE_SANDBOX_DATA": str(self.places.folder("stripe")),
            "STRIPE_SANDBOX_WEBHOOK_URL": f"{self.site}/stripe/webhook/",
            "STRIPE_SANDBOX_WEBHOOK_SECRET": secret,
            "STRIPE_SANDBOX_PUBLIC_URL": self.stripe_site,
        }

    def preparing(self) -> Child:
        """Return the process that brings tables and words up to date."""
        return self._child("preparing", "studyplatform.demo.prepare")

    def collecting(self) -> Child:
        """Return the process that brings static files up to date, which nothing waits for until pages are served."""
        return self._child("collecting", "studyplatform.demo.prepare", "files")

    def seeding(self) -> Child:
        """Return the process that does so on the first start, and makes the world."""
        return self._child("seeding", "studyplatform.demo.prepare", "tables", "world")

    def stripe(self) -> Child:
        """Return the local Stripe."""
        return self._child("Stripe", "studyplatform.demo.stripe")

    def web(self) -> Child:
        """Return the web server: two processes of three threads."""
        where = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--no-ws"]
        size = ["--workers", "2", "--blocking-threads", "3", "--respawn-failed-workers", "--workers-kill-timeout", "3"]
        return self._child("web", "granian", *where, *size, "studyplatform.wsgi:application")

    def worker(self) -> Child:
        """Return the Celery worker, which looks for no others."""
        return self._celery("worker", "--concurrency", "2", "--without-mingle", "--without-gossip")

    def beat(self) -> Child:
        """Return the clock; it remembers across starts what it last ran."""
        return self._celery("beat", "--schedule", str(self.places.home / "beat-schedule"), "--pidfile=")

    def _celery(self, name: str, *arguments: str) -> Child:
        return self._child(name, "celery", "-A", "studyplatform.celery", name, *arguments, "--loglevel", "WARNING")

    def _child(self, name: str, module: str, *arguments: str) -> Child:
        command = [sys.executable, "-m", module, *arguments]
        return Child(name, command, self.environment, folder=str(CHECKOUT), log=self.log)
