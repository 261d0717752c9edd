"""What the fund pays for."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import policies, queries
from fund.enums import MeasureState
from fund.forms.measures import ApproveForm, MeasureFilter, MeasureForm, PayForm, ReasonForm
from fund.models import Measure, Posting
from fund.rules.ledger import euros
from fund.services import measures
from fund.views.base import FundMixin, FundObjectFormPage
from partnership.views.base import FormPage, ListPage, ObjectPage


class MeasureListView(FundMixin, ListPage):
    """All measures with what is left of their budgets."""

    policy = policies.belong
    model = Measure
    template_name = "fund/measure_list.html"
    filterset_class = MeasureFilter
    heading = gettext_lazy("Maßnahmen")
    sorts = {
        "newest": ("-created_at",),
        "title": ("title",),
        "-title": ("-title",),
        "budget": ("budget",),
        "-budget": ("-budget",),
        "remaining": ("remaining",),
        "-remaining": ("-remaining",),
    }

    def get_base_queryset(self) -> QuerySet[Any]:
        rows = Measure.objects.visible_to(self.user).filter(fund=self.fund)
        return queries.with_remaining(rows).select_related("resolution")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "may_manage_measures": bool(policies.manage_measures(self.user, self.partnership)),
        }


class MeasureDetailView(FundMixin, ObjectPage):
    """One measure: what it is for, what resolution carries it, what was paid."""

    policy = policies.belong
    model = Measure
    template_name = "fund/measure_detail.html"
    partnership_path = "fund__partnership"

    def get_queryset(self) -> Any:
        return queries.with_remaining(super().get_queryset()).select_related(
            "fund__partnership", "resolution__partnership", "created_by"
        )

    @property
    def heading(self) -> Any:
        return self.object.title

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (_("Maßnahmen"), self.url("measure_list"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_read = bool(policies.read_books(self.user, self.partnership))
        may_manage = bool(policies.manage_measures(self.user, self.partnership))
        is_approved = self.object.state == MeasureState.APPROVED
        is_proposed = self.object.state == MeasureState.PROPOSED
        postings = Posting.objects.filter(measure=self.object).select_related("debit", "credit").order_by("-number")
        return super().get_context_data(**kwargs) | {
            "postings": postings[:100] if may_read else None,
            "may_edit": may_manage and is_proposed,
            "may_approve": may_manage and is_proposed,
            "may_pay": is_approved and bool(policies.keep_books(self.user, self.partnership)),
            "may_finish": may_manage and is_approved,
            "may_cancel": may_manage and (is_approved or is_proposed),
        }


class MeasureCreateView(FundMixin, FormPage):
    """Propose something the fund should pay for."""

    policy = policies.manage_measures
    form_class = MeasureForm
    heading = gettext_lazy("Maßnahme vorschlagen")
    lead = gettext_lazy("Geld fließt erst, wenn ein Beschluss die Maßnahme bewilligt.")
    success_message = gettext_lazy("Die Maßnahme ist vorgeschlagen. Bewilligt wird sie durch einen Beschluss.")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (_("Maßnahmen"), self.url("measure_list"))]

    def perform(self, form: MeasureForm) -> Any:
        return self.run(measures.propose, form=form, fund=self.fund, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.url("measure_detail", pk=self.result.pk)


class MeasurePage(FundObjectFormPage):
    """A form about one measure."""

    policy = policies.manage_measures
    model = Measure

    def get_queryset(self) -> Any:
        return queries.with_remaining(super().get_queryset()).select_related("fund__partnership", "resolution")

    def get_cancel_url(self) -> str:
        return self.url("measure_detail", pk=self.object.pk)

    def get_success_url(self) -> str:
        return self.get_cancel_url()

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [
            *super().get_breadcrumbs(),
            (_("Maßnahmen"), self.url("measure_list")),
            (str(self.object), self.get_cancel_url()),
        ]


class MeasureUpdateView(MeasurePage):
    """Change a measure that is not approved yet."""

    form_class = MeasureForm
    heading = gettext_lazy("Maßnahme bearbeiten")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.submit_label = _("Speichern")
        return form

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("title", "description", "budget")}

    def perform(self, form: MeasureForm) -> Any:
        return self.run(measures.edit, form=form, measure=self.object, **form.cleaned_data)


class MeasureApproveView(MeasurePage):
    """Say which resolution approves the measure; its budget is set aside at once."""

    form_class = ApproveForm
    heading = gettext_lazy("Maßnahme bewilligen")
    success_message = gettext_lazy("Das Geld ist zurückgestellt. Die Kassenführung kann nun bezahlen.")

    @property
    def lead(self) -> Any:
        return _("„%(measure)s“ kostet %(budget)s. Frei verfügbar sind %(free)s.") % {
            "measure": self.object,
            "budget": euros(self.object.budget),
            "free": euros(queries.balance(self.fund).free),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership, "user": self.user}

    def perform(self, form: ApproveForm) -> Any:
        return self.run(measures.approve, form=form, measure=self.object, resolution=form.cleaned_data["resolution"])


class MeasurePayView(MeasurePage):
    """Pay for an approved measure."""

    policy = policies.keep_books
    form_class = PayForm
    heading = gettext_lazy("Zahlung für eine Maßnahme buchen")

    @property
    def lead(self) -> Any:
        return _("„%(measure)s“: noch %(remaining)s von %(budget)s übrig.") % {
            "measure": self.object,
            "remaining": euros(queries.cents(self.object.remaining)),
            "budget": euros(self.object.budget),
        }

    def perform(self, form: PayForm) -> Any:
        data = form.cleaned_data
        return self.run(
            measures.pay,
            form=form,
            measure=self.object,
            amount=data["amount"],
            booked_on=data["booked_on"],
            payee=data["payee"],
            reference=data["reference"],
            key=data["key"],
        )

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            _("Gebucht als Nummer %(number)s: %(amount)s.")
            % {"number": self.result.number, "amount": euros(self.result.amount)},
        )
        return super().get_success_url()


class MeasureFinishView(MeasurePage):
    """Close a measure; asks once."""

    form_class = forms.Form
    template_name = "confirm.html"
    success_message = gettext_lazy("Die Maßnahme ist abgeschlossen.")

    @property
    def heading(self) -> Any:
        return _("Maßnahme „%(measure)s“ abschließen?") % {"measure": self.object}

    def perform(self, form: Any) -> Any:
        return self.run(measures.finish, form=form, measure=self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consequences": [
                _("Danach lässt sich für diese Maßnahme nichts mehr bezahlen."),
                _("Nicht gebraucht und wieder frei: %(left)s.") % {"left": euros(queries.cents(self.object.remaining))},
            ],
            "confirm_label": _("Maßnahme abschließen"),
            "tone": "info",
        }


class MeasureCancelView(MeasurePage):
    """Give a measure up; asks once and for the reason."""

    form_class = ReasonForm
    template_name = "confirm.html"
    success_message = gettext_lazy("Die Maßnahme ist aufgegeben.")

    @property
    def heading(self) -> Any:
        return _("Maßnahme „%(measure)s“ aufgeben?") % {"measure": self.object}

    def perform(self, form: ReasonForm) -> Any:
        return self.run(measures.cancel, form=form, measure=self.object, reason=form.cleaned_data["reason"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consequences": [
                _("Die Maßnahme lässt sich nicht wieder aufnehmen; schlagen Sie sie dann neu vor."),
                _("Noch nicht ausgegeben und wieder frei: %(left)s.")
                % {"left": euros(queries.cents(self.object.remaining))},
            ],
            "confirm_label": _("Maßnahme aufgeben"),
        }
