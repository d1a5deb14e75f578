"""A file of every exchange, one JSON line each, so that it can be held against the specification from outside."""

import json
import threading
import time
from typing import Any

from studyplatform.demo.stripe.wire import Answer, Request


class ExchangeLog:
    """Appends lines to the file named by STRIPE_SANDBOX_LOG; does nothing without a name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.Lock()
        if name:
            open(name, "ab").close()  # one that cannot be written is told at the start

    def exchange(self, request: Request, answer: Answer) -> None:
        """Note one request to the API with its answer, bodies as sent; nothing was sent when the line was cut."""
        came = {**vars(request), "headers": dict(request.headers.items())}
        went = Answer(0, "") if answer.cut else answer
        self._append(request=came, response={"status": went.status, "headers": went.headers, "body": went.body})

    def webhook(self, headers: dict[str, str], body: str) -> None:
        """Note one webhook as sent."""
        self._append(webhook={"headers": headers, "body": body})

    def _append(self, **parts: Any) -> None:
        if not self.name:
            return
        line = json.dumps({"ts": time.time(), **parts}, ensure_ascii=False) + "\n"
        with self.lock, open(self.name, "ab", buffering=0) as file:
            file.write(line.encode())  # one write, so that a kill leaves whole lines
