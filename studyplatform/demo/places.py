"""Where the demo keeps what it keeps, and the sentences for when it cannot."""

import fcntl
import hashlib
import os
import secrets
import shutil
import socket
from pathlib import Path

from studyplatform.demo.servers import reachable_for_others

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ELSEWHERE = Path("/var/tmp")
HIGHEST_PORT = 65534  # the local Stripe takes the one above


class CannotStart(RuntimeError):
    """One plain sentence about what is in the way."""


class Places:
    """The folders of one demo. `near` (.demo in the checkout) has the lock and the secrets; `home` has the data.

    They are the same folder, unless root's database server (which runs as nobody) cannot reach it: then the data
    stands below /var/tmp, and `near`/place says where.
    """

    def __init__(self, near: Path) -> None:
        self.near = near
        try:
            _make(self.near)
            self.lock_file = (self.near / "lock").open("a")
            self.home = self._home()
        except OSError as error:
            raise CannotStart(f"Cannot write in {self.near} ({error.strerror}). Give yourself the right to.") from error

    def _home(self) -> Path:
        place = self.near / "place"
        if not place.exists():
            if os.geteuid() != 0 or reachable_for_others(self.near.parent):
                return self.near
            name = hashlib.sha256(str(self.near).encode()).hexdigest()[:12]
            place.write_text(f"{ELSEWHERE / f'duru-demo-{name}'}\n")
        home = Path(place.read_text().strip())
        _make(home)
        if home.stat().st_uid != os.geteuid():
            raise CannotStart(f"The demo's data in {home} belongs to another user. Start the demo as that user.")
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
            new = path.with_suffix(".new")
            new.unlink(missing_ok=True)
            new.touch(mode=0o600)
            new.write_text(secrets.token_hex(32))
            new.rename(path)
        return path.read_text().strip()

    def folder(self, name: str) -> Path:
        """Return a folder of the demo's data, made if missing."""
        path = self.home / name
        path.mkdir(exist_ok=True)
        return path

    def forget(self, *names: str) -> None:
        """Remove the named folders of data; without names everything, for a new beginning."""
        folders = [self.home / name for name in names] or [self.home, self.near]
        try:
            for folder in folders:
                if folder.exists():
                    shutil.rmtree(folder)
        except OSError as error:
            raise CannotStart(f"Cannot remove {error.filename} ({error.strerror}).") from error


def _make(folder: Path) -> None:
    """Make a folder that others may pass through (root's database server does) but not list."""
    folder.mkdir(exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o711)


def port_from(text: str) -> int:
    """Read PORT. Raises CannotStart when it is no port, or one that this or the next process could not take."""
    if text.isdecimal() and 0 < int(text) <= HIGHEST_PORT:
        return int(text)
    raise CannotStart(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {text}.")


def refuse_taken(port: int, first: int) -> None:
    """Raise CannotStart when `port` cannot be listened on; `first` is the port the demo was asked to use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotStart(f"Port {port} is kept for the administrator. Try PORT=8000 make demo") from None
        except OSError:
            other = first + 100 if first + 100 <= HIGHEST_PORT else 8000
            raise CannotStart(f"Port {port} is in use. Choose another one: PORT={other} make demo") from None
