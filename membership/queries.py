"""What pages of membership need, as querysets; higher apps add filters and columns of the partner list."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from membership.enums import Fact
from membership.models import Organisation, Partner, SeatShare, Standing
from membership.models.organisation import OrganisationQuerySet
from membership.models.partner import PartnerQuerySet
from partnership.access import Person, ties
from partnership.enums import Role
from partnership.models import Appointment, Partnership


def organisations_of(partnership: Partnership) -> OrganisationQuerySet:
    """Bodies that one partnership knows: those with a share in a seat, and those that hold an office."""
    return Organisation.objects.known_in([partnership.pk])


def with_standing(partners: PartnerQuerySet, on: date) -> PartnerQuerySet:
    """Partners with each of the five facts as it is on a day: `standing_stage`, `standing_voting_right` …"""
    facts = {
        f"standing_{fact.value}": Subquery(
            Standing.objects.valid(on)
            .filter(partner=OuterRef("pk"), fact=fact)
            .order_by("-valid_from")
            .values("value")[:1]
        )
        for fact in Fact
    }
    return partners.annotate(**facts)


def with_organisations(partners: PartnerQuerySet) -> PartnerQuerySet:
    """Partners with the organisations that share each seat, in one further query."""
    shares = SeatShare.objects.select_related("organisation").order_by("position", "organisation__name")
    return partners.prefetch_related(Prefetch("shares", queryset=shares))


def administered_partners(user: Person, partnership: Partnership) -> PartnerQuerySet:
    """Partners of the partnership that the person administers."""
    ids = ties(user).ids("membership.partner", Role.PARTNER_ADMIN)
    return Partner.objects.filter(partnership=partnership, pk__in=ids)


def administrators(partners: Iterable[Any], on: date) -> QuerySet[Appointment]:
    """Who keeps the entries of partners on a day."""
    return (
        Appointment.objects.valid(on)
        .filter(
            content_type=ContentType.objects.get_for_model(Partner),
            object_pk__in=[str(partner.pk) for partner in partners],
            role=Role.PARTNER_ADMIN,
        )
        .select_related("person")
        .order_by("person__name")
    )


@dataclass(frozen=True)
class ListFilter:
    """A filter of the partner list that a higher app brings; `choices` costs at most one query."""

    name: str
    label: Any
    choices: Callable[[Partnership], list[tuple[str, str]]]
    apply: Callable[[PartnerQuerySet, str, date], PartnerQuerySet]


@dataclass(frozen=True)
class ListColumn:
    """A column of the partner list that a higher app brings; `values` costs at most one query for all rows."""

    key: str
    label: Any
    values: Callable[[Partnership, list[UUID], date], dict[UUID, str]]


list_filters: list[ListFilter] = []
list_columns: list[ListColumn] = []


def register_list_filter(found: ListFilter) -> None:
    """Add a filter to the partner list (in `AppConfig.ready`); the same name replaces."""
    list_filters[:] = [*(one for one in list_filters if one.name != found.name), found]


def register_list_column(found: ListColumn) -> None:
    """Add a column to the partner list (in `AppConfig.ready`); the same key replaces."""
    list_columns[:] = [*(one for one in list_columns if one.key != found.key), found]


def contains(field: str, word: str) -> Q:
    """Rows whose field contains the word in either case; SQLite by itself folds only the letters A to Z."""
    found = Q(**{f"{field}__icontains": word})
    if not word.isascii():
        for variant in {word.lower(), word.upper(), word.capitalize()}:
            found |= Q(**{f"{field}__icontains": variant})
    return found


def matching(partners: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Partners whose name, number or organisation contains every word of the text."""
    for word in text.split()[:8]:
        shares = SeatShare.objects.filter(
            contains("organisation__name", word) | contains("organisation__short_name", word)
        )
        found = contains("name", word) | Q(pk__in=shares.values("partner"))
        if word.isascii() and word.isdigit() and len(word) < 9:
            found |= Q(number=int(word))
        partners = partners.filter(found)
    return partners
