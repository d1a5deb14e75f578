"""How the admin looks and what stands in its menu. Colours are those of static/css/tokens.css: paper, ink, indigo."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAPER = {
    "50": "#f7f6f1",
    "100": "#edece4",
    "200": "#dcdcd1",
    "300": "#c2c4b8",
    "400": "#9aa096",
    "500": "#6a716a",
    "600": "#545b54",
    "700": "#353b34",
    "800": "#272b26",
    "900": "#1d201c",
    "950": "#151714",
}
INDIGO = {
    "50": "#f2f5fb",
    "100": "#e5ebf6",
    "200": "#cfdcf3",
    "300": "#c1d6fb",
    "400": "#a3c2f7",
    "500": "#7ba3e8",
    "600": "#1c4a94",
    "700": "#143973",
    "800": "#202d44",
    "900": "#16233c",
    "950": "#0e1c36",
}


def may(right: str) -> Callable[[HttpRequest], bool]:
    """Return a check for the menu: whether the reader has a right."""
    return lambda request: request.user.has_perm(right)


def entry(title: str | Promise, icon: str, table: str) -> dict[str, Any]:
    """Return a line of the menu for a table ("payments.refund"), shown to who may look at it."""
    app, name = table.split(".")
    link = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": may(f"{app}.view_{name}")}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "studyplatform.kit.desk.site.site_name",
    "SITE_HEADER": "studyplatform.kit.desk.site.site_name",
    "SITE_ICON": "studyplatform.kit.desk.site.mark",
    "SITE_URL": reverse_lazy("front"),
    "SHOW_BACK_BUTTON": True,
    "STYLES": ["studyplatform.kit.desk.site.style"],
    "DASHBOARD_CALLBACK": "studyplatform.pages.views.stuck.front",
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": PAPER, "primary": INDIGO},
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "items": [{"title": _("What is stuck"), "icon": "home", "link": reverse_lazy("admin:index")}],
            },
            {
                "title": _("People"),
                "items": [
                    entry(_("people"), "person", "accounts.user"),
                    entry(_("partners"), "handshake", "cohorts.partner"),
                    entry(_("invitations"), "forward_to_inbox", "cohorts.partnerinvitation"),
                    entry(_("rights"), "key", "auth.group"),
                ],
            },
            {
                "title": _("Studies"),
                "items": [
                    entry(_("studies"), "menu_book", "cohorts.study"),
                    entry(_("cohorts"), "event", "cohorts.cohort"),
                    entry(_("subgroups"), "groups", "cohorts.subgroup"),
                    entry(_("enrollments"), "how_to_reg", "cohorts.enrollment"),
                    entry(_("companies’ seats"), "apartment", "cohorts.seatgroup"),
                    entry(_("seats given"), "card_giftcard", "cohorts.seatgift"),
                ],
            },
            {
                "title": _("Money"),
                "items": [
                    entry(_("payments"), "credit_card", "payments.payment"),
                    entry(_("refunds"), "undo", "payments.refund"),
                    entry(_("bank deposits"), "savings", "payments.bankdeposit"),
                    entry(_("deposits going back"), "u_turn_left", "payments.depositreturn"),
                    entry(_("accounts for deposits"), "account_balance_wallet", "payments.depositaccount"),
                    entry(_("disputes"), "gavel", "payments.dispute"),
                    entry(_("payouts"), "payments", "payments.payout"),
                    entry(_("dues of partners"), "redeem", "payments.due"),
                    entry(_("taxpayers"), "percent", "payments.taxpayer"),
                    entry(_("cash receipts"), "receipt", "payments.cashreceipt"),
                    entry(_("payout batches"), "fact_check", "payments.payoutbatch"),
                    entry(_("payees"), "account_balance", "payments.payee"),
                    entry(_("differences"), "difference", "payments.difference"),
                    entry(_("movements at Stripe"), "swap_vert", "payments.stripemovement"),
                    entry(_("movements at the bank"), "swap_horiz", "payments.bankmovement"),
                    entry(_("reconciliations"), "rule", "payments.reconciliation"),
                    entry(_("ledger transactions"), "receipt_long", "payments.ledgertransaction"),
                    entry(_("ledger accounts"), "balance", "payments.ledgeraccount"),
                ],
            },
            {
                "title": _("Letters and queues"),
                "items": [
                    entry(_("letters"), "mail", "mail.letter"),
                    entry(_("Stripe events"), "bolt", "payments.stripeevent"),
                    {
                        "title": _("queues"),
                        "icon": "pending_actions",
                        "link": reverse_lazy("admin_queues"),
                        "permission": may("kit.view_change"),
                    },
                ],
            },
            {
                "title": _("Showcase"),
                "items": [
                    entry(_("case studies"), "article", "showcase.casestudy"),
                    entry(_("comments"), "forum", "showcase.comment"),
                    entry(_("thanks"), "favorite", "cohorts.thanks"),
                ],
            },
        ],
    },
}
