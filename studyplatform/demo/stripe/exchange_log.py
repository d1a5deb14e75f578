"""A file of every exchange, one JSON line each, so that it can be held against the specification from outside."""

import json
import threading
import time
from typing import Any


class ExchangeLog:
    """Appends lines to the file named by STRIPE_SANDBOX_LOG; does nothing without a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.Lock()

    def exchange(self, request: dict[str, Any], response: dict[str, Any]) -> None:
        """Note one request to the API with its answer, bodies as sent."""
        self._append({"ts": time.time(), "request": request, "response": response})

    def webhook(self, headers: dict[str, str], body: str) -> None:
        """Note one webhook as sent."""
        self._append({"ts": time.time(), "webhook": {"headers": headers, "body": body}})

    def _append(self, line: dict[str, Any]) -> None:
        if not self.name:
            return
        with self.lock, open(self.name, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
