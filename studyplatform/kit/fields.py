"""Fields of work, as posts and profiles name them; each has its dyes in kit/covers.py."""

from django.utils.translation import gettext_lazy as _

FIELDS = (
    ("marketing", _("Marketing")),
    ("design", _("Design")),
    ("automation", _("Automation")),
    ("education", _("Education")),
    ("finance", _("Finance")),
    ("health", _("Health")),
    ("food", _("Food")),
    ("making", _("Making")),
    ("research", _("Research")),
)
