"""What may be sent to create a Checkout Session here. Accepted means: done, or kept and told back.

Parameters of the official API that need something the sandbox does not have (customers, prices, subscriptions,
shipping, custom fields ...) are refused as unknown, so that nobody relies on a thing that does not happen.
"""

from studyplatform.demo.stripe.lists import CREATED, EXPAND, PAGE
from studyplatform.demo.stripe.params import (
    Boolean,
    Choice,
    Email,
    Hash,
    Integer,
    Kind,
    Many,
    Metadata,
    Number,
    Required,
    Schema,
    Text,
    Url,
)

LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip
METHODS = ("card", "kakao_pay", "kr_card", "link", "naver_pay", "payco", "samsung_pay")


def _message() -> Kind:
    return Hash({"message": Required(Text(1200))})


def _enabled(**more: Kind) -> Kind:
    return Hash({"enabled": Required(Boolean()), **more})


PRODUCT: Schema = {
    "name": Required(Text(1500)),
    "description": Text(),
    "images": Many(Url(), 8),
    "metadata": Metadata(),
    "tax_code": Text(),
    "unit_label": Text(12),
}
PRICE: Schema = {
    "currency": Required(Text(3)),
    "product": Text(),
    "product_data": Hash(PRODUCT),
    "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
    "unit_amount": Integer(),
    "unit_amount_decimal": Number(),
}
LINE: Schema = {"metadata": Metadata(), "price": Text(), "price_data": Hash(PRICE), "quantity": Integer()}
ADDRESS: Schema = {name: Text() for name in ("city", "country", "line1", "line2", "postal_code", "state")}
SHIPPING: Schema = {
    "address": Required(Hash(ADDRESS)),
    "carrier": Text(),
    "name": Required(Text()),
    "phone": Text(),
    "tracking_number": Text(),
}
INTENT: Schema = {
    "capture_method": Choice(("automatic", "automatic_async")),
    "description": Text(1000),
    "metadata": Metadata(),
    "receipt_email": Email(),
    "setup_future_usage": Choice(("off_session", "on_session")),
    "shipping": Hash(SHIPPING),
    "statement_descriptor": Text(22),
    "statement_descriptor_suffix": Text(22),
    "transfer_group": Text(),
}
BRANDING: Schema = {
    "background_color": Text(7),
    "border_style": Choice(("pill", "rectangular", "rounded")),
    "button_color": Text(7),
    "display_name": Text(),
}
CREATE: Schema = {
    **EXPAND,
    "adaptive_pricing": Hash({"enabled": Boolean()}),
    "allow_promotion_codes": Boolean(),
    "allowed_payment_method_types": Many(Choice(METHODS)),
    "automatic_tax": _enabled(),
    "billing_address_collection": Choice(("auto", "required")),
    "branding_settings": Hash(BRANDING),
    "cancel_url": Url(),
    "client_reference_id": Text(200),
    "consent_collection": Hash(
        {"promotions": Choice(("auto", "none")), "terms_of_service": Choice(("none", "required"))}
    ),
    "custom_text": Hash({name: _message() for name in ("after_submit", "submit", "terms_of_service_acceptance")}),
    "customer": Text(),
    "customer_email": Email(),
    "discounts": Many(Hash({"coupon": Text(), "promotion_code": Text()}), 1),
    "excluded_payment_method_types": Many(Text()),
    "expires_at": Integer(),
    "integration_identifier": Text(),
    "line_items": Required(Many(Hash(LINE))),
    "locale": Choice(LOCALES),
    "metadata": Metadata(),
    "mode": Required(Choice(("payment", "setup", "subscription"))),
    "name_collection": Hash(
        {"business": _enabled(optional=Boolean()), "individual": _enabled(optional=Boolean())}
    ),
    "origin_context": Choice(("mobile_app", "web")),
    "payment_intent_data": Hash(INTENT),
    "phone_number_collection": _enabled(),
    "submit_type": Choice(("auto", "book", "donate", "pay", "subscribe")),
    "success_url": Required(Url()),
    "ui_mode": Choice(("elements", "embedded_page", "form", "hosted_page")),
}  # fmt: skip
LIST: Schema = {
    **PAGE,
    **CREATED,
    "customer": Text(),
    "customer_details": Hash({"email": Required(Email())}),
    "payment_intent": Text(),
    "payment_link": Text(),
    "status": Choice(("complete", "expired", "open")),
    "subscription": Text(),
}
