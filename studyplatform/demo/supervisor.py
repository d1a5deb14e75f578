"""Starts the parts in order, watches them, stops them together."""

from contextlib import ExitStack
from pathlib import Path

from studyplatform.demo.children import Child, stop_together
from studyplatform.demo.leftovers import end_leftovers
from studyplatform.demo.parts import Parts
from studyplatform.demo.places import CannotStart, Places, refuse_taken
from studyplatform.demo.ready import answers
from studyplatform.demo.servers import short_folder, stop_servers
from studyplatform.demo.signals import pause

PEOPLE = ("host", "partner", "member", "newcomer", "admin", "admin2")
LONGEST_START = 90.0
LONGEST_WARM_UP = 6.0  # seconds until all queues are in time again
GRACE = 5.0  # seconds for the product's processes; the servers have 3 more
LONGEST_LOG = 10_000_000


def say(sentence: str) -> None:
    """Tell the person at the terminal what happens now."""
    print(sentence, flush=True)


def run(folder: Path, port: int) -> None:
    """Start everything with its data in `folder`, say where it is, and stay.

    Raises Stopped when asked to end, CannotStart when it cannot go on. However it ends, no process is left.
    """
    places = Places(folder)
    places.lock()
    end_leftovers(places.home)
    for taken in (port, port + 1):
        refuse_taken(taken, first=port)
    with ExitStack() as stack:
        parts = Parts(places, port, stack.enter_context(short_folder()))
        running: list[Child] = []
        _fresh_log(parts.log)
        start_servers(parts, stack)
        stack.callback(stop_together, running, GRACE)
        launch(parts, running)
        greet(parts)
        watch(running, parts.log)


def start_servers(parts: Parts, stack: ExitStack) -> None:
    """Start the database and the broker, and have them stopped last."""
    say("Starting the database and the broker ...")
    stack.callback(stop_servers, parts.postgres, parts.valkey)
    parts.postgres.start()
    parts.valkey.start()


def launch(parts: Parts, running: list[Child]) -> None:
    """Prepare, make the world on first start, then serve; each process is added to `running` before it starts."""
    made = parts.places.home / "seeded"
    first = not made.exists()
    if first:  # an earlier first start may have been cut short: begin anew
        parts.postgres.make_database("demo", anew=True)
        parts.places.forget("stripe", "media", "mail")
        for name in ("stripe", "media", "mail"):
            parts.places.folder(name)
    parts.postgres.make_database("demo")
    say("Preparing tables, translations and files ...")
    stripe, collecting, web = parts.stripe(), parts.collecting(), parts.web()
    start(stripe, running)
    start(collecting, running)
    if first:
        say("First start: making a world to look at ...")
    making = parts.seeding() if first else parts.preparing()
    start(making, running)
    end(collecting, running, parts.log)
    wait_for(stripe, f"{parts.stripe_site}/_sandbox/ready", parts.log)
    if first:  # nobody has its pages open yet, so it may get ready meanwhile
        start(web, running)
    end(making, running, parts.log)
    made.touch()
    say("Starting web server, worker and clock ...")
    if not first:
        start(web, running)
    serve(web, parts, running)
    if not first:  # what fell due while nothing ran takes a moment
        answers(f"{parts.site}/health/", stripe, LONGEST_WARM_UP)


def serve(web: Child, parts: Parts, running: list[Child]) -> None:
    """Wait for the web server, then start worker and clock, which nobody waits for to see a page."""
    wait_for(web, f"{parts.site}/robots.txt", parts.log)
    for child in (parts.worker(), parts.beat()):
        start(child, running)


def wait_for(child: Child, address: str, log: Path) -> None:
    """Wait until a process answers. Raises CannotStart when it does not."""
    if not answers(address, child, LONGEST_START):
        raise CannotStart(f"The part called {child.name} did not answer. {_last_words(log)}")


def start(child: Child, running: list[Child]) -> None:
    """Start a process that stays."""
    running.append(child)
    child.start()


def end(child: Child, running: list[Child], log: Path) -> None:
    """Wait for a started process to end. Raises CannotStart when it failed."""
    while child.alive():
        pause()
    running.remove(child)
    if child.code():
        raise CannotStart(f"The step called {child.name} failed. {_last_words(log)}")


def greet(parts: Parts) -> None:
    """Print the address and the accounts."""
    say(f"\nReady: {parts.site}\n\nSign in with the password demo as")
    for name in PEOPLE:
        say(f"  {name}@example.com")
    say(f"\nLetters are written to {parts.places.home / 'mail'}, the log to {parts.log}.\nCtrl-C stops everything.")


def watch(running: list[Child], log: Path) -> None:
    """Stay while all processes live. Raises CannotStart when one ends, Stopped when asked to."""
    while True:
        for child in running:
            if not child.alive():
                raise CannotStart(f"The part called {child.name} ended, so the demo stops. {_last_words(log)}")
        pause(0.2)


def reset(folder: Path) -> None:
    """Forget all data of the demo. Raises CannotStart while it runs."""
    places = Places(folder)
    places.lock()
    end_leftovers(places.home)
    places.forget()
    say("The demo's data is gone. The next start makes a new world.")


def _fresh_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.unlink()


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return f"The end of {log}:\n" + "\n".join(lines[-12:])
