"""The test cards and what each does. Only the last four digits of a number are ever kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card by number. `code` and `decline` name why it is refused; `challenge` asks for 3-D Secure first."""

    number: str
    code: str = ""
    decline: str = ""
    challenge: bool = False
    at_once: bool = False  # its money is available at once
    refunds: str = ""  # "fail" or "wait"
    disputes: str = ""  # the reason its buyer gives their bank a while after paying
    brand: str = "visa"
    field: str = "number"  # what on the page the refusal is about

    @property
    def last4(self) -> str:
        """Return what may be kept of the number."""
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000000000000002", "card_declined", "generic_decline"),
        Card("4000000000009995", "card_declined", "insufficient_funds"),
        Card("4000002500003155", challenge=True),
        Card("4000000000000077", at_once=True),
        Card("4000000000005126", refunds="fail"),
        Card("4000000000007726", refunds="wait"),
        Card("4000000000000259", disputes="fraudulent"),
        Card("4000000000002685", disputes="product_not_received"),
        Card("4000000000001976", disputes="inquiry"),
        Card("4000000000000069", "expired_card", "expired_card", field="expiry"),
        Card("4000000000000127", "incorrect_cvc", "incorrect_cvc", field="cvc"),
        Card("4000000000000119", "processing_error", "processing_error"),
        Card("5555555555554444", brand="mastercard"),
        Card("378282246310005", brand="amex"),
    )
}
ON_THE_PAGE = (
    "4242424242424242", "4000002500003155", "4000000000000002", "4000000000009995",
    "4000000000000077", "4000000000005126", "4000000000007726", "4000000000002685",
)  # fmt: skip
MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "test_mode_live_card": "Your card was declined. Your request was in test mode, but used a non test card. "
    "For a list of valid test cards, visit: https://stripe.com/docs/testing.",
}


def find(number: str) -> Card:
    """Return the card of a number; an unknown one is refused as a live card in test mode would be."""
    return CARDS.get(number) or Card(number, "card_declined", "test_mode_live_card")


def digits(text: str) -> str:
    """Return the digits of a number typed with spaces or hyphens; empty when other things are in it."""
    bare = text.replace(" ", "").replace("-", "")
    return bare if bare.isascii() and bare.isdigit() else ""


def plausible(number: str) -> bool:
    """Tell whether a number has a card's length and check digit (Luhn)."""
    if not 12 <= len(number) <= 19:
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def spaced(number: str) -> str:
    """Return a number in the groups printed on a card."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
