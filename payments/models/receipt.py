"""Receipts with stable numbers."""

from django.db import models


class Receipt(models.Model):
    """The proof of one payment."""

    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=20, unique=True)  # R-2026-000001
    issued_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.number
