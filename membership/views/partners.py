"""The list of partners, and keeping one partner."""

from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.enums import Fact, Stage
from membership.forms.partners import (
    DAY_FORMATS,
    EndMembershipForm,
    PartnerCreateForm,
    PartnerFilter,
    PartnerForm,
    StandingForm,
)
from membership.models import YES, Partner
from membership.queries import list_columns, with_organisations, with_standing
from membership.services import partners
from partnership import clock
from partnership.exports import tables
from partnership.views.base import FormPage, ObjectFormPage
from partnership.views.exports import ExportedList

# Columns of the list: key -> head. Shown are the chosen ones, kept in the address as ?spalten=.
COLUMNS = {
    "organisations": gettext_lazy("Organisationen"),
    "kind": gettext_lazy("Art"),
    "land": gettext_lazy("Land"),
    "stage": gettext_lazy("Mitgliedschaft"),
    "voting": gettext_lazy("Stimmrecht"),
    "fee": gettext_lazy("Beitragspflicht"),
    "fund": gettext_lazy("Fonds"),
    "suspension": gettext_lazy("Ruhen der Rechte"),
    "listed": gettext_lazy("öffentlich genannt"),
    "ags": gettext_lazy("AGS"),
    "population": gettext_lazy("Einwohner"),
    "leitweg": gettext_lazy("Leitweg-ID"),
}
SHOWN = ("organisations", "kind", "land", "voting", "fund")
FACT_COLUMNS = {
    "voting": Fact.VOTING_RIGHT,
    "fee": Fact.FEE_DUTY,
    "fund": Fact.FUND_PARTICIPATION,
    "suspension": Fact.SUSPENSION,
}
# Columns the list can be sorted by.
SORTED = ("kind", "land")


def yes_no(value: str | None) -> str:
    """A fact in words; a fact nobody recorded does not hold."""
    return _("ja") if value == YES else _("nein")


class AsOfForm(forms.Form):
    """The day the list shows."""

    am = forms.DateField(required=False, input_formats=DAY_FORMATS)


class PartnerListView(ExportedList):
    """Partners as of any day; searched, filtered, sorted, with chosen columns, exported."""

    policy = policies.belong
    model = Partner
    template_name = "membership/partner_list.html"
    export_name = "partner"
    sorts = {
        "number": ("number",),
        "-number": ("-number",),
        "name": ("name",),
        "-name": ("-name",),
        "kind": ("shares__organisation__kind", "name"),
        "-kind": ("-shares__organisation__kind", "name"),
        "land": ("shares__organisation__land", "name"),
        "-land": ("-shares__organisation__land", "name"),
    }

    @cached_property
    def on(self) -> date:
        """The day the list shows: ?am=, else today."""
        form = AsOfForm(self.request.GET)
        return (form.cleaned_data["am"] if form.is_valid() else None) or clock.today()

    @cached_property
    def columns(self) -> list[tuple[str, Any]]:
        """Every column there is, with those that higher apps bring."""
        return [*COLUMNS.items(), *((column.key, column.label) for column in list_columns)]

    @cached_property
    def chosen(self) -> list[str]:
        """Keys of the columns to show, in their order."""
        wanted = self.request.GET.getlist("spalten")
        keys = [key for key, _label in self.columns]
        return [key for key in keys if key in wanted] or [key for key in keys if key in SHOWN or key not in COLUMNS]

    def get_base_queryset(self) -> Any:
        rows = Partner.objects.visible_to(self.user).filter(partnership=self.partnership)
        if self.request.GET.get("umfang") != "alle":
            rows = rows.members(self.on)
        return rows

    def get_queryset(self) -> Any:
        rows = with_organisations(with_standing(self.get_base_queryset(), self.on))
        self.filterset = PartnerFilter(
            self.request.GET, queryset=rows, request=self.request, partnership=self.partnership, on=self.on
        )
        rows = self.filterset.qs if self.filterset.is_valid() else rows.none()
        self.sort = self.request.GET.get("sort", "")
        if self.sort not in self.sorts:
            self.sort = "number"
        if self.sort.lstrip("-") in SORTED:
            # A shared seat stands where its first organisation puts it, and only once.
            rows = rows.filter(shares__position=1)
        return rows.order_by(*self.sorts[self.sort], "pk")

    def get_table(self) -> tables.Dataset:
        rows = list(self.get_queryset())
        keys = [key for key, _label in self.columns]
        heads = [_("Nr."), _("Partner"), *(label for _key, label in self.columns)]
        cells = self._cells(rows, keys)
        lines = [[row.number, row.name, *cells[row.pk]] for row in rows]
        return tables.table(heads, lines, title=_("Partner"))

    def get_export_name(self) -> str:
        return f"{super().get_export_name()}-{self.on.isoformat()}"

    def _cells(self, rows: list[Any], keys: list[str]) -> dict[UUID, list[Any]]:
        """The chosen cells of each row; columns of higher apps are read for all rows at once."""
        pks = [row.pk for row in rows]
        extra = {
            column.key: column.values(self.partnership, pks, self.on) for column in list_columns if column.key in keys
        }
        return {
            row.pk: [extra[key].get(row.pk, "") if key in extra else self._cell(row, key) for key in keys]
            for row in rows
        }

    @staticmethod
    def _cell(row: Any, key: str) -> Any:
        if key in FACT_COLUMNS:
            return yes_no(getattr(row, f"standing_{FACT_COLUMNS[key].value}"))
        if key == "stage":
            return str(Stage(row.standing_stage).label) if row.standing_stage in Stage.values else ""
        if key == "listed":
            return yes_no(YES if row.is_listed else "")
        bodies = [share.organisation for share in row.shares.all()]
        values = {
            "organisations": lambda body: body.name,
            "kind": lambda body: str(body.get_kind_display()),
            "land": lambda body: body.land,
            "ags": lambda body: body.ags,
            "population": lambda body: "" if body.population is None else str(body.population),
            "leitweg": lambda body: body.leitweg_id,
        }[key]
        found = list(dict.fromkeys(filter(None, (values(body) for body in bodies))))
        return ", ".join(found)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        labels = dict(self.columns)
        cells = self._cells(list(context["page_obj"]), self.chosen)
        return context | {
            "on": self.on,
            "is_today": self.on == clock.today(),
            "heads": [{"key": key, "label": labels[key], "is_sorted": key in SORTED} for key in self.chosen],
            "rows": [
                {"partner": row, "cells": list(zip((labels[key] for key in self.chosen), cells[row.pk], strict=True))}
                for row in context["page_obj"]
            ],
            "columns": [(key, label, key in self.chosen) for key, label in self.columns],
            "kept": [
                (key, value)
                for key, values in self.request.GET.lists()
                for value in values
                if key not in ("spalten", "page", "export")
            ],
            "count": context["paginator"].count,
            "may_curate": bool(policies.curate(self.user, self.partnership)),
            "breadcrumbs": [(_("Partner"), "")],
        }


