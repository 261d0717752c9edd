"""Setting up a partnership in the browser."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from committees.enums import CommitteeKind
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.views.base import Page
from portal import policies
from portal.forms.founding import FIRST_COMMITTEES, CommitteeRows, FoundingForm, PersonRows
from portal.services import founding


class FoundingView(Page):
    """One page: the partnership, its committees with their rules, its people, the first office account."""

    policy = policies.found
    template_name = "portal/founding.html"
    http_method_names = ["get", "head", "post", "options"]

    @property
    def with_password(self) -> bool:
        """On an empty installation the person at the machine gets in at once."""
        return not self.request.user.is_authenticated

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", FoundingForm(with_password=self.with_password))
        kwargs.setdefault("committee_rows", CommitteeRows(prefix="gremien", initial=FIRST_COMMITTEES))
        kwargs.setdefault("person_rows", PersonRows(prefix="personen"))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FoundingForm(request.POST, with_password=self.with_password)
        committee_rows = CommitteeRows(request.POST, prefix="gremien")
        person_rows = PersonRows(request.POST, prefix="personen")
        # Each part is asked, so that every error shows at once.
        good = [part.is_valid() for part in (form, committee_rows, person_rows)]
        if all(good):
            try:
                return self._set_up(form, committee_rows, person_rows)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        context = self.get_context_data(form=form, committee_rows=committee_rows, person_rows=person_rows)
        return self.render_to_response(context, status=422)

    def _set_up(self, form: Any, committee_rows: Any, person_rows: Any) -> HttpResponse:
        data = form.cleaned_data
        plan = founding.Plan(
            name=data["name"],
            short_name=data["short_name"],
            slug=data["slug"],
            office_email=data["office_email"],
            office_name=data["office_name"],
            land=data["land"],
            founded_on=data["founded_on"],
            committees=[
                founding.PlannedCommittee(
                    name=row["name"],
                    code=row["code"],
                    kind=CommitteeKind(row["kind"]),
                    preset=row["preset"],
                    recommends_to=row["recommends_to"],
                )
                for row in committee_rows.cleaned_data
                if row
            ],
            people=[
                founding.PlannedPerson(
                    name=row["name"], email=row["email"], role=Role(row["role"]), committee=row["committee"]
                )
                for row in person_rows.cleaned_data
                if row
            ],
        )
        partnership, office = founding.set_up(
            by=None if self.with_password else self.user,
            plan=plan,
            email=data["person_email"],
            name=data["person_name"],
            password=data.get("password1", ""),
        )
        if self.with_password:
            login(self.request, office, backend="django.contrib.auth.backends.ModelBackend")
            messages.success(
                self.request,
                _("„%(name)s“ ist eingerichtet. Als Nächstes tragen Sie die Partner ein.") % {"name": partnership.name},
            )
            return HttpResponseRedirect(reverse("membership:partner_list", kwargs={"slug": partnership.slug}))
        messages.success(self.request, _("„%(name)s“ ist eingerichtet.") % {"name": partnership.name})
        return HttpResponseRedirect(reverse("portal:home"))
