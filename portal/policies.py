"""Who may enter by the front door."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partnership.access import Person, policy
from partnership.models import Partnership, User


@policy(_("Partnerschaften richtet die Verwaltung der Installation ein."), is_public=True)
def found(user: Person, subject: Any) -> bool:
    """Administrators; on an empty embedded installation, whoever stands at the machine."""
    if isinstance(user, User) and user.is_superuser:
        return True
    return settings.KONVENT_OPEN_SETUP and not User.objects.exists() and not Partnership.objects.exists()


@policy(_("Das gibt es nur in der Demonstration."), is_public=True)
def demonstration(user: Person, subject: Any) -> bool:
    """Everybody, in the demonstration only."""
    return settings.KONVENT_DEMO
