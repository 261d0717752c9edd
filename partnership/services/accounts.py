"""People and how they get in: invitation, password, profile."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from partnership import clock
from partnership.errors import Refusal
from partnership.models import AccountInvitation, Partnership, User
from partnership.services import audit, outbox


class AccountRefused(Refusal):
    """The address or the name cannot be used."""


class InvitationInvalid(Refusal):
    """The link was never given out, is used, or has expired."""


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def invite(*, by: User | None, email: str, name: str, partnership: Partnership | None, target: str = "/tisch/") -> User:
    """The person with this address, made if new; whoever has no password yet gets a mail to set one.

    `target` is the page of this site they land on. Raises AccountRefused.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise AccountRefused(
            _("„%(address)s“ ist keine E-Mail-Adresse.") % {"address": email}, field="email"
        ) from error
    person = User.objects.filter(email=address).first()
    if person is None:
        if not name.strip():
            raise AccountRefused(_("Bitte geben Sie den Namen der Person an."), field="name")
        person = User.objects.create_user(address, name=name)
        audit.record(by=by, action="account.created", subject=person, partnership=partnership)
    if not person.is_active:
        raise AccountRefused(_("Das Konto „%(address)s“ ist gesperrt.") % {"address": address}, field="email")
    if not person.has_usable_password():
        send_invitation(by=by, person=person, partnership=partnership, target=target)
    return person


@transaction.atomic
def send_invitation(
    *, by: User | None, person: User, partnership: Partnership | None, target: str = "/tisch/"
) -> AccountInvitation:
    """Mail a fresh link to a person who has no password yet; older links stop working."""
    if person.has_usable_password():
        raise AccountRefused(_("%(person)s hat bereits ein Passwort.") % {"person": person})
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or not target.startswith("/"):
        target = "/tisch/"
    now = clock.now()
    person.invitations.filter(accepted_at__isnull=True, expires_at__gt=now).update(expires_at=now)
    invitation, secret = _invitation(by, person, partnership, target)
    invitation.save(force_insert=True)
    outbox.post_many([_letter(invitation, secret)])
    audit.record(by=by, action="account.invited", subject=person, partnership=partnership)
    return invitation


@transaction.atomic
def create_many(
    *, by: User | None, names: Mapping[str, str], partnership: Partnership, is_inviting: bool, target: str = "/tisch/"
) -> dict[str, User]:
    """New people by address, with the name of each, in few statements; invited at once if wanted.

    For tables with hundreds of people; all of them must be new. Raises AccountRefused.
    """
    for address in names:
        try:
            validate_email(address)
        except ValidationError as error:
            raise AccountRefused(_("„%(address)s“ ist keine E-Mail-Adresse.") % {"address": address}) from error
    people = [
        User(email=address.strip().lower(), name=name.strip(), password=make_password(None))
        for address, name in names.items()
    ]
    User.objects.bulk_create(people)
    audit.record_many(by=by, action="account.created", subjects=people, partnership=partnership)
    if is_inviting:
        made = [_invitation(by, person, partnership, target) for person in people]
        AccountInvitation.objects.bulk_create(invitation for invitation, _secret in made)
        outbox.post_many([_letter(invitation, secret) for invitation, secret in made])
        audit.record_many(by=by, action="account.invited", subjects=people, partnership=partnership)
    return {person.email: person for person in people}


def _invitation(
    by: User | None, person: User, partnership: Partnership | None, target: str
) -> tuple[AccountInvitation, str]:
    """A fresh link, not saved yet, and its secret."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    invitation = AccountInvitation(
        user=person,
        secret_hash=_hash(secret),
        target=target,
        partnership=partnership,
        created_at=now,
        expires_at=now + timedelta(days=settings.INVITATION_DAYS),
        invited_by=by,
    )
    return invitation, secret


def _letter(invitation: AccountInvitation, secret: str) -> outbox.Letter:
    """The mail with the link of an invitation that is saved."""
    person, partnership = invitation.user, invitation.partnership
    house = str(partnership) if partnership else "Konvent"
    return outbox.Letter(
        kind="account_invitation",
        template="partnership/mail/account_invitation",
        context={
            "person": person,
            "partnership": partnership,
            "invited_by": invitation.invited_by,
            "expires_at": invitation.expires_at,
            "url": settings.SITE_URL + reverse("invitation_accept", kwargs={"secret": secret}),
        },
        recipient=person,
        partnership=partnership,
        about=person,
        dedup_key=f"account-invitation:{invitation.pk}",
        subject=_("%(house)s: Ihr Zugang zum Portal") % {"house": house},
        reply_to=partnership.office_email if partnership else "",
    )


def find_invitation(secret: str) -> AccountInvitation:
    """The invitation of a link, expired or not. Raises InvitationInvalid where there never was one."""
    found = AccountInvitation.objects.select_related("user", "partnership").filter(secret_hash=_hash(secret)).first()
    if found is None or not found.user.is_active:
        raise InvitationInvalid(_("Diesen Link kennen wir nicht. Bitte öffnen Sie den Link aus der neuesten E-Mail."))
    return found


@transaction.atomic
def renew_invitation(*, secret: str) -> None:
    """Mail a fresh link in place of an expired one, to the same address and for the same page."""
    found = find_invitation(secret)
    if not found.user.has_usable_password():
        send_invitation(by=found.invited_by, person=found.user, partnership=found.partnership, target=found.target)


@transaction.atomic
def accept_invitation(*, secret: str, password: str) -> tuple[User, str]:
    """Set the first password; answers the person and the page to go to.

    Raises InvitationInvalid for used and expired links, AccountRefused for a weak password.
    """
    found = find_invitation(secret)
    person = User.objects.select_for_update().get(pk=found.user_id)
    if found.accepted_at is not None or person.has_usable_password():
        raise InvitationInvalid(_("Dieser Link wurde bereits benutzt. Bitte melden Sie sich an."))
    if found.expires_at <= clock.now():
        raise InvitationInvalid(_("Dieser Link ist abgelaufen."))
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise AccountRefused(" ".join(error.messages), field="password1") from error
    person.set_password(password)
    person.save(update_fields=["password"])
    found.accepted_at = clock.now()
    found.save(update_fields=["accepted_at"])
    audit.record(by=person, action="account.accepted", subject=person, partnership=found.partnership)
    return person, found.target


@transaction.atomic
def update_profile(
    *, by: User, name: str, job_title: str = "", phone: str = "", language: str = "", time_zone: str = "Europe/Berlin"
) -> User:
    """What a person may change about themselves."""
    by.name, by.job_title, by.phone, by.language, by.time_zone = name, job_title, phone, language, time_zone
    by.save(update_fields=["name", "job_title", "phone", "language", "time_zone"])
    audit.record(by=by, action="account.updated", subject=by)
    return by
