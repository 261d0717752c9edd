"""How many votes each partner has on a day, and what second conditions are measured by: rules and keys joined."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.models import Key, KeyShare
from committees.models.key import PLACES
from committees.rules.rule_set import AlsoKind, RuleError, Rules, WeightKind
from membership.models import SeatShare
from partnership import clock
from partnership.errors import Refusal
from partnership.models import Partnership

HUNDRED_THOUSANDTHS = 10**PLACES


class WeighingRefused(Refusal):
    """A key the rules ask for is missing, empty, or gives nobody a vote."""


@dataclass(frozen=True)
class Weighed:
    """What a partner brings to a vote: its votes, its type of body, its share of the key of a second condition."""

    weight: int
    body_type: str
    key_value: int | None


def weigh(rules: Rules, *, partnership: Partnership, partners: Collection[UUID], on: date) -> dict[UUID, Weighed]:
    """What each of the partners brings to a vote on a day; those without a vote have weight 0.

    Raises WeighingRefused.
    """
    values = _values(rules, partnership, on)
    weights = _weights(rules, values, partners)
    second = _second_key(rules)
    shares = None if second is None else values[second]
    if shares is not None and not any(shares.get(partner) for partner in partners if weights[partner]):
        raise WeighingRefused(
            _("Kein stimmberechtigter Partner hat einen Anteil im Schlüssel „%(key)s“, den die Regeln verlangen.")
            % {"key": second}
        )
    types = body_types(partnership)
    return {
        partner: Weighed(
            weights[partner],
            types.get(partner, ""),
            None if shares is None else int(shares.get(partner, Decimal(0)) * HUNDRED_THOUSANDTHS),
        )
        for partner in partners
    }


def votes_of(rules: Rules, *, partnership: Partnership, partners: Collection[UUID], on: date) -> dict[UUID, int]:
    """The votes of each of the partners on a day; no statement where all have one. Raises WeighingRefused."""
    if rules.weights.kind is WeightKind.EQUAL:
        return dict.fromkeys(partners, 1)
    return _weights(rules, _values(rules, partnership, on), partners)


def mark_used(rules: Rules, *, partnership: Partnership, on: date) -> None:
    """Nobody changes the keys a ballot is weighed by; waits for whoever is changing one now."""
    if codes := rules.key_codes:
        keys = Key.objects.valid(on).filter(partnership=partnership, code__in=codes, used_at=None)
        keys.update(used_at=clock.now())


def body_types(partnership: Partnership) -> dict[UUID, str]:
    """The type of body of each partner: that of the first organisation on its seat."""
    rows = SeatShare.objects.filter(partner__partnership=partnership).order_by("-position", "-pk")
    return dict(rows.values_list("partner_id", "organisation__kind"))


def _second_key(rules: Rules) -> str | None:
    return next((also.key for also in rules.also if also.kind is AlsoKind.KEY), None)


def _values(rules: Rules, partnership: Partnership, on: date) -> dict[str, dict[UUID, Decimal]]:
    """The values of the keys the rules ask for, by code and partner."""
    codes = rules.key_codes
    if not codes:
        return {}
    keys = Key.objects.in_force(partnership=partnership, codes=codes, on=on)
    if missing := sorted(codes - set(keys)):
        raise WeighingRefused(
            _(
                "Die Verfahrensregeln verlangen den Schlüssel „%(code)s“, aber am %(day)s gilt keiner. "
                "Bitte legen Sie ihn unter „Schlüssel“ an."
            )
            % {"code": missing[0], "day": date_format(on, "d.m.Y")}
        )
    values: dict[str, dict[UUID, Decimal]] = {code: {} for code in codes}
    for code, partner, value in KeyShare.objects.filter(key__in=keys.values()).values_list(
        "key__code", "partner_id", "value"
    ):
        values[code][partner] = value
    for code, found in values.items():
        if not any(found.values()):
            raise WeighingRefused(
                _("Der Schlüssel „%(key)s“ hat noch keine Werte. Bitte tragen Sie sie unter „Schlüssel“ ein.")
                % {"key": keys[code].name}
            )
    return values


def _weights(rules: Rules, values: Mapping[str, Mapping[UUID, Decimal]], partners: Collection[UUID]) -> dict[UUID, int]:
    if rules.weights.key is None:
        return dict.fromkeys(partners, 1)
    listed = values[rules.weights.key]
    try:
        weights = {
            partner: rules.weights.of(Fraction(listed[partner]) if partner in listed else None) for partner in partners
        }
    except RuleError as error:
        raise WeighingRefused(
            _("Schlüssel „%(key)s“: %(problem)s")
            % {"key": rules.weights.key, "problem": error.sentence.text(get_language())}
        ) from error
    if partners and not any(weights.values()):
        raise WeighingRefused(
            _("Nach dem Schlüssel „%(key)s“ hätte kein Partner eine Stimme.") % {"key": rules.weights.key}
        )
    return weights
