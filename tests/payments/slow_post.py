"""A mail server in a folder: each message is a file, and it can be told to wait before or after taking one."""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class Post(BaseEmailBackend):
    """Writes each message's Message-ID into POST_BOX; POST_WAITS=before or after makes it stand still there."""

    def send_messages(self, messages: list[Any]) -> int:
        for message in messages:
            self._wait("before")
            self._box().joinpath(f"sent-{uuid.uuid4()}").write_text(message.message()["Message-ID"])
            self._wait("after")
        return len(messages)

    def _box(self) -> Path:
        box = Path(os.environ["POST_BOX"])
        box.mkdir(exist_ok=True)
        return box

    def _wait(self, step: str) -> None:
        if os.environ.get("POST_WAITS") == step:
            self._box().joinpath("waiting").touch()
            time.sleep(60)
