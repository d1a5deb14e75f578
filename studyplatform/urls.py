"""Every address of the product, by app. Site pages stand under a language prefix (none for the default)."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path, re_path

import cohorts.urls
import payments.urls
import showcase.urls
import studyplatform.accounts.urls
import studyplatform.mail.urls
import studyplatform.pages.urls
from studyplatform.kit.api import Nowhere
from studyplatform.pages.views.queues import queues

handler429 = "studyplatform.kit.limits.too_many"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one door, with its limits

urlpatterns = [
    *cohorts.urls.urlpatterns,
    *payments.urls.urlpatterns,
    *showcase.urls.urlpatterns,
    *studyplatform.accounts.urls.urlpatterns,
    *studyplatform.mail.urls.urlpatterns,
    *studyplatform.pages.urls.urlpatterns,
    path("accounts/", include("allauth.urls")),
    path("admin/queues/", admin.site.admin_view(queues), name="admin_queues"),
    path("admin/", admin.site.urls),
    *([path("", include("studyplatform.demo.urls"))] if settings.DEMO else []),
    re_path("^api/v1/(?P<rest>.*)$", Nowhere.as_view(), name="api_nowhere"),
    *i18n_patterns(
        *studyplatform.pages.urls.site_pages,
        *showcase.urls.site_pages,
        prefix_default_language=False,
    ),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
