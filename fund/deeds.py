"""Deeds of this app in the audit, by the names that people read."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "fund.changed": _("Fonds geändert"),
    "fund.created": _("Fonds eingerichtet"),
    "measure.approved": _("Maßnahme bewilligt"),
    "measure.cancelled": _("Maßnahme aufgegeben"),
    "measure.changed": _("Maßnahme geändert"),
    "measure.done": _("Maßnahme abgeschlossen"),
    "measure.proposed": _("Maßnahme vorgeschlagen"),
    "pledge.changed": _("Zusage geändert"),
    "pledge.made": _("Beitrag zugesagt"),
    "pledge.withdrawn": _("Zusage zurückgezogen"),
    "posting.booked": _("Gebucht"),
    "posting.reversed": _("Buchung storniert"),
}
