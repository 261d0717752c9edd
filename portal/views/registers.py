"""The heads of the public registers, for witnesses outside."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from committees.exports import register_heads
from partnership import policies
from partnership.views.base import guarded


@guarded(policies.anyone)
@never_cache
def heads(request: HttpRequest) -> JsonResponse:
    """Where each register ends now; pages of other sites may read it as well."""
    return JsonResponse(
        register_heads.document(), json_dumps_params={"indent": 1}, headers={"Access-Control-Allow-Origin": "*"}
    )
