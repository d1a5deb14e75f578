"""Pictures of case studies: re-encoded, without the camera's data about place and time."""

from django.conf import settings
from django.db import models

from studyplatform.kit.ids import short_id


class Picture(models.Model):
    """One picture, owned by who uploaded it; readable with the post it stands in."""

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pictures")
    case_study = models.ForeignKey(
        "showcase.CaseStudy", null=True, blank=True, on_delete=models.SET_NULL, related_name="pictures"
    )
    file = models.ImageField(upload_to="pictures/%Y/%m/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    alt = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.public_id
