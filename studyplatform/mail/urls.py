"""Letters: what was written to me, stopping a kind of them."""

from django.urls import path

from studyplatform.mail.views.notifications import notifications
from studyplatform.mail.views.stop import stop_letters

urlpatterns = [
    path("notifications/", notifications, name="notifications"),
    path("u/<str:token>/<slug:kind>/", stop_letters, name="stop_letters"),
]
