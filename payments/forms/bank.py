"""What the bank did with payouts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models import Payout
from studyplatform.kit.money import show


class BankForm(forms.Form):
    """A line per payout: empty where the bank paid, its reason where it sent the money back."""

    def __init__(self, *args: Any, payouts: Sequence[Payout], all_sent_back: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for payout in payouts:
            self.fields[f"reason_{payout.pk}"] = forms.CharField(
                label=_label(payout),
                max_length=200,
                required=all_sent_back,
                error_messages={"required": _("Write what the bank says.")},
                widget=forms.TextInput(attrs={"size": 60}),
            )

    def sent_back(self) -> dict[int, str]:
        """Return the bank's reasons by payout id."""
        said = {int(name.removeprefix("reason_")): reason for name, reason in self.cleaned_data.items()}
        return {pk: reason for pk, reason in said.items() if reason}


def _label(payout: Payout) -> str:
    payee = payout.payee
    amount = show(payout.amount, payout.currency)
    return f"P{payout.pk} · {payee.holder} · {payee.bank} …{payee.account_ending} · {amount}"
