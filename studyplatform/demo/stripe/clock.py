"""The sandbox's clock: real time plus what a test has put on top; kept in the database."""

import time

from studyplatform.demo.stripe.storage import Store


class Clock:
    """Seconds since 1970 as the API sees them. Webhook signatures use real time, not this."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.offset = int(store.setting("clock_offset", "0"))

    def now(self) -> int:
        """Return the present second."""
        return int(time.time()) + self.offset

    def advance(self, seconds: int) -> None:
        """Put the clock forward (or back)."""
        self.offset += seconds
        self.store.keep_setting("clock_offset", str(self.offset))
