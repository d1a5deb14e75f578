"""`make demo`: every part of the product on one machine, under one supervisor that leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from studyplatform.demo.children import Child
from studyplatform.demo.places import CannotStart, Places, refuse_taken
from studyplatform.demo.ready import answers
from studyplatform.demo.servers import NotStarted, Postgres, Valkey, short_folder

PEOPLE = ("host", "partner", "member", "newcomer", "admin")
LAST_SECOND = 60.0


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def say(sentence: str) -> None:
    """Tell the person at the terminal what happens now."""
    print(sentence, flush=True)


def stop(number: int, frame: FrameType | None) -> None:
    """Turn the first signal into an orderly end; later ones change nothing."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


class Demo:
    """The running demo: its addresses, its environment, its children in the order they start."""

    def __init__(self, places: Places, port: int, sockets: Path) -> None:
        self.places, self.port = places, port
        self.postgres = Postgres(places.home, sockets, durable=True)
        self.valkey = Valkey(places.home, sockets, durable=True)
        self.site = f"http://localhost:{port}"
        self.stripe = f"http://localhost:{port + 1}"
        self.log = places.home / "demo.log"
        self.environment = self._environment()

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME", "LOG_LEVEL") if name in os.environ}
        places = self.places
        return {
            **kept,
            "PYTHONPATH": str(places.checkout),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "studyplatform.settings",
            "DEMO": "1",
            "SECRET_KEY": places.secret("SECRET_KEY"),
            "SITE_URL": self.site,
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATABASE_URL": self.postgres.url("demo"),
            "REDIS_URL": self.valkey.url(),
            "EMAIL_URL": f"filemail:///{places.folder('mail')}",
            "MEDIA_ROOT": str(places.folder("media")),
            "STATIC_ROOT": str(places.folder("static")),
            "CHECKOUT_ORIGINS": self.stripe,
            "STRIPE_API_KEY": "sk_test_demo",
            "STRIPE_API_BASE": self.stripe,
            "STRIPE_WEBHOOK_SECRET": "whsec_" + places.secret("STRIPE_WEBHOOK_SECRET"),
            "STRIPE_SANDBOX_PORT": str(self.port + 1),
            "STRIPE_SANDBOX_DATA": str(places.folder("stripe")),
            "STRIPE_SANDBOX_WEBHOOK_URL": f"{self.site}/stripe/webhook/",
            "STRIPE_SANDBOX_WEBHOOK_SECRET": "whsec_" + places.secret("STRIPE_WEBHOOK_SECRET"),
            "STRIPE_SANDBOX_PUBLIC_URL": self.stripe,
            "STRIPE_SANDBOX_LOG": os.environ.get("STRIPE_SANDBOX_LOG", ""),
            "BUSINESS_INFO": "두루(예시 상호),서울 마포구 예시로 12,사업자등록번호 000-00-00000,help@example.org",
        }

    def children(self) -> list[Child]:
        """Return the product's own processes."""
        celery = [sys.executable, "-m", "celery", "-A", "studyplatform.celery"]
        beat = str(self.places.home / "beat-schedule")
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "studyplatform.wsgi:application"]
        web += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "2", "--blocking-threads", "3"]
        return [
            self._child("web", [*web, "--no-ws"]),
            self._child("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"]),
            self._child("beat", [*celery, "beat", "--schedule", beat, "--loglevel", "WARNING"]),
        ]

    def stripe_child(self) -> Child:
        """Return the local Stripe."""
        return self._child("stripe", [sys.executable, "-m", "studyplatform.demo.stripe"])

    def _child(self, name: str, command: list[str]) -> Child:
        return Child(name, command, self.environment, folder=str(self.places.checkout), log=self.log)

    def manage(self, *arguments: str) -> None:
        """Run one of Django's commands to its end. Raises CannotStart with its last words."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=self.places.checkout, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise CannotStart(f"manage.py {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-800:]}")


def run(port: int) -> None:
    """Start everything, say where it is, and stay until somebody stops it or a part of it ends."""
    places = Places()
    places.lock()
    refuse_taken(port)
    refuse_taken(port + 1)
    with ExitStack() as stack:
        demo = Demo(places, port, stack.enter_context(short_folder()))
        say("Starting the database and the broker ...")
        for server in (demo.postgres, demo.valkey):
            stack.callback(server.stop)
            server.start()
        demo.postgres.make_database("demo")
        prepare(demo)
        running = launch(demo, stack)
        greet(demo)
        watch(running)


def prepare(demo: Demo) -> None:
    """Bring tables, words and files up to date."""
    say("Preparing tables, translations and files ...")
    demo.manage("migrate", "--verbosity", "0")
    demo.manage("catalog", "compile")
    demo.manage("collectstatic", "--noinput", "--verbosity", "0")


def launch(demo: Demo, stack: ExitStack) -> list[Child]:
    """Start the local Stripe, seed the world on first start, then web, worker and beat."""
    running = []
    if find_spec("studyplatform.demo.stripe"):
        running.append(demo.stripe_child())
        stack.callback(running[0].stop)
        running[0].start()
    marker = demo.places.home / "seeded"
    if not marker.exists():
        say("First start: making a world to look at ...")
        demo.manage("seed_world")
        marker.touch()
    for child in demo.children():
        stack.callback(child.stop)
        child.start()
        running.append(child)
    say("Waiting for the first page ...")
    if not answers(demo.site, LAST_SECOND):
        raise CannotStart(f"The web server did not answer. Its words are in {demo.log}.")
    return running


def greet(demo: Demo) -> None:
    """Print the address and the accounts."""
    say(f"\nReady: {demo.site}\n\nSign in with the password demo as")
    for name in PEOPLE:
        say(f"  {name}@example.com")
    say(f"\nLetters are written to {demo.places.home / 'mail'}, the log to {demo.log}.\nCtrl-C stops everything.")


def watch(running: list[Child]) -> None:
    """Return never while all children live. Raises CannotStart when one ends."""
    while True:
        for child in running:
            if not child.alive():
                raise CannotStart(f"The part called {child.name} ended. Everything else is being stopped.")
        time.sleep(0.3)


def main() -> int:
    """Run the demo or, with `reset`, forget its data; return the exit code."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        if sys.argv[1:] == ["reset"]:
            places = Places()
            places.lock()
            places.forget()
            say("The demo's data is gone. The next start makes a new world.")
            return 0
        run(int(os.environ.get("PORT", "8000")))
    except (CannotStart, NotStarted) as error:
        say(str(error))
        return 1
    except Stopped:
        say("\nStopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
