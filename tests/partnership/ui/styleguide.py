"""Every component on one page, for the eye and for axe; an address configuration of its own."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from partnership.ui import charts
from partnership.ui.forms import KernForm
from partnership.ui.widgets import BigRadioSelect

TEMPLATE = Path(__file__).with_name("styleguide.html")


class EverythingForm(KernForm):
    """One field of each kind."""

    submit_label = "Sitzung anlegen"
    cancel_url = "/"
    title = forms.CharField(label="Titel", help_text="So steht er in der Einladung.", max_length=120)
    email = forms.EmailField(label="E-Mail-Adresse", required=False)
    amount = forms.DecimalField(label="Betrag in Euro", max_digits=10, decimal_places=2)
    text = forms.CharField(label="Beschlusstext", widget=forms.Textarea, help_text="Markdown ist möglich.")
    committee = forms.ChoiceField(label="Gremium", choices=[("", "Bitte wählen"), ("sk", "Strategisches Gremium")])
    way = forms.ChoiceField(
        label="Ort", choices=[("here", "Vor Ort"), ("video", "Videokonferenz")], widget=forms.RadioSelect
    )
    topics = forms.MultipleChoiceField(
        label="Themen",
        choices=[("a", "Technik"), ("b", "Finanzen"), ("c", "Recht")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    on = forms.DateField(label="Tag der Sitzung", help_text="Zum Beispiel 23.11.2026.")
    starts_at = forms.DateTimeField(label="Beginn", required=False)
    file = forms.FileField(label="Unterlage", help_text="PDF, höchstens 25 MB.", required=False)
    public = forms.BooleanField(label="Öffentlich zeigen", help_text="Auch ohne Anmeldung sichtbar.", required=False)
    token = forms.CharField(widget=forms.HiddenInput, initial="x", required=False)
    layout = Layout(
        Fieldset("Das Nötigste", "title", Row("email", "amount"), "text"),
        Fieldset("Ort und Zeit", "committee", "way", "on", "starts_at"),
        Fieldset("Weiteres", "topics", "file", "public", "token"),
    )


class VoteForm(KernForm):
    """The choice that matters."""

    submit_label = "Weiter zur Bestätigung"
    choice = forms.ChoiceField(
        label="Ihre Stimme für Landeshauptstadt Schwerin",
        choices=[("yes", "Ja"), ("no", "Nein"), ("abstain", "Enthaltung")],
        widget=BigRadioSelect(
            descriptions={
                "yes": "Sie stimmen dem Beschlusstext zu.",
                "no": "Sie lehnen den Beschlusstext ab.",
                "abstain": "Enthaltungen zählen hier nicht mit; Sie gelten als anwesend.",
            }
        ),
    )


class FilterForm(forms.Form):
    """What stands above a list."""

    q = forms.CharField(label="Suche", required=False)
    state = forms.ChoiceField(label="Stand", choices=[("", "Alle"), ("open", "Läuft")], required=False)
    since = forms.DateField(label="Seit", required=False)


def _context() -> dict:
    rows = [
        SimpleNamespace(
            number=f"SK-2026-{i:03d}",
            title="Weiterentwicklung der Kartenanwendung und Pflege der Dokumentation",
            on=date(2026, 11, 23) - timedelta(days=i),
            amount=Decimal("1234.50") * i,
            state=SimpleNamespace(value=state, label=label),
        )
        for i, (state, label) in enumerate(
            [("declared", "beschlossen"), ("open", "läuft"), ("draft", "Entwurf"), ("rejected", "abgelehnt"),
             ("deferred", "vertagt")],
            start=1,
        )
    ]  # fmt: skip
    years = [(str(2019 + i), v) for i, v in enumerate([3, 7, 12, 19, 24, 28, 31, 34])]
    return {
        "partnership": SimpleNamespace(slug="masterportal", short_name="IP Masterportal"),
        "heading": "Bausteine der Oberfläche",
        "lead": "Jedes Teil einmal, in hellem und dunklem Kleid, breit und schmal.",
        "breadcrumbs": [("Mein Tisch", "/"), ("Masterportal", "/p/masterportal/"), ("Bausteine", "")],
        "form": EverythingForm(initial={"on": date(2026, 11, 23)}),
        "broken": EverythingForm({"title": "", "on_day": "31", "on_month": "2", "on_year": "2026"}, prefix=None),
        "vote": VoteForm(prefix="v"),
        "filter": FilterForm({"state": "open"}),
        "rows": rows,
        "page": Paginator(range(1000), 20).page(3),
        "few": Paginator(range(7), 20).page(1),
        "bars": charts.bars(
            "Zahlungen je Partner",
            [
                ("Freie und Hansestadt Hamburg", 25000),
                ("Kreis Pinneberg", 4000),
                ("Landeshauptstadt Schwerin und Landkreis Ludwigslust-Parchim", 1250.5),
            ],
            unit="€",
            label_head="Partner",
            value_head="Betrag",
        ),
        "columns": charts.columns("Mittel je Jahr", [(y, v * 1500) for y, v in years], unit="€", label_head="Jahr"),
        "line": charts.line("Partner am Jahresende", years, label_head="Jahr", value_head="Partner"),
        "facts": [("Beginn", "Mo, 23.11.2026, 14:00 Uhr"), ("Ort", "Rathaus, Saal 2"), ("Leitung", "Frau Dr. Muster")],
        "steps": [
            {"label": "Eingereicht", "state": "done", "note": "3. Oktober"},
            {"label": "Technisches Gremium", "state": "done", "note": "empfiehlt (9 : 1)"},
            {"label": "Strategisches Gremium", "state": "current", "note": "Abstimmung läuft"},
            {"label": "Umsetzung", "state": "next"},
        ],
        "tabs": [
            {"label": "Übersicht", "url": "/", "is_current": True},
            {"label": "Vorlagen", "url": "/?t=2", "count": 12},
            {"label": "Niederschrift", "url": "/?t=3"},
        ],
        "files": [
            {"url": "/a.pdf", "title": "Beschlussvorlage 2026-014", "kind": "PDF", "size": 1_400_000},
            {"url": "/b.xlsx", "title": "Kostenaufstellung", "kind": "XLSX", "size": 48_000, "note": "Fassung 2"},
        ],
        "events": [
            {"at": datetime(2026, 11, 20, 9, 5, tzinfo=UTC), "title": "Abstimmung geöffnet", "who": "Frau Beispiel"},
            {
                "at": datetime(2026, 11, 2, 13, 0, tzinfo=UTC),
                "title": "Vorlage eingereicht",
                "text": "Zwei Anlagen.",
            },
        ],
        "exports": [("XLSX", "?export=xlsx"), ("CSV", "?export=csv"), ("JSON", "?export=json")],
        "prose": "# Begründung\n\nDer Vorschlag **spart** Zeit, siehe [Konzept](https://example.org).\n\n"
        "### Kosten\n\n- 5.000 € einmalig\n- <script>alert(1)</script>\n\n"
        "| Jahr | Betrag |\n|---|---|\n| 2026 | 5.000 |\n",
        "soon": datetime(2026, 11, 28, 11, 0, tzinfo=UTC),
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """All components."""
    messages.success(request, "Die Einladung ist an 34 Personen gegangen.")
    template = engines["django"].from_string(TEMPLATE.read_text(encoding="utf-8"))
    return HttpResponse(template.render(_context(), request))


def broken_form(request: HttpRequest) -> HttpResponse:
    """A form with errors, as the server sends it back."""
    form = EverythingForm(
        {"title": "", "email": "keine Adresse", "on_day": "31", "on_month": "2", "on_year": "2026", "way": ""}
    )
    return render(request, "form.html", {"form": form, "heading": "Sitzung anlegen"}, status=422)


def confirm(request: HttpRequest) -> HttpResponse:
    """The page that asks once."""
    return render(
        request,
        "confirm.html",
        {
            "heading": "Sitzung „Strategisches Gremium“ am 23.11.2026 absagen?",
            "consequences": ["34 Personen erhalten eine Absage.", "Der Termin verschwindet aus ihren Kalendern."],
            "confirm_label": "Sitzung absagen",
            "cancel_url": "/",
        },
    )


def page(request: HttpRequest, name: str) -> HttpResponse:
    """An error page."""
    return render(request, f"{name}.html", {})


urlpatterns = [
    path("", styleguide, name="styleguide"),
    path("formular/", broken_form),
    path("absage/", confirm),
    path("fehler/<name>/", page),
    path("konto/", include("allauth.account.urls")),
    path("sprache/", styleguide, name="set_language"),
]
