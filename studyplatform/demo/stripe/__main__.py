"""Run the local Stripe until SIGTERM or Ctrl-C; everything committed is safe whenever it ends."""

import os
import signal
import sys

from studyplatform.demo.stripe import background, config, idempotency, webhooks, world
from studyplatform.demo.stripe.server import Server


def main() -> int:
    """Start the server; return the exit code when it cannot."""
    settings = config.read(sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))
    try:
        here = world.build(settings)
        server = Server(here)
    except OSError as error:
        print(f"The local Stripe cannot start on {settings.host}:{settings.port}: {error}", file=sys.stderr)
        return 1
    idempotency.forget_unfinished(here.store)
    webhooks.recover(here)
    background.start(here)
    print(f"Local Stripe at {settings.public_url}", flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
