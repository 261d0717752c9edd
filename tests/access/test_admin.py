"""Django's admin as an attack surface: every model × every page, and what limited staff might forge (A9)."""

from pathlib import Path

import pytest
import yaml
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from committees.models import CircleMember
from partnership.models import AccountInvitation, Appointment, AuditEvent, User
from tests.access.policy import METHODS
from tests.access.visitor import ask, outcome, undone, writes
from tests.access.world import PASSWORD

pytestmark = pytest.mark.django_db
TABLE = {
    label: {role: set(verbs.split()) for role, verbs in roles.items()}
    for label, roles in yaml.safe_load((Path(__file__).parent / "policy/admin.yml").read_text("utf-8")).items()
}
MODELS = {model._meta.label_lower: model for model in admin.site._registry}
# Page -> what one must be allowed to open it, and to send its form.
PAGES = {
    "changelist": ("view", None),
    "add": ("add", "add"),
    "change": ("view", "change"),
    "delete": ("delete", "delete"),
    "history": ("view", None),
}
ADMINISTRATORS = ("staff", "superuser")
# Whatever somebody holds in partnerships opens nothing here: a few stand for all.
ASKED = ("anonymous", "delegate", "office", "chair", *ADMINISTRATORS)
SEALED = (
    "committees.ballot",
    "committees.participation",
    "committees.resolution",
    "committees.rollentry",
    "committees.vote",
    "fund.account",
    "fund.posting",
    "partnership.auditevent",
    "partnership.outboxmessage",
)


def page(model, name: str, **kwargs) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", kwargs=kwargs)


def row_of(model, world):
    """Any row of a model; the world holds one of each kind that the table opens."""
    if model is User:
        return world.own.people["delegate"]
    return model._default_manager.first()


def test_the_table_lists_exactly_the_registered_models():
    assert set(TABLE) == set(MODELS), "say in tests/access/policy/admin.yml what administrators may do with them"


def test_nothing_that_is_sealed_is_opened_to_anybody():
    assert all(TABLE[label] == {"superuser": {"view"}} for label in SEALED)


@pytest.mark.parametrize("label", sorted(MODELS))
def test_every_page_of_a_model_answers_as_the_table_says(world, visitors, label, cells):
    model, allowed = MODELS[label], TABLE[label]
    row, wrong = row_of(model, world), []
    if row is None:
        assert label in {"partnership.heartbeat", "partnership.sitetext"}, f"the world holds no {label}"
    for name, (to_open, to_send) in PAGES.items():
        if row is None and name in ("change", "delete", "history"):
            continue
        url = page(model, name, **({"object_id": row.pk} if name in ("change", "delete", "history") else {}))
        for role in ASKED:
            for method in ("GET", "HEAD", "POST"):
                verb = to_send if method == "POST" else to_open
                got, written, response = visit(visitors[role], method, url)
                cells.append(f"admin {label}")
                want = expected(role, verb, allowed.get(role, set()), name, method)
                if got not in want:
                    wrong.append(f"{method} {name} as {role}: {got} ({response.status_code}), not {want}")
                if method != "POST" and written:
                    wrong.append(f"{method} {name} as {role} writes {written}")
    assert not wrong, f"{label}\n  " + "\n  ".join(wrong)


def visit(client, method, url, data=None):
    with undone(), writes() as written:
        response = ask(client, method, url, data)
    return outcome(response), written, response


def expected(role, verb, held, name, method):
    """Outcomes that are right for a cell; several where Django answers in its own way."""
    if role == "anonymous":
        return {"login"}
    if role not in ADMINISTRATORS:
        return {"login", "403"}
    if name in ("changelist", "history") and method == "POST":
        # Django lists again, or says that no action was chosen; nothing is written (asserted by the sealed tests).
        return {"ok", "403", "405"} if "view" in held else {"403"}
    return {"ok"} if verb in held else {"403"}


