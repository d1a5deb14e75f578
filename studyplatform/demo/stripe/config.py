"""What the local Stripe is told when it starts: from the command line, else from the environment."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RETRIES = "1,2,4,8,15,30,60,120,300,900,3600,10800,10800"  # seconds to wait after each failed attempt


@dataclass(frozen=True)
class Config:
    """Settings of one sandbox. `settle_seconds` is how long a refund takes that settles later."""

    host: str
    port: int
    data: Path
    public_url: str
    webhook_url: str
    webhook_secret: str
    log: str
    retries: tuple[float, ...]
    settle_seconds: float


def read(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Config:
    """Return the settings; an argument wins over its STRIPE_SANDBOX_ variable."""
    given = _parser(environment).parse_args(arguments)
    return Config(
        host=given.host,
        port=given.port,
        data=Path(given.data),
        public_url=(given.public_url or f"http://127.0.0.1:{given.port}").rstrip("/"),
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
        log=environment.get("STRIPE_SANDBOX_LOG", ""),
        retries=tuple(float(part) for part in given.retries.split(",") if part),
        settle_seconds=given.settle_seconds,
    )


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    def default(name: str, otherwise: str) -> str:
        return environment.get(f"STRIPE_SANDBOX_{name}") or otherwise

    parser = argparse.ArgumentParser(prog="python -m studyplatform.demo.stripe", description="A local Stripe.")
    parser.add_argument("--host", default=default("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=default("PORT", "8012"))
    parser.add_argument("--data", default=default("DATA", ".stripe-sandbox"), help="folder of its database")
    parser.add_argument("--public-url", default=default("PUBLIC_URL", ""), help="how a browser reaches it")
    parser.add_argument("--webhook-url", default=default("WEBHOOK_URL", ""), help="empty: no webhooks")
    parser.add_argument("--webhook-secret", default=default("WEBHOOK_SECRET", "whsec_sandbox"))
    parser.add_argument("--retries", default=default("RETRIES", RETRIES), help="seconds between attempts, by comma")
    parser.add_argument("--settle-seconds", type=float, default=default("SETTLE_SECONDS", "3"))
    return parser
