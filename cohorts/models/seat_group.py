"""Seats a company buys for its people: quoted, taken together, named later."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import secret_token, short_id

LEAST = 2  # one seat is bought as any other
MOST = 300
LONGEST = 30  # days an invoice may wait for its money


class GroupPlan(models.Model):
    """How a cohort sells seats to companies: what comes off the standard price, and how long a quote holds."""

    cohort = models.OneToOneField(
        "cohorts.Cohort", on_delete=models.PROTECT, related_name="group_plan", primary_key=True
    )
    on = models.BooleanField(default=True)
    reduction = models.PositiveIntegerField(default=0)  # basis points off the standard price,
    reduction_from = models.PositiveIntegerField(default=LEAST)  # for so many seats or more
    quote_days = models.PositiveIntegerField(default=14)
    invoice_days = models.PositiveIntegerField(
        default=0, db_default=0
    )  # to pay an invoice in; 0: seats are paid at once

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(invoice_days__range=(0, LONGEST)), name="group_plan_invoice_days"),
            models.CheckConstraint(condition=Q(reduction__range=(0, 9_000)), name="group_plan_reduction"),
            models.CheckConstraint(condition=Q(reduction_from__range=(LEAST, MOST)), name="group_plan_from"),
            models.CheckConstraint(condition=Q(quote_days__range=(1, 60)), name="group_plan_quote_days"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.reduction} from {self.reduction_from}"


class SeatGroup(models.Model):
    """A company's quote, and its seats once it has accepted. Price and refund rule are frozen with the quote."""

    class State(models.TextChoices):
        QUOTED = "quoted", _("quoted")
        PAYING = "paying", _("being paid for")
        INVOICED = "invoiced", _("to be paid by invoice")
        OVERDUE = "overdue", _("invoice not paid in time")
        PAID = "paid", _("paid")
        LOST = "lost", _("money taken back by the bank")
        ENDED = "ended", _("ended")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "quoted": {"paying", "invoiced", "paid"},  # money that came late takes the seats, if they are free
        "paying": {"quoted", "paid"},
        "invoiced": {"paid", "overdue", "ended"},
        "overdue": {"invoiced", "paid", "ended"},
        "paid": {"ended", "lost"},
        "lost": {"ended"},  # a bank that thought again gives money back, not seats
    }
    OWING: ClassVar[tuple[str, ...]] = ("invoiced", "overdue")  # its seats are used, and not paid for yet
    SEATED: ClassVar[tuple[str, ...]] = (*OWING, "paid")

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="groups_of_seats")
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("buyer")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUOTED)
    size = models.PositiveIntegerField(_("seats"))
    price = models.PositiveIntegerField(_("price of each"))  # minor units
    currency = models.CharField(max_length=3)
    policy = models.ForeignKey("cohorts.RefundPolicy", on_delete=models.PROTECT, related_name="+")
    company = models.CharField(_("company"), max_length=80)
    business_number = models.CharField(_("business number"), max_length=10, blank=True)  # Korean, digits only
    contact = models.CharField(_("contact"), max_length=60)
    contact_email = models.EmailField(_("e-mail for the invoice"))
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)  # of the quote
    token = models.CharField(max_length=32, unique=True, default=secret_token, editable=False)  # opens its free seats
    good_until = models.DateTimeField(_("good until"))
    pay_by = models.DateTimeField(_("to be paid by"), null=True, blank=True)  # of an invoice
    extended_at = models.DateTimeField(null=True, blank=True, editable=False)  # its host gave it more time; once
    created_at = models.DateTimeField(_("asked on"), auto_now_add=True)

    class Meta:
        verbose_name = _("company’s seats")
        verbose_name_plural = _("companies’ seats")
        constraints = [
            models.CheckConstraint(condition=Q(size__range=(LEAST, MOST)), name="seat_group_size"),
            models.CheckConstraint(condition=Q(price__gt=0), name="seat_group_costs"),
            models.CheckConstraint(
                condition=~Q(state__in=["invoiced", "overdue"]) | Q(pay_by__isnull=False), name="seat_group_owes_by"
            ),
            models.CheckConstraint(
                condition=Q(business_number="") | Q(business_number__regex=r"^[0-9]{10}$"), name="seat_group_business"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} × {self.size}"

    def get_absolute_url(self) -> str:
        return reverse("seat_group", args=[self.public_id])

    @property
    def number(self) -> str:
        """The number of the quote: Q-2026-000017."""
        return f"Q-{timezone.localdate(self.created_at, timezone.get_default_timezone()).year}-{self.pk:06}"

    @property
    def amount(self) -> int:
        """What all seats cost together, in minor units."""
        return self.price * self.size

    @property
    def is_good(self) -> bool:
        """Whether the quote can be accepted now, as far as time goes."""
        return self.state == self.State.QUOTED and self.good_until > timezone.now()

    @property
    def business_shown(self) -> str:
        """The business number as Koreans write it: 123-45-67890."""
        digits = self.business_number
        return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if digits else ""


class SeatInvitation(models.Model):
    """A seat of a group kept for whoever its letter went to; taken once."""

    class State(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        TAKEN = "taken", _("taken")
        WITHDRAWN = "withdrawn", _("taken back")

    MOVES: ClassVar[dict[str, set[str]]] = {"pending": {"taken", "withdrawn"}}

    group = models.ForeignKey(SeatGroup, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    token = models.CharField(max_length=32, unique=True, default=secret_token, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "email"], condition=Q(state="pending"), name="seat_invitation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.group_id}"
