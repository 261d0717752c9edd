"""The page "Partnerschaft einrichten"."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from committees.enums import CommitteeKind
from committees.rules.presets import PRESETS
from partnership.enums import Land, Role
from partnership.ui.forms import KernForm

FIRST_COMMITTEES = (
    {"name": "Strategisches Komitee", "code": "SK", "kind": CommitteeKind.DECIDES.value, "preset": "equal_simple"},
    {
        "name": "Technisches Komitee",
        "code": "TK",
        "kind": CommitteeKind.RECOMMENDS.value,
        "preset": "equal_simple",
        "recommends_to": "SK",
    },
)


class FoundingForm(KernForm):
    """The partnership and its first managing office."""

    form_tag = False

    name = forms.CharField(label=_("Name der Partnerschaft"), max_length=200)
    short_name = forms.CharField(label=_("Kurzname"), max_length=40, help_text=_("Steht im Betreff jeder Mail."))
    slug = forms.SlugField(
        label=_("Adresse"),
        max_length=60,
        help_text=_("Teil der Internetadresse: /p/…/. Kleinbuchstaben, Ziffern, Bindestrich."),
    )
    founded_on = forms.DateField(label=_("Gegründet am"), required=False)
    land = forms.ChoiceField(label=_("Land"), choices=Land.choices, help_text=_("Bestimmt die Feiertage bei Fristen."))
    office_name = forms.CharField(label=_("Name der Geschäftsstelle"), max_length=200, required=False)
    office_email = forms.EmailField(
        label=_("Adresse der Geschäftsstelle"), help_text=_("Antworten auf Mails des Portals gehen hierhin.")
    )
    person_name = forms.CharField(label=_("Ihr Name"), max_length=150)
    person_email = forms.EmailField(label=_("Ihre E-Mail-Adresse"))
    password1 = forms.CharField(
        label=_("Passwort"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    password2 = forms.CharField(
        label=_("Passwort wiederholen"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *args: Any, with_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_password:
            del self.fields["password1"], self.fields["password2"]
            self.fields["person_name"].label = _("Name der ersten Person der Geschäftsführung")
            self.fields["person_email"].label = _("Deren E-Mail-Adresse")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password1" in self.fields and data.get("password1"):
            if data.get("password2") and data["password1"] != data["password2"]:
                self.add_error("password2", _("Die beiden Passwörter sind nicht gleich."))
            try:
                validate_password(data["password1"])
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data


class RowForm(KernForm):
    """A row of a list of things; a row in which none of the fields of `typed` is filled is left out."""

    form_tag = False
    typed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False

    def has_changed(self) -> bool:
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.typed)


class CommitteeRowForm(RowForm):
    """A committee."""

    typed = ("name", "code")

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.RegexField(
        label=_("Kürzel"),
        regex=r"^[A-Z0-9]{1,8}$",
        max_length=8,
        error_messages={"invalid": _("Bitte nur Großbuchstaben und Ziffern.")},
    )
    kind = forms.ChoiceField(label=_("Art"), choices=CommitteeKind.choices)
    preset = forms.ChoiceField(
        label=_("Verfahrensregeln"), choices=[(key, preset.name.de) for key, preset in PRESETS.items()]
    )
    recommends_to = forms.CharField(label=_("Empfiehlt an (Kürzel)"), max_length=8, required=False)


class PersonRowForm(RowForm):
    """A person to invite."""

    typed = ("name", "email")

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-Mail-Adresse"))
    role = forms.ChoiceField(
        label=_("Funktion"),
        choices=[
            (role.value, role.label)
            for role in (Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY, Role.PRODUCT_MANAGER, Role.MANAGING_OFFICE)
        ],
    )
    committee = forms.CharField(
        label=_("Gremium (Kürzel)"), max_length=8, required=False, help_text=_("Nur bei Vorsitz und Schriftführung.")
    )


CommitteeRows = forms.formset_factory(CommitteeRowForm, extra=2, max_num=8, absolute_max=8)
PersonRows = forms.formset_factory(PersonRowForm, extra=4, max_num=8, absolute_max=8)
