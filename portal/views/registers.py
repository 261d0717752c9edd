"""The heads of the public registers, for witnesses outside."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.cache import add_never_cache_headers

from committees.exports import register_heads
from partnership.policies import anyone
from partnership.views.base import PolicyMixin


class RegisterHeadsView(PolicyMixin):
    """Where each public register ends now; pages of other sites may read it as well."""

    policy = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        answer = JsonResponse(register_heads.document(), json_dumps_params={"indent": 1})
        answer["Access-Control-Allow-Origin"] = "*"
        add_never_cache_headers(answer)
        return answer
