"""Processes of an earlier run that was killed: found by a mark in their environment, ended before the next run.

On Linux the kernel ends children with their parent, so this mostly waits for them; elsewhere it does the ending.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

NAME = "DURU_DEMO_HOME"
PROC = Path("/proc")


def mark(home: Path) -> dict[str, str]:
    """Return the variable that every process of the demo kept in `home` carries."""
    return {NAME: str(home)}


def end_leftovers(home: Path, seconds: float = 8) -> int:
    """End what still runs from this home, by force after `seconds`; return how many processes there were."""
    first = marked(home)
    _send(first, signal.SIGTERM)
    end = time.monotonic() + seconds
    while (left := marked(home)) and time.monotonic() < end:
        time.sleep(0.1)
    _send(left, signal.SIGKILL)
    return len(first)


def marked(home: Path) -> list[int]:
    """Return the ids of other processes that carry this home's mark."""
    wanted = f"{NAME}={home}"
    found = _in_proc(wanted) if PROC.joinpath("self/environ").exists() else _in_ps(wanted)
    return [pid for pid in found if pid != os.getpid()]


def _in_proc(wanted: str) -> list[int]:
    found = []
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):  # it ended meanwhile, or belongs to somebody else
                if wanted.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return found


def _in_ps(wanted: str) -> list[int]:
    lines = subprocess.run(["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True).stdout.splitlines()
    return [int(line.split(maxsplit=1)[0]) for line in lines if wanted in line.split()]


def _send(processes: list[int], number: signal.Signals) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
