"""How allauth is fitted in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from partnership.models import User
from partnership.services import audit, outbox


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: people are invited. Mails go through the outbox as all others do."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        # The site's own address, never the Host header of the request (reliability.md N8).
        uid, _sep, rest = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest})
        return settings.SITE_URL + path

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        assert isinstance(user, User)
        outbox.post(
            kind="password_reset",
            template="partnership/mail/password_reset",
            context={"url": context["password_reset_url"]},
            recipient=user,
            partnership=None,
            about=user,
            dedup_key=f"password-reset:{user.pk}:{get_random_string(22)}",
            subject=_("Konvent: Passwort neu setzen"),
        )
        audit.record(by=None, action="account.password_reset_requested", subject=user)


@receiver(user_logged_in)
def start_the_clock(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Note when the session began; `partnership.middleware.SessionLimits` ends it in time."""
    request.session["started"] = int(timezone.now().timestamp())