@pytest.mark.parametrize("label", SEALED)
def test_a_superusers_forged_post_changes_no_sealed_row(world, visitors, label):
    model = MODELS[label]
    row = model._default_manager.first()
    before = model._default_manager.count()
    forged = {field.name: "1" for field in model._meta.fields}
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    in_list = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(row.pk), "_save": "1", **forged}
    for url, data in (
        (page(model, "add"), forged),
        (page(model, "change", object_id=row.pk), forged),
        (page(model, "delete", object_id=row.pk), {"post": "yes"}),
        (page(model, "changelist"), chosen),
        (page(model, "changelist"), in_list),
    ):
        _got, written, response = visit(visitors["superuser"], "POST", url, data)
        assert response.status_code < 500
        assert not written, f"{url} writes {written}"
    assert model._default_manager.count() == before


def test_no_list_is_editable_and_nothing_secret_is_shown():
    for model, site in admin.site._registry.items():
        assert not site.list_editable, model
        shown = {*site.list_display, *site.search_fields}
        assert not {"password", "secret_hash", "token_hash", "mime"} & {str(name) for name in shown}, model


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["index", "password_change", "jsi18n", "autocomplete"])
def test_pages_of_the_admin_itself_are_for_administrators(world, visitors, name, method):
    url = reverse(f"admin:{name}")
    for role in ASKED:
        got, _written, response = visit(visitors[role], method, url)
        assert response.status_code < 500, (role, response.status_code)
        if role not in ADMINISTRATORS:
            assert got in {"login", "403", "405"}, (role, got)


# --- limited staff --------------------------------------------------------------------------------------


@pytest.fixture
def clerk(world):
    """Staff who may look after accounts and appointments, as somebody might be given in good faith."""
    with undone():
        person = User.objects.create_user("clerk@example.org", "Clara Clerk", PASSWORD, is_staff=True)
        person.user_permissions.set(
            Permission.objects.filter(
                codename__in=(
                    "view_user",
                    "change_user",
                    "add_user",
                    "view_appointment",
                    "add_appointment",
                    "change_appointment",
                    "view_committee",
                    "change_committee",
                    "view_partner",
                    "change_partner",
                )
            )
        )
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        client.person = person
        yield client


@pytest.fixture
def onlooker(world):
    """Staff who may look at accounts and appointments, and change nothing."""
    with undone():
        person = User.objects.create_user("onlooker@example.org", "Olga Onlooker", PASSWORD, is_staff=True)
        person.user_permissions.set(Permission.objects.filter(codename__in=("view_user", "view_appointment")))
        client = Client(raise_request_exception=False)
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        yield client


def rights(person):
    person = User.objects.get(pk=person.pk)
    return (
        person.is_active,
        person.is_staff,
        person.is_superuser,
        person.email,
        person.password,
        sorted(person.user_permissions.values_list("pk", flat=True)),
        sorted(person.groups.values_list("pk", flat=True)),
    )


FORGED = {
    "name": "Umbenannt",
    "time_zone": "Europe/Berlin",
    "is_active": "on",
    "is_staff": "on",
    "is_superuser": "on",
    "groups": ["1"],
    "email": "boese@example.org",
    "password": "md5$boese",
    "password1": "neues-langes-passwort",
    "password2": "neues-langes-passwort",
}


def test_staff_cannot_give_rights_to_themselves(world, clerk):
    before = rights(clerk.person)
    everything = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    url = page(User, "change", object_id=clerk.person.pk)
    assert clerk.post(url, {**FORGED, "user_permissions": everything}).status_code == 302
    assert rights(clerk.person) == before
    assert User.objects.get(pk=clerk.person.pk).name == "Umbenannt"


