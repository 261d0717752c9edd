"""Forms about partners: the list's filters, entering, editing, dated facts, leaving."""

from datetime import date
from typing import Any

import django_filters
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from membership.enums import Fact, OrganisationKind, Stage
from membership.forms.organisations import with_blank
from membership.models import YES, Organisation, Partner, SeatShare
from membership.queries import list_filters, matching, organisations_of
from membership.services.partners import LEAVING, NO, NewOrganisation
from partnership import clock
from partnership.enums import Land
from partnership.models import Partnership
from partnership.ui.forms import KernForm

YES_NO = [(YES, _("ja")), (NO, _("nein"))]
# How the list's day is typed: one field, as a filter bar has no room for three.
DAY_FORMATS = ["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"]
# Stages that are recorded as they come; leaving has its own page, because rights end with it.
RECORDED_STAGES = [(stage.value, stage.label) for stage in Stage if stage not in LEAVING]


class PartnerFilter(django_filters.FilterSet):
    """Search, day, kind, Land, rights; and what higher apps add."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    am = django_filters.DateFilter(
        method="as_of",
        label=_("Stand am (TT.MM.JJJJ)"),
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(attrs={"inputmode": "numeric"}, format=DAY_FORMATS[0]),
    )
    umfang = django_filters.ChoiceFilter(
        method="as_of",
        label=_("Umfang"),
        choices=[("alle", _("auch Interessierte und Ausgeschiedene"))],
        empty_label=_("Mitglieder am Stichtag"),
    )
    art = django_filters.ChoiceFilter(
        method="by_kind", choices=OrganisationKind.choices, label=_("Art"), empty_label=_("alle")
    )
    land = django_filters.ChoiceFilter(method="by_land", choices=Land.choices, label=_("Land"), empty_label=_("alle"))
    stimmrecht = django_filters.ChoiceFilter(
        method="by_voting_right", choices=YES_NO, label=_("Stimmrecht"), empty_label=_("alle")
    )
    fonds = django_filters.ChoiceFilter(method="by_fund", choices=YES_NO, label=_("Fonds"), empty_label=_("alle"))

    class Meta:
        model = Partner
        fields: list[str] = []

    def __init__(self, *args: Any, partnership: Partnership, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        for extra in list_filters:
            found = django_filters.ChoiceFilter(
                label=extra.label, choices=extra.choices(partnership), empty_label=_("alle")
            )
            found.field_name = extra.name
            found.method = self._method(extra.apply)
            found.parent, found.model = self, Partner
            self.filters[extra.name] = found

    def _method(self, apply: Any) -> Any:
        return lambda queryset, name, value: apply(queryset, value, self.on)

    def search(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return matching(queryset, value)

    def as_of(self, queryset: QuerySet[Partner], name: str, value: Any) -> QuerySet[Partner]:
        """Applied by the view, which needs the day before any filter."""
        return queryset

    def by_kind(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return queryset.filter(Exists(SeatShare.objects.filter(partner=OuterRef("pk"), organisation__kind=value)))

    def by_land(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        return queryset.filter(Exists(SeatShare.objects.filter(partner=OuterRef("pk"), organisation__land=value)))

    def by_voting_right(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        entitled = Partner.objects.with_voting_right(self.on).values("pk")
        return queryset.filter(pk__in=entitled) if value == YES else queryset.exclude(pk__in=entitled)

    def by_fund(self, queryset: QuerySet[Partner], name: str, value: str) -> QuerySet[Partner]:
        found = queryset.filter(**{f"standing_{Fact.FUND_PARTICIPATION.value}": YES})
        return found if value == YES else queryset.exclude(pk__in=found.values("pk"))


class SeatFields(KernForm):
    """The organisations that hold or share a seat: one known, or a new one, twice."""

    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("neue Organisation"),
    )
    new_name = forms.CharField(
        label=_("Name der neuen Organisation"), max_length=200, required=False, help_text=_("Nur, wenn sie neu ist.")
    )
    new_kind = forms.ChoiceField(label=_("Art"), choices=with_blank(OrganisationKind.choices), required=False)
    new_land = forms.ChoiceField(label=_("Land"), choices=with_blank(Land.choices), required=False)
    is_shared = forms.BooleanField(
        label=_("Eine zweite Organisation teilt sich den Sitz"),
        required=False,
        help_text=_("Beide haben zusammen eine Stimme."),
    )
    second = forms.ModelChoiceField(
        label=_("Zweite Organisation"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("neue Organisation"),
    )
    second_name = forms.CharField(label=_("Name der neuen zweiten Organisation"), max_length=200, required=False)
    second_kind = forms.ChoiceField(label=_("Art"), choices=with_blank(OrganisationKind.choices), required=False)
    second_land = forms.ChoiceField(label=_("Land"), choices=with_blank(Land.choices), required=False)

    seat_layout = (
        Fieldset(_("Organisation"), "organisation", "new_name", "new_kind", "new_land"),
        Fieldset(_("Gemeinsamer Sitz"), "is_shared", "second", "second_name", "second_kind", "second_land"),
    )

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partnership = partnership
        known = organisations_of(partnership).order_by("name")
        for field in ("organisation", "second"):
            self.fields[field].queryset = known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.seats = [self._seat(data, "organisation", "new")]
        if data.get("is_shared"):
            self.seats.append(self._seat(data, "second", "second"))
        elif data.get("second") or data.get("second_name"):
            self.add_error("is_shared", gettext("Bitte bestätigen Sie, dass sich zwei Organisationen den Sitz teilen."))
        return data

    def _seat(self, data: dict[str, Any], known: str, prefix: str) -> Any:
        if data.get(known):
            if data.get(f"{prefix}_name"):
                self.add_error(
                    f"{prefix}_name", gettext("Bitte wählen Sie eine Organisation aus oder nennen Sie eine neue.")
                )
            return data[known]
        name = data.get(f"{prefix}_name", "")
        if not name:
            self.add_error(known, gettext("Bitte wählen Sie eine Organisation aus oder nennen Sie unten eine neue."))
        elif not data.get(f"{prefix}_kind"):
            self.add_error(f"{prefix}_kind", gettext("Bitte wählen Sie die Art der neuen Organisation."))
        return NewOrganisation(name, data.get(f"{prefix}_kind", ""), data.get(f"{prefix}_land", ""))


class PartnerCreateForm(SeatFields):
    """A new partner."""

    submit_label = _("Partner anlegen")

    name = forms.CharField(
        label=_("Name des Partners"),
        max_length=200,
        required=False,
        help_text=_("Leer: der Name der Organisation, bei zweien „A mit B“."),
    )
    valid_from = forms.DateField(label=_("Partner seit"))
    has_voting_right = forms.BooleanField(label=_("Stimmrecht"), required=False, initial=True)
    has_fee_duty = forms.BooleanField(label=_("Beitragspflicht"), required=False)
    is_in_fund = forms.BooleanField(label=_("Beteiligung am Entwicklungsfonds"), required=False)
    is_listed = forms.BooleanField(label=_("öffentlich genannt"), required=False, initial=True)
    note = forms.CharField(
        label=_("Bemerkung"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sehen nur Geschäftsführung und Produktmanagement."),
    )

    layout = Layout(
        *SeatFields.seat_layout,
        Fieldset(
            _("Partner"),
            "name",
            "valid_from",
            "has_voting_right",
            "has_fee_duty",
            "is_in_fund",
            "is_listed",
            "note",
        ),
    )


class PartnerForm(SeatFields):
    """Name, seat, listing and remark of a partner."""

    name = forms.CharField(label=_("Name des Partners"), max_length=200)
    is_listed = forms.BooleanField(label=_("öffentlich genannt"), required=False)
    note = forms.CharField(
        label=_("Bemerkung"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sehen nur Geschäftsführung und Produktmanagement."),
    )

    layout = Layout(Fieldset(_("Partner"), "name", "is_listed", "note"), *SeatFields.seat_layout)

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        shares = list(partner.shares.select_related("organisation"))
        # A seat shared by more than two came by import; the form leaves it as it is.
        self.keeps_seat = len(shares) > 2
        first, second = [*(share.organisation for share in shares), None, None][:2]
        kwargs["initial"] = {
            "name": partner.name,
            "is_listed": partner.is_listed,
            "note": partner.note,
            "organisation": first,
            "is_shared": second is not None,
            "second": second,
        }
        super().__init__(*args, **kwargs)
        if self.keeps_seat:
            self.layout = Layout(Fieldset(_("Partner"), "name", "is_listed", "note"))
            for field in [field for field in self.fields if field not in ("name", "is_listed", "note")]:
                del self.fields[field]

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data if self.keeps_seat else super().clean()


class StandingForm(KernForm):
    """A dated fact: what holds from which day on, and why."""

    submit_label = _("Eintragen")

    fact = forms.ChoiceField(label=_("Tatsache"), choices=with_blank(Fact.choices, _("Bitte wählen")))
    value = forms.ChoiceField(
        label=_("Wert"),
        choices=[
            ("", _("Bitte wählen")),
            (_("Ja oder nein"), YES_NO),
            (_("Stufe der Mitgliedschaft"), RECORDED_STAGES),
        ],
    )
    valid_from = forms.DateField(label=_("gilt ab"))
    valid_until = forms.DateField(
        label=_("gilt bis"),
        required=False,
        help_text=_("Der erste Tag, an dem es nicht mehr gilt. Leer: bis etwas anderes folgt."),
    )
    reason = forms.CharField(label=_("Grund"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        fact, value = data.get("fact"), data.get("value")
        if fact and value and (fact == Fact.STAGE) != (value in Stage.values):
            self.add_error(
                "value",
                gettext("Zur Mitgliedschaft gehört eine Stufe.")
                if fact == Fact.STAGE
                else gettext("Bitte wählen Sie hier ja oder nein."),
            )
        return data


class EndMembershipForm(KernForm):
    """When and why a partner leaves."""

    form_tag = False

    on = forms.DateField(
        label=_("Erster Tag ohne Mitgliedschaft"),
        help_text=_("Mit Beginn dieses Tages enden alle Rechte und Vertretungen."),
    )
    reason = forms.CharField(label=_("Grund"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
