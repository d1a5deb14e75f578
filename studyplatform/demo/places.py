"""Where the demo keeps what it keeps, and the sentences for when it cannot."""

import fcntl
import hashlib
import os
import secrets
import shutil
import socket
from pathlib import Path

from studyplatform.demo.children import NOBODY
from studyplatform.demo.servers import reachable_for_others

CHECKOUT = Path(__file__).resolve().parent.parent.parent
KEPT = ("SECRET_KEY", "STRIPE_WEBHOOK_SECRET")


class CannotStart(RuntimeError):
    """One plain sentence about what is in the way."""


class Places:
    """The folders of one demo. `home` holds data; it stands elsewhere when root's servers cannot reach the checkout."""

    def __init__(self, checkout: Path = CHECKOUT) -> None:
        self.checkout = checkout
        self.near = checkout / ".demo"
        try:
            self.near.mkdir(exist_ok=True)
            self.home = self._home()
            self.home.mkdir(exist_ok=True, mode=0o755)
            self.lock_file = (self.near / "lock").open("a")
        except OSError as error:
            raise CannotStart(f"Cannot write in {self.near} ({error.strerror}). Give yourself the right to.") from error

    def _home(self) -> Path:
        if os.geteuid() != 0 or reachable_for_others(self.checkout):
            return self.near
        name = hashlib.sha256(str(self.checkout).encode()).hexdigest()[:12]
        home = Path("/var/tmp") / f"studyplatform-{name}"
        (self.near / "place").write_text(f"{home}\n")
        return home

    def lock(self) -> None:
        """Hold the demo for this process; the kernel lets go of it however the process ends."""
        try:
            fcntl.flock(self.lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart("The demo is already running from this folder. Stop it first.") from None

    def secret(self, name: str) -> str:
        """Return a secret made once and kept for its owner only."""
        path = self.near / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text().strip()

    def forget(self) -> None:
        """Remove all data, for a new beginning."""
        if self.home != self.near:
            shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.near, ignore_errors=True)

    def folder(self, name: str) -> Path:
        """Return a folder of the demo's data, made if missing."""
        path = self.home / name
        path.mkdir(exist_ok=True)
        return path


def refuse_taken(port: int) -> None:
    """Raise CannotStart when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CannotStart(f"Port {port} is in use. Choose another one: PORT={port + 100} make demo") from None


def give_to_nobody(folder: Path) -> None:
    """Let servers that gave up root's rights write here."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
