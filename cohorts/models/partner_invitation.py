"""Invitations: a host asks somebody, by e-mail, to lead a subgroup."""

import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import secret_token

LIFE = datetime.timedelta(days=14)  # how long one can be answered


class PartnerInvitation(models.Model):
    """Answered once by whoever holds the token, which only its letter names."""

    class State(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("taken back")

    MOVES: ClassVar[dict[str, set[str]]] = {"pending": {"accepted", "declined", "withdrawn"}}

    subgroup = models.ForeignKey(
        "cohorts.Subgroup", on_delete=models.PROTECT, related_name="invitations", verbose_name=_("subgroup")
    )
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    email = models.EmailField(_("e-mail"))
    token = models.CharField(max_length=32, unique=True, default=secret_token, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    partner = models.ForeignKey(
        "cohorts.Partner",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("accepted by"),
    )
    created_at = models.DateTimeField(_("asked on"), auto_now_add=True)
    expires_at = models.DateTimeField(_("open until"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["subgroup"], condition=Q(state="pending"), name="invitation_one_waits")
        ]
        indexes = [models.Index(fields=["host", "created_at"], name="invitation_by_host")]

    def __str__(self) -> str:
        return f"{self.email} · {self.subgroup}"

    def get_absolute_url(self) -> str:
        return reverse("partner_invitation", args=[self.token])

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state == self.State.PENDING and self.expires_at > timezone.now()

    @property
    def stands(self) -> str:
        """Its state in words; one nobody answered in time says so."""
        if self.state == self.State.PENDING and not self.is_open:
            return str(_("not answered in time"))
        return str(self.get_state_display())
