"""What every part of one running sandbox shares."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from studyplatform.demo.stripe.clock import Clock
from studyplatform.demo.stripe.config import Config
from studyplatform.demo.stripe.exchange_log import ExchangeLog
from studyplatform.demo.stripe.faults import Faults
from studyplatform.demo.stripe.storage import Store


@dataclass
class World:
    """One sandbox: settings, database, clock, faults, log. `bell` wakes the thread that works in the background."""

    config: Config
    store: Store
    clock: Clock
    faults: Faults
    log: ExchangeLog
    bell: threading.Event = field(default_factory=threading.Event)

    def later(self, action: str, identity: str) -> None:
        """Plan what happens to an object in a while (see `background`)."""
        due = time.time() + self.config.settle_seconds
        self.store.run("INSERT INTO later (due, action, object) VALUES (?, ?, ?)", due, action, identity)
        self.bell.set()


@dataclass(frozen=True)
class Cause:
    """The request an event came from; none when the sandbox acted by itself or a person used the hosted page."""

    request: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Call:
    """One request to an endpoint: its values already read by the endpoint's schema."""

    world: World
    params: dict[str, Any]
    identity: str
    cause: Cause
    path: str
    account: str = ""  # the connected account it speaks for; "" is the platform


def build(config: Config) -> World:
    """Open the database and return the world on it."""
    store = Store(config.data)
    return World(config, store, Clock(store), Faults(), ExchangeLog(config.log))
