"""Keys: tables of values per partner, by which votes are weighed and second conditions measured."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.forms.keys import KeyEditForm, KeyForm, KeyTableForm, KeyValuesForm, KeyVersionForm, written
from committees.models import Key
from committees.services import key_tables, keys
from membership.models import Partner
from partnership import clock
from partnership.errors import Refusal
from partnership.exports import tables
from partnership.policies import act_as_office
from partnership.views.base import FormPage, ObjectFormPage, ObjectMixin, ObjectPage, Page


def listed(partnership: Any) -> str:
    """The address of the list of keys."""
    return reverse("committees:key_list", kwargs={"slug": partnership.slug})


def partners_of(partnership: Any) -> list[Partner]:
    """Members of today, in their order: whose values a key holds."""
    members = Partner.objects.filter(partnership=partnership).members(clock.today())
    return list(members.order_by("number").prefetch_related("shares__organisation"))


class KeyListView(Page):
    """Every key with its versions, the newest first."""

    policy = policies.belong
    template_name = "committees/key_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = (
            Key.objects.visible_to(self.user)
            .filter(partnership=self.partnership)
            .annotate(partners=Count("shares"), total=Sum("shares__value"))
            .order_by("code", "-valid_from")
        )
        today = clock.today()
        return super().get_context_data(**kwargs) | {
            "keys": [(key, state_of(key, today), written(key.total or Decimal(0))) for key in found],
            "may_edit": bool(act_as_office(self.user, self.partnership)),
            "breadcrumbs": [(_("Schlüssel"), "")],
        }


def state_of(key: Key, today: Any) -> tuple[Any, str, str]:
    """What a badge says of a version: label, tone, icon."""
    if key.is_valid(today):
        return _("gilt heute"), "success", "success"
    if key.valid_from > today:
        return _("gilt künftig"), "info", "clock"
    return _("gilt nicht mehr"), "neutral", "close"


class KeyMixin(ObjectMixin):
    """One key of the partnership."""

    model = Key

    def get_policy_subject(self) -> Any:
        _found = self.object
        return self.partnership

    def trail(self, *last: tuple[Any, str]) -> list[tuple[Any, str]]:
        """Where the reader is."""
        return [(_("Schlüssel"), listed(self.partnership)), (str(self.object), self.object.get_absolute_url()), *last]


class KeyDetailView(KeyMixin, ObjectPage):
    """One version: the values with their sum, partners without one, the other versions."""

    policy = policies.belong
    template_name = "committees/key_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("export", "")
        if form in tables.FORMATS:
            heads = [key_tables.NUMBER, key_tables.PARTNER, key_tables.VALUE]
            rows = [[partner.number, partner.name, "" if value is None else value] for partner, value in self.lines]
            return tables.download(tables.table(heads, rows, title=self.object.name), form, self.object.name)
        return super().get(request, *args, **kwargs)

    @cached_property
    def lines(self) -> list[tuple[Partner, str | None]]:
        """Every member and everybody else with a value, each with it."""
        members = Partner.objects.filter(partnership=self.partnership).members(clock.today())
        everybody = sorted({*members, *self.values}, key=lambda partner: partner.number)
        return [(one, written(self.values[one]) if one in self.values else None) for one in everybody]

    @cached_property
    def values(self) -> dict[Partner, Decimal]:
        """What the key holds."""
        return {share.partner: share.value for share in self.object.shares.select_related("partner")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key, today = self.object, clock.today()
        others = Key.objects.filter(partnership=self.partnership, code=key.code).order_by("-valid_from")
        total = sum(self.values.values(), Decimal(0))
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [*self.trail()[:1], (str(key), "")],
            "state": state_of(key, today),
            "lines": self.lines,
            "total": written(total),
            "without": [partner for partner, value in self.lines if value is None],
            "versions": [(one, state_of(one, today)) for one in others],
            "may_edit": bool(act_as_office(self.user, self.partnership)),
            "exports": [(form.upper(), f"?export={form}") for form in tables.FORMATS],
        }


class KeyCreateView(FormPage):
    """Set up a key; its values come next."""

    policy = act_as_office
    form_class = KeyForm
    success_message = gettext_lazy("Der Schlüssel ist angelegt. Tragen Sie nun die Werte ein.")

    def perform(self, form: Any) -> Any:
        return self.run(keys.create, form=form, partnership=self.partnership, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("committees:key_values", kwargs={"slug": self.partnership.slug, "pk": self.result.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = listed(self.partnership)
        return context | {
            "heading": _("Schlüssel anlegen"),
            "breadcrumbs": [(_("Schlüssel"), listed(self.partnership)), (_("Schlüssel anlegen"), "")],
        }


class KeyFormPage(KeyMixin, ObjectFormPage):
    """A form about one key, within the way to its page."""

    policy = act_as_office
    heading: Any = ""

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.object.get_absolute_url()
        return context | {
            "heading": self.heading,
            "lead": str(self.object),
            "cancel_url": self.object.get_absolute_url(),
            "breadcrumbs": self.trail((self.heading, "")),
        }


class KeyUpdateView(KeyFormPage):
    """Correct name, unit and source, as long as no ballot was weighed by it."""

    form_class = KeyEditForm
    heading = gettext_lazy("Schlüssel bearbeiten")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in keys.FIELDS}

    def perform(self, form: Any) -> Any:
        return self.run(keys.edit, form=form, key=self.object, **form.cleaned_data)


class KeyVersionView(KeyFormPage):
    """Follow a key by its next version, which begins with the same values."""

    form_class = KeyVersionForm
    heading = gettext_lazy("Neue Fassung des Schlüssels")
    success_message = gettext_lazy("Die neue Fassung ist angelegt. Passen Sie nun die Werte an.")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "source": self.object.source}

    def perform(self, form: Any) -> Any:
        return self.run(keys.new_version, form=form, key=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("committees:key_values", kwargs={"slug": self.partnership.slug, "pk": self.result.pk})


class KeyValuesView(KeyFormPage):
    """The values, line by line; a pasted table or a file fills the lines, which are saved afterwards."""

    form_class = KeyValuesForm
    template_name = "committees/key_values.html"
    heading = gettext_lazy("Werte des Schlüssels")
    success_message = gettext_lazy("Die Werte sind gespeichert.")
    read: key_tables.Read | None = None

    @cached_property
    def standing(self) -> dict[UUID, Decimal]:
        """The values as they are recorded."""
        return dict(self.object.shares.values_list("partner_id", "value"))

    @cached_property
    def partners(self) -> Sequence[Partner]:
        """Members, and whoever else has a value."""
        members = partners_of(self.partnership)
        known = {partner.pk for partner in members}
        others = Partner.objects.filter(pk__in=set(self.standing) - known).prefetch_related("shares__organisation")
        return sorted([*members, *others], key=lambda partner: partner.number)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partners": self.partners, "values": self.standing}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "read" not in request.POST:
            return super().post(request, *args, **kwargs)
        table = KeyTableForm(request.POST, request.FILES)
        if not table.is_valid():
            return self._show(table, self.standing, status=422)
        try:
            self.read = key_tables.read_table(*table.table(), self.partners)
        except Refusal as refusal:
            table.add_error("file" if table.cleaned_data.get("file") else "pasted", str(refusal))
            return self._show(table, self.standing, status=422)
        return self._show(table, self.read.values)

    def _show(self, table: KeyTableForm, values: dict[UUID, Decimal], status: int = 200) -> HttpResponse:
        form = KeyValuesForm(partners=self.partners, values=values)
        return self.render_to_response(self.get_context_data(form=form, table=table), status=status)

    def perform(self, form: Any) -> Any:
        return self.run(keys.set_values, form=form, key=self.object, values=form.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("table", KeyTableForm())
        context = super().get_context_data(**kwargs)
        lines = [
            (partner, field, written(self.standing[partner.pk]) if partner.pk in self.standing else "")
            for partner, field in context["form"].lines()
        ]
        return context | {
            "lines": lines,
            "read": self.read,
            "missing": [partner for partner in self.partners if self.read and partner.pk not in self.read.values],
            "total": written(sum((self.read.values if self.read else self.standing).values(), Decimal(0))),
        }