def test_staff_cannot_touch_a_superuser_or_anybodys_password(world, clerk):
    boss, other = world.roles["superuser"], world.own.people["delegate"]
    before = rights(boss), rights(other)
    assert clerk.post(page(User, "change", object_id=boss.pk), FORGED).status_code == 403
    for person in (boss, other, clerk.person):
        url = reverse("admin:auth_user_password_change", args=[person.pk])
        assert clerk.get(url).status_code == 403
        assert clerk.post(url, FORGED).status_code == 403
    assert clerk.post(page(User, "change", object_id=other.pk), FORGED).status_code == 302
    assert (rights(boss), rights(other)) == before


def test_staff_who_add_an_account_give_it_no_administration(world, clerk):
    answer = clerk.post(page(User, "add"), {**FORGED, "usable_password": "true", "email": "neu2@example.org"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    person = User.objects.get(email="neu2@example.org")  # the control: the form was taken
    assert not person.is_staff
    assert not person.is_superuser


def test_staff_cannot_appoint_themselves_into_the_governance_of_a_partnership(world, clerk):
    data = {
        "person": str(clerk.person.pk),
        "role": "managing_office",
        "held_on": f"partnership.partnership:{world.own.partnership.pk}",
        "valid_from": "2020-01-01",
    }
    clerk.post(page(Appointment, "add"), data)
    assert not Appointment.objects.filter(person=clerk.person).exists()


def test_staff_cannot_smuggle_rows_in_through_inlines(world, clerk):
    from committees.models import Committee

    committee = world.own.sk
    data = {
        "partnership": str(committee.partnership_id),
        "name": committee.name,
        "code": committee.code,
        "kind": committee.kind,
        "state": committee.state,
        "position": "1",
        "circle_members-TOTAL_FORMS": "1",
        "circle_members-INITIAL_FORMS": "0",
        "circle_members-0-person": str(clerk.person.pk),
        "circle_members-0-valid_from": "2020-01-01",
        "circle_members-0-committee": str(committee.pk),
    }
    assert clerk.post(page(Committee, "change", object_id=committee.pk), data).status_code < 500
    assert not CircleMember.objects.filter(person=clerk.person).exists()


# --- what administrators do --------------------------------------------------------------------------------


def committee_form(committee, **changes):
    return {
        "name": committee.name,
        "code": committee.code,
        "kind": committee.kind,
        "state": committee.state,
        "position": str(committee.position),
        "circle_members-TOTAL_FORMS": "0",
        "circle_members-INITIAL_FORMS": "0",
        **changes,
    }


def test_no_administrator_moves_a_committee_or_partner_into_another_partnership(world, visitors):
    for row in (world.own.sk, world.own.partner_own):
        url = page(type(row), "change", object_id=row.pk)
        with undone():
            shown = visitors["superuser"].get(url)
            assert "partnership" not in shown.context["adminform"].form.fields
            data = typed_in(shown)
            foreign = {"partnership": str(world.foreign.partnership.pk)}
            assert visitors["superuser"].post(url, data | foreign).status_code == 302
            row.refresh_from_db()
            assert row.partnership_id == world.own.partnership.pk


def typed_in(shown):
    """The form of a page as a browser would send it back, with those of its inlines."""
    forms = [shown.context["adminform"].form]
    for inline in shown.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    values = {form.add_prefix(name): form[name].value() for form in forms for name in form.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_what_the_rules_of_a_committee_forbid_the_office_they_forbid_the_administration(world, visitors):
    committee = world.own.sk
    url = page(type(committee), "change", object_id=committee.pk)
    for changes, sentence in (
        ({"code": "XX"}, "Das Kürzel lässt sich nicht mehr ändern"),
        ({"kind": "role_circle"}, "Die Art lässt sich nicht mehr ändern"),
        ({"recommends_to": str(world.foreign.sk.pk)}, "gehört zu einer anderen Partnerschaft"),
    ):
        with undone():
            answer = visitors["superuser"].post(url, committee_form(committee, purpose="Getippt", **changes))
            shown = answer.content.decode()
            assert answer.status_code == 200
            assert sentence in shown
            assert "Getippt" in shown
            committee.refresh_from_db()
            assert (committee.code, committee.kind, committee.recommends_to_id) == ("SK", "decides", None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({}, "hat die Funktion „Vorsitz“ bereits"), ({"valid_until": "2020-01-01"}, "Das Ende liegt vor dem Anfang")],
)
def test_an_appointment_that_cannot_be_is_an_error_of_the_form(world, visitors, changes, sentence):
    data = {
        "person": str(world.own.people["chair"].pk),
        "role": "chair",
        "held_on": f"committees.committee:{world.own.sk.pk}",
        "valid_from": "2026-11-27",
        "note": "Getippt",
        **changes,
    }
    with undone():
        before = Appointment.objects.count()
        answer = visitors["superuser"].post(page(Appointment, "add"), data)
        shown = answer.content.decode()
        assert (answer.status_code, Appointment.objects.count()) == (200, before)
        assert sentence in shown
        assert "Getippt" in shown


def test_nobody_is_made_auditor_of_the_books_they_keep(world, visitors):
    treasurer = world.own.people["treasurer"]
    data = {
        "person": str(treasurer.pk),
        "role": "auditor",
        "held_on": f"fund.fund:{world.own.fund.pk}",
        "valid_from": "2026-11-27",
    }
    with undone():
        shown = visitors["superuser"].post(page(Appointment, "add"), data).content.decode()
        assert "kann nicht zugleich Kassenführung und Kassenprüfung sein" in shown
        assert not Appointment.objects.filter(person=treasurer, role="auditor").exists()


@pytest.mark.parametrize("label", ["partnership.user", "partnership.partnership", "membership.organisation",
                                   "membership.partner", "committees.committee", "fund.fund"])  # fmt: skip
def test_what_administrators_change_stands_in_the_audit_trail(world, visitors, label):
    row = row_of(MODELS[label], world)
    url = page(MODELS[label], "change", object_id=row.pk)
    with undone():
        shown = visitors["superuser"].get(url)
        answer = visitors["superuser"].post(url, typed_in(shown) | {"name": "Anders genannt"})
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        events = AuditEvent.objects.filter(
            subject_type=label, subject_pk=str(row.pk), action__endswith="changed_by_administration"
        )
        assert [event.actor for event in events] == [world.roles["superuser"]]
        row.refresh_from_db()
        assert row.name == "Anders genannt"


def test_who_may_only_look_runs_no_action(world, onlooker):
    from partnership import clock

    invited, appointment = world.invited, world.own.appointment
    before = AccountInvitation.objects.filter(user=invited).count()
    onlooker.post(page(User, "changelist"), {"action": "send_invitation", "_selected_action": [str(invited.pk)]})
    assert AccountInvitation.objects.filter(user=invited).count() == before
    onlooker.post(page(Appointment, "changelist"), {"action": "end_today", "_selected_action": [str(appointment.pk)]})
    assert Appointment.objects.valid(clock.today()).filter(pk=appointment.pk).exists()


def test_autocomplete_and_history_ask_for_the_right_of_the_model(world, clerk, onlooker):
    organisations = {"app_label": "membership", "model_name": "partner", "field_name": "organisations"}
    asked = onlooker.get(
        reverse("admin:autocomplete"),
        {"app_label": "membership", "model_name": "seatshare", "field_name": "organisation", "term": "Stadt"},
    )
    assert asked.status_code == 403
    assert onlooker.get(reverse("admin:autocomplete"), organisations).status_code in (403, 404)
    assert onlooker.get(page(world.own.sk.__class__, "history", object_id=world.own.sk.pk)).status_code == 403


def test_nobody_signs_in_past_the_one_page_for_it(world):
    login = Client().get(reverse("admin:login"))
    assert login.status_code == 302
    assert reverse("account_login") in login["Location"]
    posted = Client().post(reverse("admin:login"), {"username": "super@example.org", "password": PASSWORD})
    assert posted.status_code == 302
    assert reverse("account_login") in posted["Location"]
