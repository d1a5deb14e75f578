"""Payment methods: the card a payment was made with, as far as it may be kept."""

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.cards import Card
from studyplatform.demo.stripe.objects import shapes
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import World


def make(world: World, card: Card, email: str, name: str, expiry: tuple[int, int]) -> Json:
    """Keep the payment method of a card and who used it; `expiry` is month and year."""
    month, year = expiry
    return world.store.add(
        {
            "id": ids.new("pm"),
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": shapes.billing(email, name),
            "card": {
                **shapes.card(card.brand, card.last4, month, year),
                "display_brand": card.brand,
                "generated_from": None,
                "networks": {"available": [card.brand], "preferred": None},
                "regulated_status": "unregulated",
                "three_d_secure_usage": {"supported": True},
            },
            "created": world.clock.now(),
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": "card",
        }
    )
