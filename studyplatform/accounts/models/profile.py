"""What a person shows of themselves to others."""

from django.conf import settings
from django.db import models


class Profile(models.Model):
    """A pen name, the work a person does, and what they can give and look for."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    pen_name = models.CharField(max_length=40)
    work = models.CharField(max_length=80, blank=True)  # "runs a print shop in Euljiro"
    field = models.CharField(max_length=20, blank=True)  # a key of kit.fields.FIELDS
    about = models.TextField(max_length=1000, blank=True)
    can_help = models.CharField(max_length=120, blank=True)
    looking_for = models.CharField(max_length=120, blank=True)
    picture = models.ImageField(upload_to="faces/", blank=True)

    def __str__(self) -> str:
        return self.pen_name
