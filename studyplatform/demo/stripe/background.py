"""The thread that acts by itself: sessions run out, refunds settle, webhooks go out."""

import threading
import time
import traceback

from studyplatform.demo.stripe import checkout, webhooks
from studyplatform.demo.stripe.objects import refunds
from studyplatform.demo.stripe.world import World

PAUSE = 1.0  # seconds between two looks at most


def start(world: World) -> threading.Thread:
    """Start it; it ends with the process."""
    thread = threading.Thread(target=_work, args=[world], name="background", daemon=True)
    thread.start()
    return thread


def tick(world: World, *, early: bool = False) -> None:
    """Do all that is due in the sandbox; with `early` also refunds that would settle later."""
    with world.store.transaction():
        checkout.expire_due(world)
        for row in world.store.rows(
            "SELECT * FROM later WHERE due <= ? ORDER BY id", time.time() + (1e9 if early else 0)
        ):
            world.store.run("DELETE FROM later WHERE id = ?", row["id"])
            refunds.settle(world, row["object"], row["action"])


def _work(world: World) -> None:
    while True:
        world.bell.wait(_pause(world))
        world.bell.clear()
        try:
            tick(world)
            webhooks.deliver_due(world)
        except Exception:
            traceback.print_exc()
            time.sleep(PAUSE)


def _pause(world: World) -> float:
    due = webhooks.next_due(world)
    return PAUSE if due is None else min(max(due - time.time(), 0.01), PAUSE)
