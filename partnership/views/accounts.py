"""Getting in for the first time, and one's own profile."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import clock, policies
from partnership.errors import Refusal
from partnership.forms.accounts import InvitationForm, ProfileForm
from partnership.models import AccountInvitation, User
from partnership.services import accounts
from partnership.views.base import FormPage


class InvitationAcceptView(FormPage):
    """The link of an invitation: set a password, then land on the page the mail was about.

    An expired link offers a fresh one by a button: a GET changes nothing, as mail scanners follow links.
    """

    policy = policies.anyone
    template_name = "partnership/invitation_accept.html"
    form_class = InvitationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            self.invitation = accounts.find_invitation(kwargs["secret"])
        except accounts.InvitationInvalid as refusal:
            return render(request, "partnership/invitation_invalid.html", {"reason": refusal}, status=404)
        if self.invitation.user.has_usable_password():
            messages.info(request, _("Sie haben bereits ein Passwort. Bitte melden Sie sich an."))
            return redirect(f"{reverse('account_login')}?next={self.invitation.target}")
        if self.invitation.expires_at <= clock.now():
            return self._expired(request, kwargs["secret"])
        return super().dispatch(request, *args, **kwargs)

    def _expired(self, request: HttpRequest, secret: str) -> HttpResponse:
        if request.method != "POST":
            return render(request, "partnership/invitation_expired.html", {"invitation": self.invitation})
        accounts.renew_invitation(secret=secret)
        return render(request, "partnership/invitation_renewed.html", {"invitation": self.invitation})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation: AccountInvitation = self.invitation
        return super().get_context_data(**kwargs) | {"invitation": invitation}

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        try:
            person, target = accounts.accept_invitation(
                secret=self.kwargs["secret"], password=form.cleaned_data["password1"]
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.form_invalid(form)
        login(self.request, person, backend="django.contrib.auth.backends.ModelBackend")
        messages.success(self.request, _("Willkommen, %(name)s. Ihr Passwort ist gesetzt.") % {"name": person})
        return HttpResponseRedirect(target)


class ProfileView(FormPage):
    """Name, language and time zone of the person signed in."""

    policy = policies.signed_in
    template_name = "partnership/profile.html"
    form_class = ProfileForm
    success_message = gettext_lazy("Ihre Angaben sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": User.objects.get(pk=self.user.pk)}

    def perform(self, form: ProfileForm) -> Any:
        return self.run(accounts.update_profile, form=form, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("profile")
