"""Committees and role circles: who leads, who sits there, by which rules."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from committees import policies, seats
from committees.enums import CommitteeState, MeetingState
from committees.forms.committees import ActingPersonForm, CircleMemberForm, CommitteeForm, EndForm
from committees.models import CircleMember, Committee, Meeting, Resolution
from committees.rules.describe import describe
from committees.services import committees
from partnership import clock
from partnership.enums import Role
from partnership.exports import tables
from partnership.policies import act_as_office
from partnership.views.appointments import AppointmentEndPage
from partnership.views.base import FormPage, ObjectFormPage, ObjectPage, Page

OFFICES = ("chair_organisation", "management_organisation", "lead_organisation", "recommends_to")


def listed(partnership: Any) -> str:
    """The address of the list of committees."""
    return reverse("committees:committee_list", kwargs={"slug": partnership.slug})


class CommitteeListView(Page):
    """The pillars of the partnership: committees and role circles, and who leads each."""

    policy = policies.belong
    template_name = "committees/committee_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on = clock.today()
        found = list(
            Committee.objects.visible_to(self.user)
            .filter(partnership=self.partnership)
            .select_related(*OFFICES)
            .order_by("position", "name")
        )
        acting = seats.acting_people(found, on)
        circles = [committee.pk for committee in found if not committee.votes]
        members: dict[Any, list[CircleMember]] = {}
        for member in (
            CircleMember.objects.valid(on).filter(committee__in=circles).select_related("person", "organisation")
        ):
            members.setdefault(member.committee_id, []).append(member)
        entries: list[dict[str, Any]] = [
            {
                "committee": committee,
                "acting": acting.get(committee.pk, []),
                "members": members.get(committee.pk, []),
                "leads": [member for member in members.get(committee.pk, []) if member.is_lead],
            }
            for committee in found
        ]
        living = [entry for entry in entries if entry["committee"].state != CommitteeState.ENDED]
        return super().get_context_data(**kwargs) | {
            "committees": [entry for entry in living if entry["committee"].votes],
            "circles": [entry for entry in living if not entry["committee"].votes],
            "ended": [entry for entry in entries if entry["committee"].state == CommitteeState.ENDED],
            "may_create": bool(act_as_office(self.user, self.partnership)),
            "breadcrumbs": [(_("Gremien"), "")],
        }


class CommitteeDetailView(ObjectPage):
    """One committee: purpose, who leads, rules in words, delegates with gaps, meetings, resolutions, members."""

    policy = policies.belong
    model = Committee
    template_name = "committees/committee_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership", *OFFICES)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("export", "")
        if form in tables.FORMATS and self.object.votes:
            return self._export(form)
        return super().get(request, *args, **kwargs)

    def _export(self, form: str) -> HttpResponse:
        heads = [_("Nr."), _("Partner"), _("Art"), _("Name"), _("E-Mail-Adresse"), _("seit")]
        rows: list[list[Any]] = []
        for seat in seats.seats(self.object, clock.today()):
            people = [(_("Vertretung"), one) for one in seat["delegates"]]
            people += [(_("Stellvertretung"), one) for one in seat["deputies"]]
            rows += [
                [seat["number"], seat["name"], kind, one["name"], one["email"], one["valid_from"]]
                for kind, one in people
            ] or [[seat["number"], seat["name"], "", "", "", ""]]
        name = f"vertretungen-{self.object.code}"
        return tables.download(tables.table(heads, rows, title=_("Vertretungen")), form, name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        committee, on = self.object, clock.today()
        context = super().get_context_data(**kwargs) | {
            "acting": seats.acting_people([committee], on).get(committee.pk, []),
            "may_manage": bool(act_as_office(self.user, self.partnership)),
            "may_curate": bool(policies.curate(self.user, self.partnership)),
            "breadcrumbs": [(_("Gremien"), listed(self.partnership)), (committee.name, "")],
        }
        context["offices"] = [
            (_("Vorsitz"), committee.chair_organisation),
            (_("Geschäftsführung"), committee.management_organisation),
            (_("Federführung"), committee.lead_organisation),
        ]
        if not committee.votes:
            members = CircleMember.objects.valid(on).filter(committee=committee)
            return context | {"members": members.select_related("person", "organisation")}
        rules = committee.rule_sets.general().valid(on).order_by("-version").first()
        found = seats.seats(committee, on)
        return context | {
            "rule_set": rules,
            "sentences": [line.text(get_language()) for line in describe(rules.rules)] if rules else [],
            "seats": found,
            "gap_count": sum(not seat["delegates"] for seat in found if seat["is_entitled"]),
            "meetings": self._meetings(),
            "resolutions": self._resolutions(),
            "exports": [(form.upper(), f"?export={form}") for form in tables.FORMATS],
        }

    def _meetings(self) -> Any:
        return (
            Meeting.objects.visible_to(self.user)
            .filter(committee=self.object, ends_at__gte=clock.now())
            .exclude(state__in=(MeetingState.CANCELLED, MeetingState.CLOSED))
            .order_by("starts_at")[:3]
        )

    def _resolutions(self) -> Any:
        return (
            Resolution.objects.visible_to(self.user)
            .filter(committee=self.object, serial__isnull=False)
            .order_by("-position")[:5]
        )


class CommitteeFormMixin:
    """The form of a committee."""

    partnership: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership}  # type: ignore[misc]


class CommitteeCreateView(CommitteeFormMixin, FormPage):
    """Set up a committee or role circle."""

    policy = act_as_office
    form_class = CommitteeForm
    success_message = gettext_lazy("Das Gremium ist angelegt.")

    def perform(self, form: Any) -> Any:
        return self.run(committees.create, form=form, partnership=self.partnership, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.result.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = listed(self.partnership)
        return context | {
            "heading": _("Gremium anlegen"),
            "breadcrumbs": [(_("Gremien"), listed(self.partnership)), (_("Gremium anlegen"), "")],
        }


class CommitteeFormPage(ObjectFormPage):
    """A form about one committee, within the way to its page."""

    model = Committee
    heading: Any = ""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    def get_policy_subject(self) -> Any:
        _found = self.object
        return self.partnership

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.object.get_absolute_url()
        return {
            "heading": self.heading,
            "lead": str(self.object),
            "cancel_url": self.object.get_absolute_url(),
            "breadcrumbs": [
                (_("Gremien"), listed(self.partnership)),
                (str(self.object), self.object.get_absolute_url()),
                (self.heading, ""),
            ],
        } | context


class CommitteeUpdateView(CommitteeFormMixin, CommitteeFormPage):
    """Correct what is told about a committee."""

    policy = act_as_office
    form_class = CommitteeForm
    heading = gettext_lazy("Gremium bearbeiten")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related(*OFFICES)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"committee": self.object}

    def perform(self, form: Any) -> Any:
        return self.run(committees.edit, form=form, committee=self.object, **form.cleaned_data)


class CommitteeAppointView(CommitteeFormPage):
    """Appoint the chair, a deputy chair or a secretary."""

    policy = act_as_office
    form_class = ActingPersonForm
    heading = gettext_lazy("Funktion im Gremium vergeben")
    success_message = gettext_lazy("Die Person ist bestellt.")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            committees.appoint,
            form=form,
            committee=self.object,
            role=Role(data["role"]),
            email=data["email"],
            name=data["name"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )


class CommitteeDismissView(CommitteeFormPage, AppointmentEndPage):
    """End a function in the committee; asks once."""

    policy = act_as_office
    form_class = EndForm
    template_name = "confirm.html"
    roles = seats.ACTING_ROLES
    heading = gettext_lazy("Funktion beenden")
    success_message = gettext_lazy("Die Funktion endet mit dem angegebenen Tag.")

    def get_policy_subject(self) -> Any:
        _found = self.appointment
        return self.partnership

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Funktion „%(role)s“ von %(person)s beenden?")
            % {"role": self.appointment.get_role_display(), "person": self.appointment.person},
            "consequences": [_("Die Rechte aus dieser Funktion enden mit dem angegebenen Tag.")],
            "confirm_label": _("Funktion beenden"),
        }


class CirclePage(CommitteeFormPage):
    """A form about a role circle; bodies to which partners send delegates have none."""

    @cached_property
    def object(self) -> Any:
        """The role circle of the address."""
        found = super().object
        if found.votes:
            raise Http404
        return found


class CircleMemberCreateView(CirclePage):
    """Name somebody who works in the role circle."""

    policy = policies.curate
    form_class = CircleMemberForm
    heading = gettext_lazy("Mitglied eintragen")
    success_message = gettext_lazy("Das Mitglied ist eingetragen.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership}

    def perform(self, form: Any) -> Any:
        return self.run(committees.add_circle_member, form=form, committee=self.object, **form.cleaned_data)


class CircleMemberEndView(CirclePage):
    """End somebody's work in the role circle; asks once."""

    policy = policies.curate
    form_class = EndForm
    template_name = "confirm.html"
    heading = gettext_lazy("Mitarbeit beenden")
    success_message = gettext_lazy("Die Mitarbeit endet mit dem angegebenen Tag.")

    @cached_property
    def member(self) -> CircleMember:
        """The member of the address, if it belongs to the circle of the address."""
        found = CircleMember.objects.filter(committee=self.object, pk=self.kwargs["member"]).first()
        if found is None:
            raise Http404
        return found

    def get_policy_subject(self) -> Any:
        _found = self.member
        return self.partnership

    def perform(self, form: Any) -> Any:
        return self.run(committees.end_circle_member, form=form, member=self.member, on=form.cleaned_data["on"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Mitarbeit von %(name)s beenden?") % {"name": self.member},
            "consequences": [_("Die Person sieht vertrauliche Angelegenheiten des Kreises dann nicht mehr.")],
            "confirm_label": _("Mitarbeit beenden"),
        }
