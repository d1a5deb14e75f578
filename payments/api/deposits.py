"""Paying by bank deposit: say who transfers and where money would go back to, and read where to."""

import datetime
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.api.cohorts import Money
from payments import sealed
from payments.forms.deposit import NAME, digits_of
from payments.models import DepositOrder, Payment
from payments.policies import payments_seen_by
from payments.services import deposit_orders, deposits
from studyplatform.kit.api import Endpoint


class DepositorSerializer(serializers.Serializer):
    """Who transfers, and the account money would go back to; its number is kept sealed."""

    depositor = serializers.CharField(max_length=20, validators=[NAME], help_text="The name the transfer comes under.")
    bank = serializers.CharField(max_length=40, validators=[NAME])
    holder = serializers.CharField(max_length=60, validators=[NAME], help_text="The name on the account.")
    account = serializers.CharField(max_length=40, help_text="Its number: 8 to 20 digits; dashes may stay.")

    def validate_account(self, typed: str) -> str:
        """Return the digits."""
        return digits_of(typed)


class DepositSerializer(serializers.Serializer):
    """Where to transfer what is still missing, under which name, and until when."""

    bank = serializers.CharField(source="account.bank")
    holder = serializers.CharField(source="account.holder")
    account = serializers.SerializerMethodField()
    sender = serializers.SerializerMethodField(help_text="Your name and your code, so that the money is known.")
    amount = serializers.SerializerMethodField()
    deadline = serializers.DateTimeField(default_timezone=datetime.UTC)

    def get_account(self, order: DepositOrder) -> str:
        return sealed.number_of(order.account)

    def get_sender(self, order: DepositOrder) -> str:
        return f"{order.depositor} {order.code}"

    def get_amount(self, order: DepositOrder) -> Money:
        return {"amount": deposits.missing(order.payment), "currency": order.payment.currency}


class Deposit(Endpoint):
    """Say who transfers for a seat that is paid by bank deposit. Again: the same code and deadline."""

    scopes: ClassVar[dict[str, str]] = {"POST": "join"}
    most: ClassVar[dict[str, tuple[str, int]]] = {"POST": ("checkout", 20)}
    serializer_class = DepositorSerializer
    answers: ClassVar[dict[str, Any]] = {"POST": DepositSerializer}

    def post(self, request: Request, public_id: str) -> Response:
        own = payments_seen_by(request.user).filter(provider=Payment.Provider.BANK)
        order = deposit_orders.name(get_object_or_404(own, public_id=public_id), **self.sent())
        return Response(DepositSerializer(order).data, status=201)
