"""Failures on request: each is used up `times` times by the requests or webhooks it is for."""

import threading
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

REQUEST_KINDS = ("500", "500_after", "503", "409", "429", "timeout_before", "timeout_after", "slow", "short")
WEBHOOK_KINDS = (
    "drop",
    "duplicate",
    "reorder",
    "hold",
    "500",
    "timeout_before",
    "timeout_after",
    "slow",
    "bad_signature",
)


@dataclass
class Fault:
    """`on` is `POST /v1/refunds` (with * as a wildcard), `webhook` or `webhook:checkout.session.completed`."""

    on: str
    kind: str
    times: int = 1
    seconds: float = 0.2


class Faults:
    """The faults still to come, oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.lock = threading.Lock()

    def add(self, given: dict[str, Any]) -> Fault:
        """Plan a fault. Raises ValueError on a kind that does not exist."""
        fault = Fault(
            str(given["on"]), str(given["kind"]), int(given.get("times", 1)), float(given.get("seconds", 0.2))
        )
        kinds = WEBHOOK_KINDS if fault.on.startswith("webhook") else REQUEST_KINDS
        if fault.kind not in kinds:
            raise ValueError(f"{fault.kind} is none of {', '.join(kinds)}")
        with self.lock:
            self.waiting.append(fault)
        return fault

    def take(self, *names: str) -> Fault | None:
        """Return the first fault for any of the names and use it up once."""
        with self.lock:
            for fault in self.waiting:
                if any(fnmatchcase(name, fault.on) for name in names):
                    fault.times -= 1
                    self.waiting = [other for other in self.waiting if other.times > 0]
                    return fault
        return None

    def clear(self) -> None:
        """Forget all."""
        with self.lock:
            self.waiting = []

    def listed(self) -> list[dict[str, Any]]:
        """Return what is still waiting."""
        with self.lock:
            return [asdict(fault) for fault in self.waiting]
