"""What a partnership says about itself."""

from crispy_forms.layout import Fieldset, Layout
from django.utils.translation import gettext_lazy as _

from partnership.models import Partnership
from partnership.services.partnerships import EDITABLE
from partnership.ui.forms import KernModelForm


class PartnershipForm(KernModelForm):
    """Name, public texts, addresses of a partnership."""

    layout = Layout(
        Fieldset(_("Partnerschaft"), "name", "short_name", "state", "founded_on", "land", "minimum_partners"),
        Fieldset(_("Öffentliche Seite"), "is_public", "purpose", "introduction", "benefits"),
        Fieldset(_("Geschäftsstelle"), "office_name", "office_email", "enquiry_email", "imprint"),
    )

    class Meta:
        model = Partnership
        fields = EDITABLE
