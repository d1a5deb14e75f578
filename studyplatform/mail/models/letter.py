"""Letters: every message is a row, rendered, before it is sent."""

import re
import uuid
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models

from studyplatform.kit.models import Queued, due_index

BUTTON = re.compile(r'class="way" href="([^"]+)"')  # templates/mail/_button.html


class Letter(Queued):
    """One message to one address, as it will be sent. `key` is unique, so that a fact is told once."""

    OPENS = "sign-in:"  # how the keys of letters begin that open an account
    KEPT_BACK = "not sent: "  # how the error of a letter begins that rightly did not leave

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # also its Message-ID
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="letters"
    )
    address = models.EmailField()
    language = models.CharField(max_length=5)
    kind = models.CharField(max_length=40)  # what a person can stop; "" cannot be stopped
    key = models.CharField(max_length=120, unique=True)
    about = models.CharField(max_length=80, blank=True, db_index=True)  # "enrollment:12", to withdraw by
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    calendar = models.TextField(blank=True)  # an iCalendar file, sent as an attachment
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [due_index("letter_due")]

    def __str__(self) -> str:
        return f"{self.shown_subject} -> {self.address}"

    @property
    def carries_key(self) -> bool:
        """Whether it opens an account: its words are for its reader alone."""
        return self.key.startswith(self.OPENS)

    @property
    def shown_subject(self) -> str:
        """Its subject for people who run the platform: that of a letter with a code in it is kept from them."""
        return "…" if self.carries_key else self.subject

    @property
    def way(self) -> str:
        """Where its button leads on our own site; "" when it has none, or leads elsewhere."""
        found = BUTTON.search(self.html)
        there = urlsplit(unescape(found[1])) if found else None
        ours = there and there.hostname == urlsplit(settings.SITE_URL).hostname
        return there._replace(scheme="", netloc="").geturl() if there and ours else ""
