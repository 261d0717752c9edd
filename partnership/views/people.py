"""People of a partnership and the functions they hold."""

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partnership import clock, policies
from partnership.access.people import people_of
from partnership.enums import ROLES_BY_MODEL, Role
from partnership.errors import Refusal
from partnership.forms.accounts import PersonForm
from partnership.forms.appointments import AppointmentForm, EndForm
from partnership.models import Appointment, User
from partnership.services import accounts, appointments
from partnership.views.base import FormPage, ListPage, ObjectFormPage, Page


class PersonFilter(django_filters.FilterSet):
    """Search, and who never signed in."""

    q = django_filters.CharFilter(method="search", label=gettext_lazy("Suche"))
    never = django_filters.BooleanFilter(
        method="never_signed_in", label=gettext_lazy("noch nie angemeldet"), widget=forms.CheckboxInput
    )

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(Q(name__icontains=value) | Q(email__icontains=value) | Q(job_title__icontains=value))

    def never_signed_in(self, queryset: QuerySet[User], name: str, value: bool) -> QuerySet[User]:
        return queryset.filter(last_login__isnull=True) if value else queryset


class PersonListView(ListPage):
    """Everybody of the partnership; the office sees who never signed in and invites again."""

    policy = policies.curate
    model = User
    template_name = "partnership/person_list.html"
    filterset_class = PersonFilter
    sorts = {"name": ("name",), "-name": ("-name",), "seen": ("last_login",), "-seen": ("-last_login",)}

    def get_base_queryset(self) -> QuerySet[User]:
        return people_of(self.partnership)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        held = Appointment.objects.valid(clock.today()).filter(
            partnership=self.partnership, person__in=[person.pk for person in context["page_obj"]]
        )
        roles: dict[Any, list[str]] = {}
        for appointment in held:
            roles.setdefault(appointment.person_id, []).append(appointment.get_role_display())
        for person in context["page_obj"]:
            person.roles_here = sorted(set(roles.get(person.pk, [])))
        context["never_count"] = people_of(self.partnership).filter(last_login__isnull=True).count()
        return context


class PersonInviteView(FormPage):
    """A person gets an account; what they hold in the partnership is set elsewhere."""

    policy = policies.curate
    template_name = "form.html"
    form_class = PersonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Person einladen"),
            "lead": _("Die Person erhält eine E-Mail, setzt ein Passwort und ist angemeldet."),
            "breadcrumbs": [(_("Personen"), self.get_success_url()), (_("Person einladen"), "")],
        }

    def perform(self, form: PersonForm) -> Any:
        person = self.run(accounts.invite, form=form, partnership=self.partnership, **form.cleaned_data)
        if person is not None:
            messages.success(self.request, _("%(person)s ist eingeladen.") % {"person": person})
        return person

    def get_success_url(self) -> str:
        return reverse("partnership:person_list", kwargs={"slug": self.partnership.slug})


class PersonReinviteView(Page):
    """Mail a fresh link to the people ticked, as far as they have no password yet."""

    policy = policies.curate
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = [key for key in request.POST.getlist("person") if len(key) == 36][:500]
        count = 0
        for person in people_of(self.partnership).filter(pk__in=chosen):
            try:
                accounts.send_invitation(by=self.user, person=person, partnership=self.partnership)
                count += 1
            except Refusal as refusal:
                messages.warning(request, str(refusal))
        if count:
            messages.success(
                request,
                ngettext("Eine Einladung ist unterwegs.", "%(count)s Einladungen sind unterwegs.", count)
                % {"count": count},
            )
        elif not chosen:
            messages.warning(request, _("Bitte wählen Sie mindestens eine Person aus."))
        return HttpResponseRedirect(reverse("partnership:person_list", kwargs={"slug": self.partnership.slug}))


class AppointmentListView(ListPage):
    """Functions held on the partnership itself, today and before."""

    policy = policies.act_as_office
    model = Appointment
    template_name = "partnership/appointment_list.html"
    paginate_by = 50

    def get_base_queryset(self) -> QuerySet[Any]:
        return (
            Appointment.objects.filter(partnership=self.partnership)
            .select_related("person", "content_type")
            .prefetch_related("subject")
            .order_by("valid_until", "role", "person__name")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"today": clock.today()}


class AppointmentCreateView(FormPage):
    """Appoint somebody to managing office or product management."""

    policy = policies.act_as_office
    template_name = "form.html"
    form_class = AppointmentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"roles": ROLES_BY_MODEL["partnership.partnership"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Funktion vergeben"),
            "lead": _("Vorsitz und Schriftführung vergeben Sie auf der Seite des Gremiums."),
            "breadcrumbs": [(_("Funktionen"), self.get_success_url()), (_("Funktion vergeben"), "")],
        }

    def perform(self, form: AppointmentForm) -> Any:
        data = form.cleaned_data
        person = self.run(
            accounts.invite, form=form, email=data["email"], name=data["name"], partnership=self.partnership
        )
        if person is None:
            return None
        return self.run(
            appointments.appoint,
            form=form,
            person=person,
            role=Role(data["role"]),
            subject=self.partnership,
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )

    def get_success_url(self) -> str:
        return reverse("partnership:appointment_list", kwargs={"slug": self.partnership.slug})


class AppointmentEndView(ObjectFormPage):
    """End a function; asks once."""

    policy = policies.act_as_office
    model = Appointment
    template_name = "confirm.html"
    form_class = EndForm

    def get_queryset(self) -> QuerySet[Any]:
        return Appointment.objects.filter(partnership=self.partnership).select_related("person", "partnership")

    def get_policy_subject(self) -> Any:
        return self.object.partnership

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Funktion „%(role)s“ von %(person)s beenden?")
            % {"role": self.object.get_role_display(), "person": self.object.person},
            "consequences": [_("Die Rechte aus dieser Funktion enden mit dem angegebenen Tag.")],
            "confirm_label": _("Funktion beenden"),
            "cancel_url": self.get_success_url(),
        }

    def perform(self, form: EndForm) -> Any:
        return self.run(appointments.end, form=form, appointment=self.object, on=form.cleaned_data["on"])

    def get_success_url(self) -> str:
        return reverse("partnership:appointment_list", kwargs={"slug": self.partnership.slug})
