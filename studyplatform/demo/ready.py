"""Waiting for a server to answer."""

import time
import urllib.error
import urllib.request


def answers(address: str, seconds: float) -> bool:
    """Ask for a page until it is given, for at most so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/robots.txt", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False
