"""What these tests do to the local Stripe: through Stripe's own library, or as a browser, or as a receiver."""

import functools
import json
import signal
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe

from tests.payments.buying import OK, LocalStripe

KEY = "sk_test_a_key_of_these_tests"
DECLINED = "4000000000000002"
POOR = "4000000000009995"
SECURE = "4000002500003155"
AT_ONCE = "4000000000000077"
REFUND_FAILS = "4000000000005126"
REFUND_WAITS = "4000000000007726"


def order(amount: int = 200_000, currency: str = "krw", **more: Any) -> dict[str, Any]:
    """The least that makes a Checkout Session."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "스터디 9기"}}
    lines = [{"price_data": price, "quantity": 1}]
    return {"mode": "payment", "success_url": "https://a.example/done", "line_items": lines, **more}


def payee(country: str = "US", agreement: str = "full", **more: Any) -> dict[str, Any]:
    """What makes a connected account that is paid by transfers."""
    return {
        "country": country,
        "capabilities": {"transfers": {"requested": True}},
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "stripe_dashboard": {"type": "express"},
        },
        "tos_acceptance": {"service_agreement": agreement},
        **more,
    }


def sending(account: str, amount: int = 1_000, currency: str = "usd", **more: Any) -> dict[str, Any]:
    """What sends money to a connected account."""
    return {"amount": amount, "currency": currency, "destination": account, **more}


class Sandbox(LocalStripe):
    """A running local Stripe."""

    @functools.cached_property
    def api(self) -> stripe.StripeClient:
        return self.client()

    def client(self, key: str = KEY, **options: Any) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.address}, **options)

    def session(self, amount: int = 200_000, currency: str = "krw", **more: Any) -> stripe.checkout.Session:
        """Make a Checkout Session."""
        return self.api.v1.checkout.sessions.create(params=order(amount, currency, **more))

    def paid(self, card: str = OK, **more: Any) -> stripe.PaymentIntent:
        """Make a session and pay it."""
        session = self.session(**more)
        assert self.pay(session.id, card)["paid"]
        return self.intent(session.id)

    def intent(self, session: str) -> stripe.PaymentIntent:
        """The payment of a session, its charge and what it did to the balance in it."""
        paths = ["payment_intent.latest_charge.balance_transaction"]
        found = self.api.v1.checkout.sessions.retrieve(session, params={"expand": paths}).payment_intent
        assert isinstance(found, stripe.PaymentIntent)
        return found

    def disputed(self, intent: str, *done: str, **how: Any) -> stripe.Dispute:
        """Have a payment disputed and do with it what is named; returns it as it stands then."""
        return self.api.v1.disputes.retrieve(self.dispute(intent, *done, **how))

    def account(self, person: str = "fine", **options: Any) -> str:
        """Make a connected account and go through its page as one of the sample people; "" is nobody yet."""
        made = self.api.v1.accounts.create(params=payee(**options)).id
        if person:
            self.onboard(made, person)
        return made

    def link(self, account: str) -> stripe.AccountLink:
        """Make an account link."""
        params: Any = {"account": account, "type": "account_onboarding", "return_url": "https://a.example/back"}
        return self.api.v1.account_links.create(params={**params, "refresh_url": "https://a.example/again"})

    def raw(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], str]:
        """Make one request by hand; returns status, headers (names in lower case) and body. Follows no redirect."""
        sent = {"Authorization": f"Bearer {KEY}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        data = body.encode() if method == "POST" else None
        request = urllib.request.Request(self.address + path, data, sent, method=method)
        try:
            answer = urllib.request.build_opener(Stay).open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()

    def press(self, session: str, step: str = "", **form: str) -> tuple[int, dict[str, str], str]:
        """Press a button of the hosted page."""
        return self.raw("POST", f"/c/pay/{session}{step}", urllib.parse.urlencode(form))

    def events_about(self, *ids: str) -> list[dict[str, Any]]:
        """Of the newest events those whose object names one of the ids, oldest first."""
        newest = [event.to_dict() for event in self.api.v1.events.list(params={"limit": 30}).data]
        return [event for event in reversed(newest) if any(one in json.dumps(event["data"]) for one in ids)]

    def kill(self) -> None:
        """Pull the plug."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


class Stay(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an answer."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Receiver:
    """An endpoint for webhooks: keeps what came and answers as told, with 200 when told nothing."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], str]] = []
        self.answers: list[int] = []
        self.more = threading.Condition()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hook/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(receiver.note(dict(self.headers), body))
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        return Handler

    def note(self, headers: dict[str, str], body: str) -> int:
        with self.more:
            self.came.append((headers, body))
            self.more.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait until so many webhooks have come; returns their events in the order of coming."""
        with self.more:
            assert self.more.wait_for(lambda: len(self.came) >= count, seconds), f"only {len(self.came)} came"
            return [json.loads(body) for _, body in self.came]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
