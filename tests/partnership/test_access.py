from datetime import date, timedelta

import pytest
from guardian.models import UserObjectPermission
from guardian.shortcuts import remove_perm

from partnership import clock
from partnership.access import ties
from partnership.enums import Role
from partnership.models import Appointment, Partnership, User
from partnership.services import appointments
from tests.factories import PartnershipFactory, UserFactory, appoint

pytestmark = pytest.mark.django_db


def test_an_appointment_ties_the_person_to_the_partnership():
    office, partnership = UserFactory(), PartnershipFactory()
    appoint(office, Role.MANAGING_OFFICE, partnership)
    assert ties(office).holds(Role.MANAGING_OFFICE, on=partnership)
    assert list(Partnership.objects.visible_to(office)) == [partnership]


def test_an_appointment_without_guardians_row_gives_nothing():
    office, partnership = UserFactory(), PartnershipFactory()
    appoint(office, Role.MANAGING_OFFICE, partnership)
    remove_perm("managing_office", office, partnership)
    assert not ties(office).holds(Role.MANAGING_OFFICE, on=partnership)


def test_an_ended_appointment_gives_nothing_and_takes_guardians_row_along():
    office, partnership = UserFactory(), PartnershipFactory()
    appointment = appointments.appoint(
        by=None, person=office, role=Role.MANAGING_OFFICE, subject=partnership, valid_from=date(2020, 1, 1)
    )
    appointments.end(by=None, appointment=appointment, on=clock.today())
    assert not ties(office).partnership_ids
    office = type(office).objects.get(pk=office.pk)
    assert not office.has_perm("partnership.managing_office", partnership)


@pytest.mark.parametrize("person", [{}, {"is_active": False}, {"is_superuser": True}])
def test_guardians_row_of_an_appointment_that_ran_out_is_taken_back_whoever_held_it(person):
    partnership = PartnershipFactory()
    appointment = appointments.appoint(
        by=None, person=UserFactory(), role=Role.MANAGING_OFFICE, subject=partnership, valid_from=date(2020, 1, 1)
    )
    appoint(appointment.person, Role.PRODUCT_MANAGER, partnership)
    User.objects.filter(pk=appointment.person.pk).update(**person)
    Appointment.objects.filter(pk=appointment.pk).update(valid_until=clock.today())
    assert (appointments.settle(), appointments.settle()) == (1, 0)
    assert [row.permission.codename for row in UserObjectPermission.objects.all()] == ["product_manager"]


def test_who_is_appointed_again_after_a_pause_holds_the_function_again():
    office, partnership = UserFactory(), PartnershipFactory()
    today = clock.today()
    for start, until in ((date(2020, 1, 1), today), (today + timedelta(days=30), None)):
        appointments.appoint(
            by=None, person=office, role=Role.MANAGING_OFFICE, subject=partnership, valid_from=start, valid_until=until
        )
    appointments.settle()
    assert not ties(office).partnership_ids
    with clock.frozen(clock.now() + timedelta(days=30)):
        assert ties(office).holds(Role.MANAGING_OFFICE, on=partnership)


def test_a_role_that_the_object_does_not_know_is_refused():
    with pytest.raises(appointments.AppointmentRefused):
        appointments.appoint(by=None, person=UserFactory(), role=Role.CHAIR, subject=PartnershipFactory())
