"""Joining, paying, being paid."""

from django.urls import path, register_converter

from payments.api.deposits import Deposit
from payments.api.enrollments import Join
from payments.views.agreeing import agree
from payments.views.cash_receipts import cash_receipt
from payments.views.checkout import checkout_deposit, checkout_give_up, checkout_page, checkout_return
from payments.views.deposit_plans import studio_deposits
from payments.views.earnings import earned
from payments.views.giving import give, seat_gift
from payments.views.group_returns import seat_group_back
from payments.views.group_seat import group_seat
from payments.views.join import join
from payments.views.leaving import leave
from payments.views.moving import member_move, move
from payments.views.outside import studio_outside
from payments.views.payees import MEMBER, STUDIO, payee, payee_return, payee_stripe
from payments.views.receipts import paid, receipt
from payments.views.refunds import member_refund
from payments.views.seat_groups import (
    seat_group,
    seat_group_accept,
    seat_group_attendance,
    seat_group_link,
    seat_group_new,
    seat_group_people,
    seat_group_replace,
    seat_group_take_back,
)
from payments.views.statements import books_file, money_event, statement, statement_file
from payments.views.taxes import payee_resident, payee_tax, tax_statement
from payments.views.unpaid_groups import studio_seat_group_end, studio_seat_group_extend
from payments.views.webhooks import stripe_webhook
from studyplatform.kit.months import MonthInAddress
from studyplatform.kit.tables import EndingInAddress

register_converter(MonthInAddress, "month")
register_converter(EndingInAddress, "table")

urlpatterns = [
    path("studies/<slug:slug>/cohorts/<int:number>/join/", join, name="join"),
    path("studies/<slug:slug>/cohorts/<int:number>/company/", seat_group_new, name="seat_group_new"),
    path("company/<str:public_id>/", seat_group, name="seat_group"),
    path("company/<str:public_id>/accept/", seat_group_accept, name="seat_group_accept"),
    path("company/<str:public_id>/people/", seat_group_people, name="seat_group_people"),
    path("company/<str:public_id>/attendance.<table:ending>", seat_group_attendance, name="seat_group_attendance"),
    path("company/<str:public_id>/back/", seat_group_back, name="seat_group_back"),
    path("company/<str:public_id>/link/", seat_group_link, name="seat_group_link"),
    path("company/<str:public_id>/people/<int:pk>/back/", seat_group_take_back, name="seat_group_take_back"),
    path("company/<str:public_id>/seats/<str:place>/free/", seat_group_replace, name="seat_group_replace"),
    path("company/seat/<str:token>/", group_seat, name="group_seat"),
    path("c/<slug:slug>/<int:number>/agree/", agree, name="agree"),
    path("c/<slug:slug>/<int:number>/leave/", leave, name="leave"),
    path("c/<slug:slug>/<int:number>/move/", move, name="move"),
    path("c/<slug:slug>/<int:number>/give/", give, name="give"),
    path("gifts/<str:token>/", seat_gift, name="seat_gift"),
    path("checkout/<str:public_id>/return/", checkout_return, name="checkout_return"),
    path("checkout/<str:public_id>/page/", checkout_page, name="checkout_page"),
    path("checkout/<str:public_id>/give-up/", checkout_give_up, name="checkout_give_up"),
    path("checkout/<str:public_id>/deposit/", checkout_deposit, name="checkout_deposit"),
    path("studio/<slug:slug>/cohorts/<int:number>/deposits/", studio_deposits, name="studio_deposits"),
    path("studio/<slug:slug>/cohorts/<int:number>/paid-elsewhere/", studio_outside, name="studio_outside"),
    path(
        "studio/<slug:slug>/cohorts/<int:number>/companies/<str:public_id>/more/",
        studio_seat_group_extend,
        name="studio_seat_group_extend",
    ),
    path(
        "studio/<slug:slug>/cohorts/<int:number>/companies/<str:public_id>/end/",
        studio_seat_group_end,
        name="studio_seat_group_end",
    ),
    path("stripe/webhook/", stripe_webhook, name="stripe_webhook"),
    path("studio/money/", earned, {"base": STUDIO}, name="earnings"),
    path("partner/earnings/", earned, {"base": MEMBER}, name="partner_earnings"),
    path("account/payouts/", payee, name="payee"),
    path("account/payouts/stripe/", payee_stripe, name="payee_stripe"),
    path("account/payouts/return/", payee_return, name="payee_return"),
    path("account/payouts/tax/", payee_tax, name="payee_tax"),
    path("account/payouts/resident/", payee_resident, name="payee_resident"),
    path("account/money/taxes/<int:year>/", tax_statement, name="tax_statement"),
    path("account/money/<month:month>/", statement, name="statement"),
    path("account/money/<month:month>/statement.<table:ending>", statement_file, name="statement_file"),
    path("account/money/<month:month>/books.<table:ending>", books_file, name="books_file"),
    path("account/money/events/<int:pk>/", money_event, name="money_event"),
    path("members/<str:public_id>/refund/", member_refund, name="member_refund"),
    path("members/<str:public_id>/move/", member_move, name="member_move"),
    path("account/payments/", paid, name="payments"),
    path("account/payments/<str:public_id>/cash-receipt/", cash_receipt, name="cash_receipt"),
    path("account/payments/<str:public_id>/receipt/", receipt, name="receipt"),
    path("api/v1/studies/<slug:slug>/cohorts/<int:number>/enrollments/", Join.as_view(), name="api_join"),
    path("api/v1/me/payments/<str:public_id>/deposit/", Deposit.as_view(), name="api_deposit"),
]
