"""`make demo`: every part of the product on one machine, under one supervisor that leaves nothing behind.

PORT (8000) moves the address, the local Stripe takes the port above it. DEMO_DATA (.demo) moves the data.
"""

import os
import sys
from pathlib import Path

from studyplatform.demo.places import CHECKOUT, CannotStart, port_from
from studyplatform.demo.servers import NotStarted
from studyplatform.demo.signals import Stopped, listen
from studyplatform.demo.supervisor import reset, run, say


def main(arguments: list[str]) -> int:
    """Run the demo or, with `reset`, forget its data; return the exit code."""
    listen()
    folder = Path(os.environ.get("DEMO_DATA") or CHECKOUT / ".demo").absolute()
    try:
        if arguments == ["reset"]:
            reset(folder)
        else:
            run(folder, port_from(os.environ.get("PORT") or "8000"))
    except (CannotStart, NotStarted) as error:
        say(str(error))
        return 1
    except Stopped:
        say("\nStopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
