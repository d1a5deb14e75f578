"""Ctrl-C and SIGTERM as a question asked between steps, so that they never interrupt one halfway."""

import ctypes
import os
import signal
import sys
import time
from types import FrameType

from studyplatform.demo.children import PR_SET_PDEATHSIG

asked: list[int] = []


class Stopped(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or sent SIGTERM."""


def listen() -> None:
    """Note signals from now on; under make, also end when make is killed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _note)
    if "MAKELEVEL" in os.environ and sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))


def _note(number: int, frame: FrameType | None) -> None:
    asked.append(number)


def pause(seconds: float = 0.05) -> None:
    """Sleep a little. Raises Stopped when somebody asked for the end."""
    if not asked:
        time.sleep(seconds)
    if asked:
        raise Stopped
