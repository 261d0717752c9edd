"""Is the process alive, is the whole ready."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from partnership import policies
from partnership.services.readiness import problems
from partnership.views.base import guarded


@guarded(policies.anyone)
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@guarded(policies.anyone)
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 or 503; which part is wrong is told to administrators only."""
    found = problems()
    body: dict[str, object] = {"ready": not found}
    if request.user.is_superuser:
        body["problems"] = found
    return JsonResponse(body, status=503 if found else 200)
