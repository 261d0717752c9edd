"""The main job, as people do it: invite, answer, open, vote, close, declare, read the register and the outbox."""

from datetime import timedelta
from email import message_from_bytes

from django.core import mail
from icalendar import Calendar

from committees.enums import DelegateKind
from committees.models import Ballot, Delegate, Meeting, Motion, Resolution
from committees.services import attendance
from partnership import clock
from partnership.models import OutboxMessage
from partnership.outbox import delivery
from portal.demo import content
from tests.browser.visitor import address_of, in_days, the_others_vote, vote

SCHWERIN = "Schwerin mit Ludwigslust-Parchim"
THEMSELVES = (content.MUNICH, content.HAMBURG, SCHWERIN)


def write_motion(office, title, way="Strategisches Komitee"):
    """The office writes a motion and submits it."""
    office.go("vorlagen/neu/")
    office.fill("Titel", title)
    office.fill("Beschlusstext", f"{title}: Das wird beschlossen.")
    office.fill("Begründung (optional)", "Die Partner haben darum gebeten.")
    office.select("Weg durch die Gremien", way)
    office.press("Speichern und einreichen")
    office.sees("ist eingereicht")
    return Motion.objects.get(pk=address_of(office.page))


def plan_meeting(office, committee, motion):
    """Create a meeting, put the motion on its agenda, check and send the invitation."""
    office.go("sitzungen/")
    office.open("Sitzung anlegen")
    office.follow(committee)
    office.fill_day("on", in_days(22))
    office.fill("Beginn", "10:00")
    office.fill("Ende", "12:00")
    office.press("Sitzung anlegen")
    office.sees("Die Sitzung ist angelegt.")
    office.press(f"Auf die Tagesordnung: {motion}")
    office.follow("Punkt hinzufügen")
    office.fill("Titel", "Verschiedenes zum Schluss")
    office.press("Punkt hinzufügen")
    office.follow("Weiter zur Einladung")
    office.sees("Prüfliste")
    office.press("Einladung senden")
    office.sees("Die Einladung ist auf dem Weg.")
    return Meeting.objects.get(pk=address_of(office.page))


def answer(visit, meeting):
    """Two delegates and a shared seat say yes, no, and that the deputy comes; the others say yes."""
    for persona, button, said in (
        (content.HAMBURG_DELEGATE, "Ich nehme teil", "Sie nehmen teil"),
        (content.SHARED_DELEGATE, "Ich nehme nicht teil", "nehmen nicht teil"),
        (content.DELEGATE, "Meine Stellvertretung kommt", "Stellvertretung"),
    ):
        delegate = visit(persona)
        delegate.sees(meeting.title)
        delegate.follow(meeting.title)
        delegate.press(button, exact=button == "Ich nehme teil")
        delegate.sees(said)
        assert delegate.page.get_by_role("button", name=button).first.get_attribute("aria-pressed") == "true"
    for delegate in Delegate.objects.filter(committee=meeting.committee, kind=DelegateKind.DELEGATE).exclude(
        partner__name__in=THEMSELVES
    ):
        attendance.answer(by=delegate.person, meeting=meeting, partner=delegate.partner, answer="yes")


def hold(visit, meeting, motion):
    """The day has come: open, note down who is there, call the motion, vote, close, declare."""
    now = clock.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(hours=2))
    chair = visit(content.CHAIR)
    chair.go(meeting.get_absolute_url())
    chair.follow("Sitzung leiten")
    chair.press("Sitzung eröffnen")
    chair.press("Zusagen und Absagen übernehmen")
    # The one who had declined comes after all.
    chair.press(f"{content.SHARED_DELEGATE.name} ist da für {SCHWERIN}")
    chair.sees("33 von 34 stimmberechtigten Partnern sind anwesend.")
    item = meeting.items.get(referral__motion=motion)
    chair.press(f"Aufrufen: TOP {item.position}")
    chair.press("Namentlich abstimmen")
    chair.press("Abstimmung eröffnen")
    chair.sees("Die Abstimmung ist eröffnet.")
    ballot = Ballot.objects.get(meeting=meeting)
    vote(visit(content.DELEGATE), ballot, content.MUNICH, "Ja")
    vote(visit(content.HAMBURG_DELEGATE), ballot, content.HAMBURG, "Nein")
    vote(visit(content.SHARED_DELEGATE), ballot, SCHWERIN, "Enthaltung")
    the_others_vote(ballot, ["yes"] * 20, but=THEMSELVES)
    chair.go(ballot.get_absolute_url())
    chair.sees("23 von 34 Partnern haben abgestimmt")
    chair.follow("Abstimmung schließen")
    chair.press("Abstimmung schließen")
    chair.sees("Die Abstimmung ist geschlossen und ausgezählt.")
    chair.follow("Ergebnis feststellen")
    chair.press("Ergebnis feststellen")
    chair.sees("steht im Beschlussregister.")
    return Resolution.objects.get(ballot=ballot)


def end(visit, meeting):
    """The chair goes on to the last item and closes; the protocol lies ready."""
    chair = visit(content.CHAIR)
    chair.go(f"sitzungen/{meeting.pk}/leitung/")
    chair.follow("Sitzung schließen")
    chair.press("Sitzung schließen")
    chair.sees("Das Ergebnisprotokoll liegt bereit.")


def read_the_register(visitor, resolution):
    """The resolution stands in the register, and the check finds it in order."""
    visitor.go("beschluesse/")
    visitor.sees(resolution.number)
    visitor.follow("Register prüfen")
    visitor.sees("Das Register ist in Ordnung.")


def deliver(office, resolution):
    """Send what is due, as the worker does; the office reads in its outbox that the notices are sent."""
    mail.outbox.clear()
    while delivery.drain():
        pass
    notices = OutboxMessage.objects.filter(kind="resolution.declared", subject__contains=resolution.title)
    assert notices.count() >= len(THEMSELVES)
    assert set(notices.values_list("state", flat=True)) == {"sent"}
    office.go(f"postausgang/?q={resolution.number}")
    office.sees("gesendet")
    return list(mail.outbox)


def entry_of(letters, meeting, person):
    """The calendar entry of somebody's invitation, read by a calendar library."""
    letter = next(one for one in letters if one.to == [person.email] and meeting.title in one.subject)
    parts = message_from_bytes(letter.message().as_bytes()).walk()
    text = next(part for part in parts if part.get_content_type() == "text/calendar")
    calendar = Calendar.from_ical(text.get_payload(decode=True))
    return calendar, calendar.walk("VEVENT")[0]


def main_job(visit, title):
    """All of it, from the motion to the mails; answers what came of it."""
    office = visit(content.OFFICE)
    motion = write_motion(office, title)
    meeting = plan_meeting(office, "Strategisches Komitee", motion)
    answer(visit, meeting)
    resolution = hold(visit, meeting, motion)
    end(visit, meeting)
    read_the_register(office, resolution)
    return meeting, resolution, deliver(office, resolution)
