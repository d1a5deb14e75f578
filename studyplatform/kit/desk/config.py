"""Django's admin with our site in it, for INSTALLED_APPS."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """See docs/decisions/0007-the-desk-has-a-policy-of-its-own.md."""

    default_site = "studyplatform.kit.desk.site.DeskSite"
