"""The three-part date, and forms that draw themselves."""

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from partnership.models import Partnership
from partnership.ui.forms import KernForm
from partnership.ui.widgets import BigRadioSelect


class Form(KernForm):
    title = forms.CharField(label="Titel", help_text="Kurz.")
    on = forms.DateField(label="Tag")
    at = forms.DateTimeField(label="Beginn", required=False)
    clock = forms.TimeField(label="Uhrzeit", required=False)
    choice = forms.ChoiceField(
        label="Stimme",
        choices=[("yes", "Ja"), ("no", "Nein")],
        required=False,
        widget=BigRadioSelect(descriptions={"no": "Sie lehnen ab."}),
    )


def draw(form):
    return engines["django"].from_string("{% crispy form %}").render({"form": form}, RequestFactory().get("/"))


def read(**typed):
    form = Form({"title": "T", "on": "2026-11-23", **typed})
    form.is_valid()
    return form


@pytest.mark.parametrize(("required", "label"), [(True, "Bitte wählen"), (False, "–")])
def test_a_list_without_a_choice_says_so_in_words(required, label):
    class Choosing(KernForm):
        partnership = forms.ModelChoiceField(Partnership.objects.none(), required=required)

    assert list(Choosing().fields["partnership"].choices) == [("", label)]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("day", "month", "year"), [("23", "11", "2026"), ("23.", "11.", "2026"), (" 23 ", "11", "26")])
def test_a_date_is_read_from_its_three_parts(language, day, month, year):
    with translation.override(language):
        form = Form({"title": "T", "on_day": day, "on_month": month, "on_year": year})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["on"].isoformat() == "2026-11-23"


def test_a_whole_date_under_the_plain_name_is_read_too():
    assert read().cleaned_data["on"].isoformat() == "2026-11-23"


@pytest.mark.parametrize(("day", "month", "year"), [("31", "2", "2026"), ("x", "", "2026"), ("5", "", "")])
def test_a_date_that_is_none_is_refused_and_stays_as_typed(day, month, year):
    form = Form({"title": "T", "on_day": day, "on_month": month, "on_year": year})
    assert not form.is_valid()
    assert "on" in form.errors
    html = draw(form)
    for name, typed in (("on_day", day), ("on_month", month), ("on_year", year)):
        assert f'name="{name}" id="id_{name}" value="{typed}"' in html


def test_an_empty_date_is_missing():
    form = Form({"title": "T", "on_day": "", "on_month": "", "on_year": ""})
    assert form.errors["on"].as_data()[0].code == "required"


@pytest.mark.parametrize("time", ["14:00", "14.00", "1400", "14", "14 Uhr"])
def test_a_time_is_read_as_people_write_it(time):
    form = read(at_day="23", at_month="11", at_year="2026", at_time=time, clock=time)
    assert form.cleaned_data["at"].isoformat() == "2026-11-23T14:00:00+01:00"
    assert form.cleaned_data["clock"].isoformat() == "14:00:00"


def test_a_time_without_a_date_is_refused():
    assert "at" in read(at_day="", at_month="", at_year="", at_time="14:00").errors


def test_a_stored_moment_is_shown_in_parts():
    html = draw(Form(initial={"at": forms.DateTimeField().to_python("2026-11-03 09:05")}))
    assert 'name="at_day" id="id_at_day" value="3"' in html
    assert 'name="at_time" id="id_at_time" value="09:05"' in html


def test_errors_are_named_on_top_and_at_the_field():
    html = draw(Form({"title": ""}))
    assert "Bitte prüfen Sie Ihre Eingaben" in html
    assert 'href="#id_title"' in html
    assert 'href="#id_on_day"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_error"' in html
    assert 'id="id_title_helptext"' in html


def test_a_choice_explains_what_it_does():
    html = draw(Form())
    assert 'aria-describedby="id_choice_1_what"' in html
    assert 'id="id_choice_1_what">Sie lehnen ab.' in html


def test_a_form_sends_itself_with_a_token_and_its_own_word():
    form = Form()
    form.submit_label = "Sitzung anlegen"
    form.cancel_url = "/zurueck/"
    html = draw(form)
    assert "csrfmiddlewaretoken" in html
    assert "Sitzung anlegen" in html
    assert 'href="/zurueck/"' in html
    assert "novalidate" in html


def test_a_form_set_draws_each_form():
    forms_ = forms.formset_factory(Form, extra=2)(prefix="f")
    html = engines["django"].from_string("{{ forms|crispy }}").render({"forms": forms_})
    assert 'name="f-1-title"' in html
    assert "f-TOTAL_FORMS" in html
