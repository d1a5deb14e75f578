"""A cohort: one run of a study, with dates, a price, a minimum and terms."""

import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import names
from cohorts.models.news import News, news_index
from studyplatform.kit.money import CURRENCIES


class Cohort(News):
    """One run: its weekly rule is the weekday of `starts_on`, `meets_at` on the clock of `zone`, for `weeks`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        FINISHED = "finished", _("finished")
        CALLED_OFF = "called_off", _("called off")

    MOVES = {
        "draft": {"open", "called_off"},
        "open": {"closed", "finished", "called_off"},
        "closed": {"open", "finished", "called_off"},
    }
    RUNNING: ClassVar[tuple[str, ...]] = ("open", "closed")
    OVER: ClassVar[tuple[str, ...]] = ("finished", "called_off")
    # What people joined by: it stays once a cohort has opened. Single sessions can move, and members are told.
    FIXED = ("starts_on", "meets_at", "zone", "minutes", "weeks", "currency", "minimum", "minimum_by")

    study = models.ForeignKey("cohorts.Study", on_delete=models.PROTECT, related_name="cohorts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    zone = models.CharField(max_length=60)
    starts_on = models.DateField()
    meets_at = models.TimeField()
    minutes = models.PositiveIntegerField(default=90)
    weeks = models.PositiveIntegerField(default=8)
    turns_per_session = models.PositiveIntegerField(default=5)
    link = models.URLField(blank=True)  # where sessions meet; shown to enrolled members only
    minimum = models.PositiveIntegerField(default=0)
    minimum_by = models.DateTimeField(null=True, blank=True)
    minimum_told_at = models.DateTimeField(null=True, blank=True, editable=False)  # hosts were told people are missing
    minimum_met_at = models.DateTimeField(null=True, blank=True, editable=False)  # decided: it takes place
    opens_at = models.DateTimeField(null=True, blank=True)  # everybody joins from here on; empty: as soon as it is open
    alumni_hours = models.PositiveIntegerField(default=0, db_default=0)  # so long before who was in an earlier cohort,
    followers_hours = models.PositiveIntegerField(default=0, db_default=0)  # and who asked to be told
    presale_seats = models.PositiveIntegerField(null=True, blank=True)  # at most so many are taken before everybody
    closes_at = models.DateTimeField()  # nobody joins after this
    currency = models.CharField(max_length=3, choices=[(code, code) for code in CURRENCIES])
    policy = models.ForeignKey("cohorts.RefundPolicy", on_delete=models.PROTECT, related_name="+")
    posts_needed = models.PositiveIntegerField(default=2)
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="copies"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    too_few = models.BooleanField(null=True, editable=False)  # why it was called off: not by its host
    called_off_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)  # all of a called-off cohort's refunds are written
    rewarded_at = models.DateTimeField(null=True, blank=True, editable=False)  # what its partners earn by its end is

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="cohort_number_once"),
            models.CheckConstraint(condition=models.Q(weeks__range=(1, 52)), name="cohort_weeks"),
            models.CheckConstraint(condition=models.Q(minutes__range=(15, 600)), name="cohort_minutes"),
            models.CheckConstraint(
                condition=models.Q(minimum=0) | models.Q(minimum_by__isnull=False),
                name="cohort_minimum_has_date",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=False)
                | models.Q(alumni_hours=0, followers_hours=0, presale_seats__isnull=True),
                name="cohort_presale_has_opening",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True) | models.Q(opens_at__lt=models.F("closes_at")),
                name="cohort_opens_before_closing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["minimum_by"],
                condition=models.Q(state__in=["open", "closed"], minimum__gt=0, minimum_met_at=None),
                name="cohort_minimum_due",
            ),
            models.Index(
                fields=["called_off_at"],
                condition=models.Q(state="called_off", refunded_at=None),
                name="cohort_refunds_due",
            ),
            news_index("cohort_news_due"),
        ]

    def __str__(self) -> str:
        return f"{self.study} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cohort", args=[self.study.slug, self.number])

    @property
    def run_name(self) -> str:
        """What people call this run."""
        return names.run_name(self.study.wording, self.number)

    @property
    def full_name(self) -> str:
        """The study's title and the run."""
        return names.full_name(self.study.title, self.study.wording, self.number)

    @property
    def tz(self) -> ZoneInfo:
        """The zone its wall clock lives in."""
        return ZoneInfo(self.zone)

    @property
    def is_joinable(self) -> bool:
        """Whether people can join now, if a seat is free; before `opens_at` those who come first alone."""
        return self.state == self.State.OPEN and self.closes_at > timezone.now()

    @property
    def is_on_sale(self) -> bool:
        """Whether everybody may join by now, not only who comes first (`cohorts.presale`)."""
        return self.opens_at is None or self.opens_at <= timezone.now()

    @property
    def ends_on(self) -> datetime.date:
        """The day of its last session."""
        return self.starts_on + datetime.timedelta(weeks=self.weeks - 1)
