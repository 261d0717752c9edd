"""What the site answers when something is wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


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
