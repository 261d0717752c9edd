"""Signing in with one click, in the demonstration only."""

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from partnership.models import User
from partnership.views.base import Page
from portal import policies
from portal.demo.content import PERSONAS


class DemoSignInView(Page):
    """Become one of the personas."""

    policy = policies.demonstration
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        persona = next((p for p in PERSONAS if p.key == request.POST.get("persona")), None)
        person = User.objects.filter(email=persona.email).first() if persona else None
        if person is None:
            raise Http404
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        target = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            target = reverse("admin:index") if person.is_staff else reverse("portal:desk")
        return HttpResponseRedirect(target)
