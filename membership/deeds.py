"""Deeds of this app in the audit, by the names that people read."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "contact.added": _("Ansprechperson eingetragen"),
    "contact.changed": _("Ansprechperson geändert"),
    "contact.removed": _("Ansprechperson gelöscht"),
    "enquiry.answered": _("Anfrage beantwortet"),
    "enquiry.closed": _("Anfrage erledigt"),
    "enquiry.received": _("Anfrage eingegangen"),
    "enquiry.reopened": _("Anfrage wieder geöffnet"),
    "import.confirmed": _("Import bestätigt"),
    "import.failed": _("Import gescheitert"),
    "import.applied": _("Tabelle übernommen"),
    "import.uploaded": _("Tabelle hochgeladen"),
    "organisation.changed": _("Organisation geändert"),
    "organisation.created": _("Organisation angelegt"),
    "organisation.introduced": _("Organisation aufgenommen"),
    "partner.changed": _("Partner geändert"),
    "partner.created": _("Partner angelegt"),
    "partner.ended": _("Mitgliedschaft beendet"),
    "standing.recorded": _("Tatsache eingetragen"),
}