class PartnerCreateView(FormPage):
    """Enter a partner."""

    policy = policies.curate
    form_class = PartnerCreateForm
    success_message = gettext_lazy("Der Partner ist angelegt. Tragen Sie als Nächstes seine Vertretungen ein.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership}

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": clock.today()}

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            partners.create,
            form=form,
            partnership=self.partnership,
            organisations=form.seats,
            **{
                field: data[field]
                for field in (
                    "name",
                    "valid_from",
                    "has_voting_right",
                    "has_fee_duty",
                    "is_in_fund",
                    "is_listed",
                    "note",
                )
            },
        )

    def get_success_url(self) -> str:
        return self.result.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        listed = reverse("membership:partner_list", kwargs={"slug": self.partnership.slug})
        context["form"].cancel_url = listed
        return context | {
            "heading": _("Partner anlegen"),
            "lead": _("Ein Partner ist ein Sitz mit einer Stimme; zwei Organisationen können ihn sich teilen."),
            "breadcrumbs": [(_("Partner"), listed), (_("Partner anlegen"), "")],
        }


class PartnerFormPage(ObjectFormPage):
    """A form about one partner, within the way to its page."""

    model = Partner
    heading: Any = ""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "form" in context:
            context["form"].cancel_url = self.object.get_absolute_url()
        return {
            "heading": self.heading,
            "lead": str(self.object),
            "cancel_url": self.object.get_absolute_url(),
            "breadcrumbs": [
                (_("Partner"), reverse("membership:partner_list", kwargs={"slug": self.partnership.slug})),
                (str(self.object), self.object.get_absolute_url()),
                (self.heading, ""),
            ],
        } | context


class PartnerUpdateView(PartnerFormPage):
    """Correct a partner's name, seat and listing."""

    policy = policies.curate
    form_class = PartnerForm
    heading = gettext_lazy("Partner bearbeiten")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership, "partner": self.object}

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            partners.edit,
            form=form,
            partner=self.object,
            name=data["name"],
            is_listed=data["is_listed"],
            note=data["note"],
            organisations=None if form.keeps_seat else form.seats,
        )


class StandingCreateView(PartnerFormPage):
    """Record a dated fact of a partner."""

    policy = policies.curate
    form_class = StandingForm
    template_name = "membership/standing_create.html"
    heading = gettext_lazy("Tatsache eintragen")
    success_message = gettext_lazy("Eingetragen. Was vorher galt, endet mit diesem Tag und bleibt in der Geschichte.")

    def get_initial(self) -> dict[str, Any]:
        fact = self.request.GET.get("tatsache", "")
        return {"fact": fact} if fact in Fact.values else {}

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            partners.record_standing,
            form=form,
            partner=self.object,
            fact=Fact(data["fact"]),
            value=data["value"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            reason=data["reason"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now = {row.fact: row for row in self.object.standings.valid(clock.today())}
        context["facts"] = [
            (
                fact.label,
                _("%(value)s, seit %(day)s")
                % {
                    "value": partners.value_label(fact, now[fact].value),
                    "day": date_format(now[fact].valid_from, "d.m.Y"),
                }
                if fact in now
                else _("nichts eingetragen"),
            )
            for fact in Fact
        ]
        return context


class PartnerEndView(PartnerFormPage):
    """End a partner's membership; asks once."""

    policy = policies.curate
    form_class = EndMembershipForm
    template_name = "confirm.html"
    heading = gettext_lazy("Mitgliedschaft beenden")

    def perform(self, form: Any) -> Any:
        return self.run(
            partners.end_membership,
            form=form,
            partner=self.object,
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
        )

    @property
    def success_message(self) -> Any:
        return _("Die Mitgliedschaft von „%(partner)s“ endet am %(day)s.") % {
            "partner": self.object,
            "day": date_format(self.result.standings.get(fact=Fact.STAGE, valid_until=None).valid_from, "d.m.Y"),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "heading": _("Mitgliedschaft von „%(partner)s“ beenden?") % {"partner": self.object},
            "lead": "",
            "confirm_label": _("Mitgliedschaft beenden"),
            "consequences": [
                _("Stimmrecht und alle anderen Rechte enden mit dem gewählten Tag."),
                _("Alle Vertretungen und Stellvertretungen des Partners enden mit diesem Tag."),
                _("In laufenden Abstimmungen bleibt der Partner mit einem Vermerk im Verzeichnis."),
                _("Abgegebene Stimmen und gefasste Beschlüsse bleiben unverändert."),
            ],
        }
