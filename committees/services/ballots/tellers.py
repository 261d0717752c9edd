"""The two tellers of a sealed ballot: appointed before opening, each with a passphrase; together they open the urn."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from committees import policies, sealing
from committees.enums import BallotState
from committees.models import Ballot, BallotPaper, Teller
from committees.models.secret import TELLERS
from committees.sealing import Deed
from committees.services.ballots import closing, neighbours, secret
from committees.services.ballots.authority import ballots, hold, require
from committees.services.ballots.errors import BallotRefused, KeyRefused, NotAllowed, TooManyCasts, WrongState
from committees.services.ballots.strongbox import Box, KeyLost, WrongPassphrase, decrypt
from partnership.db.locks import lock
from partnership.models import User
from partnership.services import audit

ATTEMPTS_PER_WINDOW = 10
WINDOW_SECONDS = 600


@transaction.atomic
def appoint_tellers(*, by: User, ballot: Ballot, persons: Sequence[User]) -> Ballot:
    """Name the two persons who will count a sealed ballot, before it is opened. Each sets a passphrase then.

    Whoever stays keeps theirs. Raises BallotRefused, NotAllowed, WrongState.
    """
    ballot = _draft(ballot)
    require(policies.conduct, by, ballot)
    if len({person.pk for person in persons}) != TELLERS:
        raise BallotRefused(_("Es müssen zwei verschiedene Personen sein."), field="second")
    standing = {teller.position: teller for teller in Teller.objects.filter(ballot=ballot)}
    wanted = dict(enumerate(persons, start=1))
    changed = [
        place for place, person in wanted.items() if getattr(standing.get(place), "person_id", None) != person.pk
    ]
    Teller.objects.filter(ballot=ballot, position__in=changed).delete()
    new = Teller.objects.bulk_create(Teller(ballot=ballot, person=wanted[place], position=place) for place in changed)
    if new:
        audit.record(
            by=by, action="ballot.tellers_appointed", subject=ballot, persons=[str(person.pk) for person in persons]
        )
        neighbours.notices().appointed(ballot=ballot, people=[teller.person for teller in new])
    return ballot


def carry(ballot: Ballot, successor: Ballot) -> None:
    """The same tellers for the ballot that repeats an annulled one; their passphrases are asked for anew."""
    rows = list(Teller.objects.filter(ballot=ballot).select_related("person"))
    Teller.objects.bulk_create(
        Teller(ballot=successor, person=teller.person, position=teller.position) for teller in rows
    )
    neighbours.notices().appointed(ballot=successor, people=[teller.person for teller in rows])


@sensitive_variables("passphrase")
@transaction.atomic
def set_passphrase(*, by: User, ballot: Ballot, passphrase: str) -> Teller:
    """Make the teller's key and lock it by a passphrase that nobody else knows; until opening it can be set anew.

    Raises NotAllowed, KeyRefused, WrongState.
    """
    ballot = _draft(ballot)
    teller = _teller(ballot, by)
    _must_be_good(passphrase, by)
    teller.public_key = Box(ballot.pk, teller.position).make(passphrase)
    teller.save(update_fields=["public_key"])
    audit.record(by=by, action="ballot.passphrase_set", subject=ballot)
    return teller


@sensitive_variables("passphrase", "mine", "keys", "markings")
@transaction.atomic
def open_urn(*, by: User, ballot: Ballot, passphrase: str) -> Ballot:
    """Give one's passphrase after the end of voting; with the second one the papers are opened and counted.

    Raises NotAllowed, KeyRefused, TooManyCasts, WrongState.
    """
    ballot = hold(ballot)
    if ballot.state != BallotState.COUNTING:
        raise WrongState(
            _("Das geht nicht: Die Abstimmung „%(title)s“ hat den Stand „%(state)s“.")
            % {"title": ballot.title, "state": ballot.get_state_display()}
        )
    teller = _teller(ballot, by)
    _slow_down(ballot, by)
    box = Box(ballot.pk, teller.position)
    try:
        mine = box.open(passphrase)
        other = Teller.objects.filter(ballot=ballot).exclude(pk=teller.pk).get()
        if teller.has_opened:
            return ballot
        teller.has_opened = True
        teller.save(update_fields=["has_opened"])
        audit.record(by=by, action="ballot.urn_unlocked", subject=ballot)
        if not other.has_opened:
            box.hand_on(mine, bytes(other.public_key))
            return ballot
        keys = [mine, Box(ballot.pk, other.position).take_over(mine)]
    except WrongPassphrase:
        raise KeyRefused(
            _("Das Kennwort passt nicht. Es ist das, das Sie vor der Eröffnung für diese Abstimmung gesetzt haben."),
            field="passphrase",
        ) from None
    except KeyLost:
        raise KeyRefused(
            _(
                "Der Schlüssel dieser Abstimmung ist nicht mehr vorhanden. Niemand kann die Stimmzettel öffnen; "
                "die Abstimmung muss aufgehoben und wiederholt werden."
            )
        ) from None
    if teller.position != 1:
        keys.reverse()
    papers = BallotPaper.objects.filter(ballot=ballot).values_list("ciphertext", flat=True)
    try:
        markings = [decrypt(bytes(paper or b""), ballot.pk, keys) for paper in papers]
    except InvalidTag:
        secret.forget_keys(ballot.pk)
        closing.dispute(ballot)
        return ballot
    sealing.seal(ballot, Deed.OPEN, markings)
    return closing.settle(ballot, by=by)


def _draft(ballot: Ballot) -> Ballot:
    """The ballot, locked. Raises WrongState unless it is a sealed one that is being prepared."""
    ballot = lock(ballots(), ballot.pk)
    if ballot.state != BallotState.DRAFT:
        raise WrongState(_("Die Abstimmung ist eröffnet. Zählende Personen und Kennwörter stehen damit fest."))
    if not ballot.is_sealed:
        raise WrongState(_("Zählende Personen braucht nur eine versiegelte geheime Abstimmung."))
    return ballot


def _teller(ballot: Ballot, person: User) -> Teller:
    teller = Teller.objects.filter(ballot=ballot, person=person).first()
    if teller is None:
        raise NotAllowed(_("Sie sind für diese Abstimmung nicht als zählende Person benannt."))
    return teller


def _must_be_good(passphrase: str, person: User) -> None:
    try:
        validate_password(passphrase, person)
    except ValidationError as problem:
        raise KeyRefused(" ".join(problem.messages), field="passphrase") from problem
    if person.check_password(passphrase):
        raise KeyRefused(
            _("Bitte nehmen Sie ein anderes Kennwort als das, mit dem Sie sich anmelden."), field="passphrase"
        )


def _slow_down(ballot: Ballot, person: User) -> None:
    key = f"ballot:{ballot.pk}:urn:{person.pk}"
    cache.add(key, 0, WINDOW_SECONDS)
    try:
        attempts = cache.incr(key)
    except ValueError:
        attempts = 1
    if attempts > ATTEMPTS_PER_WINDOW:
        raise TooManyCasts(_("Zu viele Versuche. Bitte warten Sie zehn Minuten."))
