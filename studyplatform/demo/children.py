"""Child processes that never outlive their parent, each ended by the signal it wants."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NOBODY = 65534
PR_SET_PDEATHSIG = 1
POLL = 0.03


@dataclass
class Child:
    """A command run in a process group of its own; under another user id when asked (root only)."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    stop_with: signal.Signals = signal.SIGTERM
    user: int | None = None
    folder: str = "/"
    log: Path | None = None
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Start it; when this process dies, even by kill -9, the kernel ends the child (Linux)."""
        output = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            preexec_fn=end_with_parent(self.stop_with),
            **identity(self.user),
        )
        if output:
            output.close()

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None

    def code(self) -> int | None:
        """Return its exit code; None while it runs and before it was started."""
        return self.process.poll() if self.process else None

    def stop(self, seconds: float = 5) -> None:
        """End it and all it started; by force when it takes longer than `seconds`."""
        stop_together([self], seconds)


def stop_together(children: Sequence[Child], seconds: float) -> None:
    """Ask all of them to end, give them `seconds` in all, then end what is left of their groups by force."""
    started = [child.process for child in children if child.process]
    for child in children:
        if child.process and child.alive():
            child.process.send_signal(child.stop_with)
    end = time.monotonic() + seconds
    for process in started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, end - time.monotonic()))
    for process in started:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def identity(user: int | None) -> dict[str, Any]:
    """Return Popen's arguments that make the child run as `user`; none when there is nothing to change."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def end_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """Return what a child does first so that the kernel sends it `how` when its parent dies (None: not on Linux)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return bind


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> bool:
    """Wait for `ready`; False when the child ended or the time ran out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        if not child.alive():
            return False
        time.sleep(POLL)
    return False
