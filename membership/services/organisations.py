"""Keeping the legal bodies a partnership knows."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from membership.models import Organisation
from membership.rules.ags import parse_ags
from membership.rules.leitweg import parse_leitweg_id
from membership.rules.sentence import RuleRefusal
from partnership import clock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import audit

# What may be told about a body. Nothing else reaches the database.
FIELDS = (
    "name",
    "short_name",
    "kind",
    "land",
    "population",
    "population_on",
    "ags",
    "leitweg_id",
    "website",
    "address",
    "parent",
)


class OrganisationRefused(Refusal):
    """An entry about a body is wrong, or contradicts another."""


def checked_leitweg_id(text: str) -> str:
    """The Leitweg-ID in its written form, or OrganisationRefused."""
    return _ruled(parse_leitweg_id, "leitweg_id", text)


def checked_ags(text: str, land: str = "") -> str:
    """The AGS in its written form, or OrganisationRefused."""
    return _ruled(parse_ags, "ags", text, land)


def _ruled(rule: Any, field: str, text: str, *more: str) -> str:
    if not text.strip():
        return ""
    try:
        return rule(text, *more)
    except RuleRefusal as refusal:
        raise OrganisationRefused(refusal.sentence.text(get_language()), field=field) from refusal


def check(values: dict[str, Any]) -> dict[str, Any]:
    """The values of one body, each in its written form. Raises OrganisationRefused with the field at fault."""
    clean = dict(values)
    if "name" in clean:
        clean["name"] = " ".join(str(clean["name"]).split())
        if not clean["name"]:
            raise OrganisationRefused(_("Bitte geben Sie den Namen der Organisation an."), field="name")
    if "leitweg_id" in clean:
        clean["leitweg_id"] = checked_leitweg_id(clean["leitweg_id"] or "")
    if "ags" in clean:
        clean["ags"] = checked_ags(clean["ags"] or "", clean.get("land") or "")
    population, population_on = clean.get("population"), clean.get("population_on")
    if population is not None and population_on is None:
        raise OrganisationRefused(_("Zur Einwohnerzahl gehört ihr Stichtag."), field="population_on")
    if population is None and population_on is not None:
        raise OrganisationRefused(_("Zum Stichtag gehört die Einwohnerzahl."), field="population")
    if isinstance(population_on, date) and population_on > clock.today():
        raise OrganisationRefused(_("Der Stichtag der Einwohnerzahl liegt in der Zukunft."), field="population_on")
    return clean


@transaction.atomic
def create(*, by: User | None, partnership: Partnership, name: str, kind: str, **values: Any) -> Organisation:
    """Note a body the partnership deals with. A body of this name that the installation knows is taken as it is.

    Raises OrganisationRefused.
    """
    clean = check({"name": name, "kind": kind, **_known(values)})
    known = Organisation.objects.filter(name__iexact=clean["name"]).first()
    if known is not None:
        if known.partnerships.filter(pk=partnership.pk).exists():
            raise OrganisationRefused(
                _("Die Organisation „%(name)s“ gibt es bereits.") % {"name": known.name}, field="name"
            )
        known.partnerships.add(partnership)
        audit.record(by=by, action="organisation.introduced", subject=known, partnership=partnership)
        return known
    organisation = Organisation.objects.create(**clean)
    organisation.partnerships.add(partnership)
    audit.record(by=by, action="organisation.created", subject=organisation, partnership=partnership)
    return organisation


@transaction.atomic
def edit(*, by: User | None, organisation: Organisation, partnership: Partnership, **values: Any) -> Organisation:
    """Correct what is known about a body; only the named fields change. Raises OrganisationRefused."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    stated = {field: getattr(organisation, field) for field in ("land", "population", "population_on")}
    clean = check(stated | _known(values))
    clean = {field: clean[field] for field in values if field in clean}
    name = clean.get("name")
    if name and Organisation.objects.filter(name__iexact=name).exclude(pk=organisation.pk).exists():
        raise OrganisationRefused(_("Die Organisation „%(name)s“ gibt es bereits.") % {"name": name}, field="name")
    if clean.get("parent") is not None and _is_below(clean["parent"], organisation):
        raise OrganisationRefused(_("Eine Organisation kann nicht zu sich selbst gehören."), field="parent")
    changed = {
        field: [_plain(getattr(organisation, field)), _plain(value)]
        for field, value in clean.items()
        if getattr(organisation, field) != value
    }
    if not changed:
        return organisation
    for field in changed:
        setattr(organisation, field, clean[field])
    organisation.save(update_fields=list(changed))
    audit.record(by=by, action="organisation.changed", subject=organisation, partnership=partnership, changes=changed)
    return organisation


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of an organisation: {', '.join(sorted(unknown))}")
    return values


def _is_below(body: Organisation | None, top: Organisation) -> bool:
    seen = set()
    while body is not None and body.pk not in seen:
        if body.pk == top.pk:
            return True
        seen.add(body.pk)
        body = body.parent
    return False


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)
