"""Child processes that never outlive their parent, each ended by the signal it wants."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

NOBODY = 65534
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A command run in a process group of its own; as `nobody` when asked (PostgreSQL refuses to run as root)."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    stop_with: signal.Signals = signal.SIGTERM
    as_nobody: bool = False
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
            preexec_fn=_die_with_parent(self.stop_with),
            **identity(self.as_nobody),  # type: ignore[call-overload]
        )
        if output:
            output.close()

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float = 6) -> None:
        """End it and all it started; by force when it takes longer than `seconds`."""
        if not self.process:
            return
        if self.alive():
            self.process.send_signal(self.stop_with)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        _kill_group(self.process.pid)
        self.process.wait()


def identity(as_nobody: bool) -> dict[str, object]:
    """Return Popen's arguments that drop root's privileges, when there are any to drop."""
    if as_nobody and os.geteuid() == 0:
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return {}


def _die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(how))


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> bool:
    """Wait for `ready`; False when the child ended or the time ran out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        if not child.alive():
            return False
        time.sleep(0.05)
    return False
