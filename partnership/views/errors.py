"""What the site answers when something is wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. A database that is away or locked answers 503 with Retry-After (reliability.md 4.1).

    Not a middleware's `process_exception`, which sees what breaks in views only: sessions are read before.
    """
    is_pause = isinstance(sys.exception(), OperationalError | InterfaceError)
    name, status = ("503.html", 503) if is_pause else ("500.html", 500)
    # Drawn without the request, whose session and person may be what broke.
    response = HttpResponse(render_to_string(name), status=status)
    response["Cache-Control"] = "no-store"
    if is_pause:
        response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without a valid token: most often a session that has ended meanwhile."""
    return render(
        request,
        "403.html",
        {
            "exception": _(
                "Das Formular war nicht mehr gültig, meist weil die Sitzung abgelaufen ist. "
                "Gehen Sie zurück, laden Sie die Seite neu und senden Sie noch einmal."
            )
        },
        status=403,
    )
