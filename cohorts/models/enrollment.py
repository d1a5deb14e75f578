"""An enrollment: one person's place in a cohort, with what was agreed when it was taken."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts.models import User
from studyplatform.kit.ids import short_id


class Enrollment(models.Model):
    """Price, policy and terms are frozen with the seat: when it is held or offered, not with a place in line."""

    class State(models.TextChoices):
        WAITLISTED = "waitlisted", _("waiting")
        OFFERED = "offered", _("offered")
        HELD = "held", _("being paid for")
        RESERVED = "reserved", _("kept for a company")
        ACTIVE = "active", _("member")
        COMPLETED = "completed", _("completed")
        EXPIRED = "expired", _("not paid in time")
        CANCELLED = "cancelled", _("left")

    MOVES = {
        "waitlisted": {"offered", "cancelled"},
        "offered": {"held", "active", "expired", "cancelled"},
        "held": {"active", "reserved", "offered", "expired", "cancelled"},
        "reserved": {"active", "cancelled"},
        "expired": {"active", "reserved"},
        "active": {"completed", "cancelled"},
    }
    SEATED: ClassVar[tuple[str, ...]] = ("offered", "held", "reserved", "active", "completed")
    LIVE: ClassVar[tuple[str, ...]] = ("waitlisted", *SEATED)
    OUTSIDE: ClassVar[str] = "outside"  # the kind of a price that was paid to the host elsewhere
    HOLDS: ClassVar[tuple[str, ...]] = ("offered", "held")
    BELONGS: ClassVar[tuple[str, ...]] = ("active", "completed")
    SOLD: ClassVar[tuple[str, ...]] = ("reserved", *BELONGS)

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="enrollments")
    # Empty for a company's seat without a name yet, and then never in a state of who belongs, waits or was offered one.
    person: models.ForeignKey[User, User] = models.ForeignKey(  # type: ignore[misc]
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="enrollments"
    )
    group = models.ForeignKey(
        "cohorts.SeatGroup",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="places",
    )
    state = models.CharField(max_length=12, choices=State.choices)
    hold_until = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True, editable=False)  # of who came from the waiting list
    price = models.PositiveIntegerField()  # minor units, frozen
    price_kind = models.CharField(max_length=12, default="standard", db_default="standard", editable=False)
    currency = models.CharField(max_length=3)
    credit = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # taken off: `price` is what is left
    coupon = models.ForeignKey(
        "cohorts.Coupon",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="enrollments",
    )
    policy = models.ForeignKey("cohorts.RefundPolicy", on_delete=models.PROTECT, related_name="+")
    terms = models.ForeignKey("cohorts.Terms", on_delete=models.PROTECT, related_name="+")
    introduction = models.CharField(max_length=200, blank=True)
    came_from_kind = models.CharField(max_length=20, blank=True)
    came_from_id = models.CharField(max_length=40, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    moved_from = models.ForeignKey(  # the place whose money came along
        "self",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="moved_to",
    )
    given_by = models.ForeignKey(  # who gave the seat: what comes back of it goes to who paid
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    left_because = models.CharField(max_length=300, blank=True, db_default="")  # for the host, if they said it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person"],
                condition=Q(state__in=["waitlisted", "offered", "held", "active", "completed"]),
                name="enrollment_live_once",
            ),
            models.UniqueConstraint(  # one place never goes on to two
                fields=["moved_from"],
                condition=Q(moved_from__isnull=False, state__in=["offered", "held", "active", "completed"]),
                name="enrollment_moved_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "offered"]) | Q(hold_until__isnull=False),
                name="enrollment_hold_ends",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False)
                | Q(
                    person__isnull=True,
                    group__isnull=False,
                    state__in=["held", "reserved", "expired", "cancelled"],
                ),
                name="enrollment_named",
            ),
            models.CheckConstraint(
                condition=~Q(state="reserved") | Q(person__isnull=True), name="enrollment_reserved_unnamed"
            ),
        ]
        indexes = [
            models.Index(fields=["hold_until"], condition=Q(state__in=["held", "offered"]), name="enrollment_hold_due"),
            models.Index(fields=["cohort", "id"], condition=Q(state="waitlisted"), name="enrollment_line"),
            models.Index(fields=["coupon"], condition=Q(coupon__isnull=False), name="enrollment_coupon"),
            models.Index(fields=["group"], condition=Q(group__isnull=False), name="enrollment_group"),
        ]

    @property
    def full_price(self) -> int:
        """What the seat cost before credit was taken off, in minor units."""
        return self.price + self.credit

    def __str__(self) -> str:
        return f"{self.person_id} in {self.cohort_id}: {self.state}"

    @property
    def whose(self) -> str:
        """Who has the seat: a person, or the company that has not named one yet."""
        return str(self.person if self.person_id else self.group)
