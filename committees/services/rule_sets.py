"""Dated versions of the rules a committee decides by; a version once made is never changed."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committees.models import Committee, Matter, RuleSet
from committees.rules.rule_set import Rules
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit


class RuleSetRefused(Refusal):
    """The version cannot begin on that day, or says nothing new."""


@transaction.atomic
def create(
    *,
    by: User | None,
    committee: Committee,
    rules: Rules,
    valid_from: date,
    matter: Matter | None = None,
    preset: str = "",
    reason: str = "",
) -> RuleSet:
    """Add the next version, general or for a kind of matter; the one before it ends that day.

    Versions are numbered through for the committee, so that a number names one. Ballots keep the version they were
    opened under. Raises RuleSetRefused.
    """
    committee = lock(Committee.objects.select_related("partnership"), committee.pk)
    if matter is not None and matter.partnership_id != committee.partnership_id:
        raise RuleSetRefused(_("Diese Art der Angelegenheit gehört zu einer anderen Partnerschaft."))
    newest = committee.rule_sets.aggregate(version=Max("version"))["version"] or 0
    last = committee.rule_sets.filter(matter=matter).order_by("-version").first()
    settings = rules.to_data()
    if newest and valid_from < clock.today():
        raise RuleSetRefused(
            _("Eine neue Fassung kann nicht rückwirkend gelten; der früheste Tag ist der %(day)s.")
            % {"day": _day(clock.today())},
            field="valid_from",
        )
    if last is not None:
        if valid_from < last.valid_from:
            raise RuleSetRefused(
                _("Fassung %(version)s gilt erst ab dem %(day)s; eine weitere kann frühestens an diesem Tag folgen.")
                % {"version": last.version, "day": _day(last.valid_from)},
                field="valid_from",
            )
        if last.settings == settings and last.valid_until is None:
            raise RuleSetRefused(
                _("Diese Regeln sagen dasselbe wie die geltende Fassung %(version)s.") % {"version": last.version}
            )
        if last.valid_until is None or last.valid_until > valid_from:
            last.valid_until = valid_from
            last.save(update_fields=["valid_until"])
    version = RuleSet.objects.create(
        committee=committee,
        matter=matter,
        version=newest + 1,
        preset=preset,
        settings=settings,
        reason=reason,
        valid_from=valid_from,
        created_by=by,
    )
    audit.record(
        by=by,
        action="rule_set.created",
        subject=version,
        partnership=committee.partnership,
        committee=str(committee.pk),
        matter=str(matter.pk) if matter else None,
        version=version.version,
        valid_from=valid_from.isoformat(),
        reason=reason,
    )
    return version


def _day(day: date) -> str:
    return date_format(day, "d.m.Y")
