"""Who may see or do what in committees. Whether a vote *counts* is asked by the services, under the lock."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from committees.enums import DelegateKind
from partnership.access import Person, policy, ties
from partnership.enums import Role

OFFICE = _("Das ist der Geschäftsführung und der Schriftführung des Gremiums vorbehalten.")
CHAIR = _("Das ist dem Vorsitz des Gremiums vorbehalten.")
CONDUCT = _("Das ist dem Vorsitz, der Schriftführung und der Geschäftsführung vorbehalten.")


def is_office(user: Person, subject: Any) -> bool:
    """Managing office of the partnership, or secretary of the committee `subject` belongs to."""
    held = ties(user)
    if held.holds(Role.MANAGING_OFFICE, on=subject.partnership):
        return True
    committee = _committee_of(subject)
    return committee is not None and held.holds(Role.SECRETARY, on=committee)


def is_chair(user: Person, subject: Any) -> bool:
    """Chair or deputy chair of the committee `subject` belongs to."""
    committee = _committee_of(subject)
    return committee is not None and ties(user).holds(Role.CHAIR, Role.DEPUTY_CHAIR, on=committee)


def _committee_of(subject: Any) -> Any:
    from committees.models import Committee

    return subject if isinstance(subject, Committee) else getattr(subject, "committee", None)


@policy(_("Sie gehören dieser Partnerschaft nicht an."))
def belong(user: Person, subject: Any) -> bool:
    """Everybody who holds anything in the partnership; the object was already filtered by `visible_to`."""
    return ties(user).belongs_to(getattr(subject, "partnership_id", None) or subject.pk)


@policy(OFFICE)
def prepare(user: Person, subject: Any) -> bool:
    """Managing office, or secretary of the committee: meetings, agendas, invitations, minutes."""
    return is_office(user, subject)


@policy(CONDUCT)
def conduct(user: Person, subject: Any) -> bool:
    """Chair, deputy chair, secretary or managing office: the cockpit of a meeting, the steps of a ballot."""
    return is_chair(user, subject) or is_office(user, subject)


@policy(CHAIR)
def preside(user: Person, subject: Any) -> bool:
    """Chair or deputy chair: exclusions for conflict of interest, and the decision of a tie."""
    return is_chair(user, subject)


@policy(_("Die Mitgliederlisten pflegen Geschäftsführung und Produktmanagement."))
def curate(user: Person, subject: Any) -> bool:
    """Managing office or product management of the partnership."""
    from partnership.models import Partnership

    partnership = subject if isinstance(subject, Partnership) else subject.partnership
    return ties(user).holds(Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER, on=partnership)


# --- motions and the register ----------------------------------------------------------------------
@policy(_("Vorlagen bringen die Vertretungen der Partner und die Geschäftsführung ein."))
def submit_motion(user: Person, partnership: Any) -> bool:
    """Delegates and deputies of any committee of the partnership, and the managing office."""
    held = ties(user)
    if held.holds(Role.MANAGING_OFFICE, on=partnership):
        return True
    return any(
        tie.partnership_id == partnership.pk and tie.label == "committees.committee" and tie.partner_id
        for tie in held.items
    )


@policy(_("Diese Vorlage ändern nur der einreichende Partner und die Geschäftsführung."))
def amend_motion(user: Person, motion: Any) -> bool:
    """Who wrote the motion, people of the submitting partner, and the managing office."""
    held = ties(user)
    if held.holds(Role.MANAGING_OFFICE, on=motion.partnership):
        return True
    if not held.belongs_to(motion.partnership_id):
        return False
    return motion.created_by_id == user.pk or motion.submitting_partner_id in held.partner_ids


@policy(_("Das ist der Geschäftsführung vorbehalten."))
def manage_motion(user: Person, motion: Any) -> bool:
    """The managing office: the way through the committees, and the end of a motion."""
    return ties(user).holds(Role.MANAGING_OFFICE, on=motion.partnership)


@policy(_("Änderungsanträge stellen die Vertretungen der Partner und die Geschäftsführung."))
def propose_amendment(user: Person, motion: Any) -> bool:
    """Delegates and deputies of any committee of the partnership, and the managing office."""
    return bool(submit_motion(user, motion.partnership))


@policy(_("Die Reihenfolge der Änderungsanträge bestimmt, wer ein beratendes Gremium leitet."))
def order_amendments(user: Person, motion: Any) -> bool:
    """Whoever conducts a committee on the motion's way, and the managing office."""
    held = ties(user)
    if held.holds(Role.MANAGING_OFFICE, on=motion.partnership):
        return True
    led = held.ids("committees.committee", Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY)
    return any(referral.committee_id in led for referral in motion.referrals.all())


@policy(_("Das melden Geschäftsführung und Produktmanagement."))
def report_implemented(user: Person, motion: Any) -> bool:
    """Managing office and product management: they see what became of a resolution."""
    return ties(user).holds(Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER, on=motion.partnership)


# --- ballots -----------------------------------------------------------------------------------------
@policy(CONDUCT)
def prepare_ballots(user: Person, partnership: Any) -> bool:
    """Who conducts any committee of the partnership: chair, deputy chair, secretary, managing office."""
    held = ties(user)
    if held.holds(Role.MANAGING_OFFICE, on=partnership):
        return True
    return bool(held.roles_in(partnership.pk) & {Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY})


@policy(_("Das ist den Vertretungen der Partner in diesem Gremium vorbehalten."))
def represent(user: Person, subject: Any) -> bool:
    """Whoever acts for a partner in the committee `subject` belongs to: proxies, conflicts of interest."""
    return any(
        tie.object_id == subject.committee_id and tie.partner_id and tie.kind in DelegateKind.values
        for tie in ties(user).items
    )


@policy()
def vote(user: Person, ballot: Any) -> bool:
    """Everybody signed in may try: whether the vote counts is decided by the service, under the lock."""
    return True
