"""Seats members give to somebody else, by a link in a letter."""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import secret_token

LIFE = datetime.timedelta(hours=72)  # how long one can be taken; never longer than the last session is to come


class SeatGift(models.Model):
    """An offer of one's seat: answered once, by whoever has the address; until then the seat is its giver's.

    Whose address it was is forgotten as soon as the offer has ended.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        TAKEN = "taken", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("taken back")
        EXPIRED = "expired", _("not answered in time")
        GONE = "gone", _("the seat was not theirs to give any more")

    MOVES: ClassVar[dict[str, set[str]]] = {"pending": {"taken", "declined", "withdrawn", "expired", "gone"}}

    enrollment = models.ForeignKey(
        "cohorts.Enrollment", on_delete=models.PROTECT, related_name="gifts", verbose_name=_("seat of")
    )
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)  # "" once the offer has ended
    words = models.CharField(_("words"), max_length=300, blank=True)
    token = models.CharField(max_length=32, unique=True, default=secret_token, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    place = models.OneToOneField(  # the seat of who took it
        "cohorts.Enrollment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gift",
        verbose_name=_("now the seat of"),
    )
    created_at = models.DateTimeField(_("offered on"), auto_now_add=True)
    expires_at = models.DateTimeField(_("open until"))

    class Meta:
        verbose_name = _("seat given")
        verbose_name_plural = _("seats given")
        constraints = [
            models.UniqueConstraint(fields=["enrollment"], condition=Q(state="pending"), name="gift_one_waits"),
            models.CheckConstraint(
                condition=(Q(state="taken") & Q(place__isnull=False)) | (~Q(state="taken") & Q(place__isnull=True)),
                name="gift_taken_has_place",
            ),
            models.CheckConstraint(condition=Q(state="pending") | Q(email=""), name="gift_address_forgotten"),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="pending"), name="gift_due")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} to {self.name}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("seat_gift", args=[self.token])

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == self.State.PENDING and self.expires_at > timezone.now()

    @property
    def stands(self) -> str:
        """Its state in words; one nobody answered in time says so before the queue has seen it."""
        late = self.state == self.State.PENDING and not self.is_open
        return str(self.State.EXPIRED.label if late else self.get_state_display())
