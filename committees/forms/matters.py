"""Forms about kinds of matters, and the field by which a motion or a ballot names one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from committees.models import Matter
from partnership.ui.forms import KernForm


class MatterForm(KernForm):
    """A kind of matter."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Zum Beispiel: Haushalt, Änderung der Satzung, Wahl des Vorsitzes."),
    )
    description = forms.CharField(
        label=_("Beschreibung"), max_length=300, required=False, help_text=_("Was dazu gehört, in einem Satz.")
    )


class MatterField(forms.ModelChoiceField):
    """The kind of matter; it decides by which rules the committee votes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Matter.objects.none(),
            label=_("Art der Angelegenheit"),
            required=False,
            empty_label=_("keine besondere"),
            help_text=_("Hat das Gremium für diese Art eigene Verfahrensregeln, entscheidet es nach ihnen."),
            **kwargs,
        )


def offer_matters(fields: dict[str, forms.Field], kinds: QuerySet[Matter]) -> None:
    """Let the field choose among these kinds; where there are none, it is left out."""
    field = fields["matter"]
    assert isinstance(field, MatterField)
    field.queryset = kinds
    # Asked for once; the field itself would ask again for its choices.
    field.choices = [("", field.empty_label), *((kind.pk, kind.name) for kind in kinds.order_by("name"))]
    if len(field.choices) == 1:
        del fields["matter"]
