"""What may be sent to create a Checkout Session here. Accepted means: done, or kept and told back.

The others of the official API are named as `absent` and refused in words of their own; any other name is unknown.
"""

from studyplatform.demo.stripe.lists import CREATED, EXPAND, PAGE
from studyplatform.demo.stripe.params import (
    Boolean,
    Choice,
    Email,
    Hash,
    Integer,
    Many,
    Metadata,
    Number,
    Required,
    Schema,
    Text,
    Url,
    absent,
)

LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip
METHODS = ("card", "kakao_pay", "kr_card", "link", "naver_pay", "payco", "samsung_pay")


PRODUCT: Schema = {
    "name": Required(Text(1500)),
    "description": Text(),
    "images": Many(Url(), 8),
    "metadata": Metadata(),
    "tax_code": Text(),
    "unit_label": Text(12),
    **absent("tax_details"),
}
PRICE: Schema = {
    "currency": Required(Text(3)),
    "product": Text(),
    "product_data": Hash(PRODUCT),
    "tax_behavior": Choice(("exclusive", "inclusive", "unspecified")),
    "unit_amount": Integer(),
    "unit_amount_decimal": Number(),
    **absent("recurring"),
}
LINE: Schema = {
    "metadata": Metadata(),
    "price": Text(),
    "price_data": Hash(PRICE),
    "quantity": Integer(),
    **absent("adjustable_quantity", "tax_rates"),
}
INTENT: Schema = {
    "capture_method": Choice(("automatic", "automatic_async")),
    "description": Text(1000),
    "metadata": Metadata(),
    "receipt_email": Email(),
    "statement_descriptor": Text(22),
    "statement_descriptor_suffix": Text(22),
    "transfer_group": Text(),
    **absent("application_fee_amount", "on_behalf_of", "setup_future_usage", "shipping", "transfer_data"),
}
CUSTOM_TEXT: Schema = {
    "submit": Hash({"message": Required(Text(1200))}),
    **absent("after_submit", "shipping_address", "terms_of_service_acceptance"),
}
CREATE: Schema = {
    **EXPAND,
    "adaptive_pricing": Hash({"enabled": Boolean()}),
    "allowed_payment_method_types": Many(Choice(METHODS)),
    "automatic_tax": Hash({"enabled": Required(Boolean()), **absent("liability")}),
    "cancel_url": Url(),
    "client_reference_id": Text(200),
    "custom_text": Hash(CUSTOM_TEXT),
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
    "origin_context": Choice(("mobile_app", "web")),
    "payment_intent_data": Hash(INTENT),
    "submit_type": Choice(("auto", "book", "donate", "pay", "subscribe")),
    "success_url": Required(Url()),
    "ui_mode": Choice(("elements", "embedded_page", "form", "hosted_page")),
    **absent(
        "after_expiration", "allow_promotion_codes", "billing_address_collection", "branding_settings",
        "consent_collection", "currency", "custom_fields", "customer_account", "customer_creation", "customer_update",
        "invoice_creation", "managed_payments", "name_collection", "optional_items", "payment_method_collection",
        "payment_method_configuration", "payment_method_data", "payment_method_options", "permissions",
        "phone_number_collection", "redirect_on_completion", "return_url", "saved_payment_method_options",
        "setup_intent_data", "shipping_address_collection", "shipping_options", "subscription_data",
        "tax_id_collection", "wallet_options",
    ),
}  # fmt: skip
LIST: Schema = {
    **PAGE,
    **CREATED,
    "customer": Text(),
    "customer_account": Text(),
    "customer_details": Hash({"email": Required(Email())}),
    "payment_intent": Text(),
    "payment_link": Text(),
    "status": Choice(("complete", "expired", "open")),
    "subscription": Text(),
}
