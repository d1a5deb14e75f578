"""The person whose token asks."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from studyplatform.accounts.models import ApiToken
from studyplatform.kit.api import Endpoint


class MeSerializer(serializers.Serializer):
    """Who the token names, and what it allows."""

    name = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(ApiToken.Scope.choices))


class Me(Endpoint):
    """Whose token this is, and what it allows."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read"}
    serializer_class = MeSerializer

    def get(self, request: Request) -> Response:
        """Whose token this is, and what it allows."""
        me = {name: getattr(request.user, name) for name in ("name", "language", "time_zone")}
        return Response({**me, "scopes": request.auth.scopes})
