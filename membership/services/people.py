"""Finding the person somebody names by address, or inviting them."""

from partnership.models import Partnership, User
from partnership.services import accounts


def find_or_invite(
    *, by: User | None, email: str, name: str, partnership: Partnership, target: str = "/tisch/"
) -> User:
    """The person with this address; a new one gets an account and a mail to set a password.

    Raises accounts.AccountRefused. Whoever has an account already gets no second mail.
    """
    person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is not None:
        return person
    return accounts.invite(by=by, email=email, name=name, partnership=partnership, target=target)
