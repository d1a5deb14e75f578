"""How long a thing takes, as the best of several tries: the least disturbed one."""

import time
from collections.abc import Callable


def best(work: Callable[[], object], times: int = 15) -> float:
    """Return the shortest of `times` runs, in seconds."""
    return min(_once(work) for _ in range(times))


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
