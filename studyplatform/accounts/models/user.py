"""People, known by their e-mail address."""

import re
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import secret_token, short_id

HANDLE = RegexValidator(re.compile(r"^[a-z0-9_]{3,30}$"), _("Use 3 to 30 small letters, digits or underscores."))


class People(BaseUserManager["User"]):
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Never deleted, only erased."""

    email = models.EmailField(unique=True)
    handle = models.CharField(max_length=30, unique=True, default=short_id, validators=[HANDLE])
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(max_length=60, default=settings.TIME_ZONE)
    calendar_token = models.CharField(max_length=32, unique=True, default=secret_token, editable=False)
    mail_token = models.CharField(max_length=32, unique=True, default=secret_token, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now)
    letters_seen_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)  # by the bell
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The pen name people see; before a profile exists, the handle (never the e-mail address)."""
        profile = getattr(self, "profile", None)
        return profile.pen_name if profile and profile.pen_name else self.handle
