"""Waiting for a server to answer."""

import time
import urllib.error
import urllib.request

from studyplatform.demo.children import Child
from studyplatform.demo.signals import pause

SERVER_ERROR = 500


def answers(address: str, child: Child, seconds: float) -> bool:
    """Ask until `address` answers; False when the child that should answer ended or the time ran out."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.alive():
        if _asks(address):
            return True
        pause(0.1)
    return False


def _asks(address: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < SERVER_ERROR
    except OSError:
        return False
