"""People: their own settings."""

from django.urls import path

from studyplatform.accounts.api import Me
from studyplatform.accounts.views.account import account
from studyplatform.accounts.views.api_tokens import token_revoke, tokens
from studyplatform.accounts.views.faces import face
from studyplatform.accounts.views.language import set_language
from studyplatform.accounts.views.letters import letters
from studyplatform.accounts.views.profile import profile

urlpatterns = [
    path("account/", account, name="account"),
    path("account/profile/", profile, name="profile"),
    path("account/letters/", letters, name="letters"),
    path("account/api/", tokens, name="api_tokens"),
    path("account/api/<int:pk>/revoke/", token_revoke, name="api_token_revoke"),
    path("api/v1/me/", Me.as_view(), name="api_me"),
    path("language/", set_language, name="set_language"),
    path("media/<path:name>", face, name="media"),
]
