"""Sessions in the database, as Django keeps them; every request of a signed-in person begins by reading one."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from partnership.db.prepared import Prepared


@Prepared
def _running(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


class SessionStore(db.SessionStore):
    """Reads with SQL that was put together before."""

    def _get_session_from_db(self) -> Any:
        found = _running.first(key=self.session_key or "", now=timezone.now())
        if found is None:
            self._session_key = None
        return found
