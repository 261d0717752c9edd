"""Two partnerships with everything in them, and one person for each way of standing to the first.

All of it is made by the services people use, so that no cell of the matrix rests on rows that could not exist.
Words of the other partnership begin with FREMD, confidential ones with GEHEIM: whoever finds them where they do
not belong has found a leak.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile

from committees.enums import BallotForm, BallotState, BallotWay, CommitteeKind, DelegateKind, MeetingState
from committees.models import (
    AgendaItem,
    Ballot,
    CircleMember,
    Committee,
    Conflict,
    Delegate,
    Key,
    Matter,
    Meeting,
    Motion,
    RuleSet,
)
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Proxies, ProxyKind, Reservation
from committees.services import agendas, amendments, ballots, meetings, motions, proxies, reservations, resolutions
from committees.services.ballots import declaring
from fund.services import funds, measures, payments, pledges
from membership.enums import ContactRole, EnquiryKind, Fact, OrganisationKind, Stage
from membership.models import YES, Contact, Enquiry, Partner, Standing
from membership.services import organisations, partners
from membership.services.imports import batches
from partnership import clock
from partnership.enums import Audience, Role
from partnership.models import Appointment, AuditEvent, Partnership, User
from partnership.services import accounts, appointments, documents, outbox, partnerships, site

LONG_AGO = date(2018, 6, 7)
RULES = replace(
    EQUAL_SIMPLE.rules, proxies=Proxies(ProxyKind.PARTNERS), reservation=Reservation(is_allowed=True, days=30)
)
PASSWORD = "geheim-geheim-geheim"
SECRET_WORD = "GEHEIMWORT"
FOREIGN_WORD = "FREMDWORT"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)

# How a person stands to the first partnership ("haus"); the order is that of the columns of the matrix.
ROLES: dict[str, str] = {
    "anonymous": "nobody has signed in",
    "member": "works in a role circle, holds no function",
    "delegate": "delegate of the partner the objects are about, in the strategic committee",
    "deputy": "deputy of the same partner in the same committee",
    "delegate_other": "delegate of another partner in the same committee",
    "delegate_tk": "delegate of a third partner, in the technical committee only",
    "delegate_suspended": "delegate of a partner whose rights rest: reads on, does not vote",
    "delegate_former": "the delegation ended yesterday",
    "delegate_ended": "delegate of a partner that has left",
    "delegate_foreign": "delegate in another partnership",
    "office_foreign": "managing office of another partnership",
    "admin_own": "administers the partner the objects are about",
    "admin_other": "administers another partner",
    "product_manager": "product management of the partnership",
    "office": "managing office of the partnership",
    "office_former": "was managing office until yesterday",
    "chair": "chair of the strategic committee",
    "deputy_chair": "deputy chair of the strategic committee",
    "secretary": "secretary of the strategic committee",
    "treasurer": "keeps the books of the fund",
    "auditor": "checks the books of the fund",
    "staff": "may look at accounts and organisations in Django's admin, holds nothing in a partnership",
    "superuser": "administers the installation, holds nothing in a partnership",
}
GROUPS: dict[str, frozenset[str]] = {
    "outside": frozenset(
        {
            "delegate_former",
            "delegate_ended",
            "delegate_foreign",
            "office_foreign",
            "office_former",
            "staff",
            "superuser",
        }
    ),
    "delegates": frozenset({"delegate", "deputy", "delegate_other", "delegate_tk", "delegate_suspended"}),
    "seats": frozenset({"delegate", "deputy", "delegate_other", "delegate_suspended"}),
    "presiding": frozenset({"chair", "deputy_chair"}),
    "conducting": frozenset({"chair", "deputy_chair", "secretary", "office"}),
    "curators": frozenset({"office", "product_manager"}),
    "readers": frozenset({"office", "treasurer", "auditor"}),
    "admins": frozenset({"admin_own", "admin_other"}),
}
GROUPS["everybody"] = frozenset(ROLES)
GROUPS["signed_in"] = frozenset(ROLES) - {"anonymous"}
GROUPS["inside"] = GROUPS["signed_in"] - GROUPS["outside"]
# Who sees confidential matters of the strategic committee: its seats, those who conduct it, the office.
GROUPS["committee"] = GROUPS["seats"] | GROUPS["conducting"]


@dataclass
class Side:
    """One partnership and one object of every kind in it, by name."""

    slug: str
    word: str
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            raise AttributeError(name) from None

    def person(self, role: str, name: str = "") -> User:
        """The person of a role, made on first use."""
        if role not in self.people:
            self.people[role] = User.objects.create_user(
                f"{role}@{self.slug}.example.org", name or f"{self.word} {role}", PASSWORD
            )
        return self.people[role]


@dataclass
class World:
    """Both partnerships; `roles` names the person of each column, None for nobody."""

    own: Side
    foreign: Side
    roles: dict[str, User | None]
    invited: User
    secret: str


def build() -> World:
    """Make all of it; about a second on SQLite."""
    own = _side("haus", "Haus")
    foreign = _side("anderswo", FOREIGN_WORD)
    roles: dict[str, User | None] = {role: own.people.get(role) for role in ROLES}
    roles["delegate_foreign"] = foreign.people["delegate"]
    roles["office_foreign"] = foreign.people["office"]
    staff = User.objects.create_user("staff@example.org", "Stefan Staff", PASSWORD, is_staff=True)
    staff.user_permissions.set(
        Permission.objects.filter(codename__in=("view_user", "change_user", "view_organisation", "view_partnership"))
    )
    roles["staff"] = staff
    roles["superuser"] = User.objects.create_superuser("super@example.org", PASSWORD)
    invited, secret = _invitation(own)
    missing = [role for role, person in roles.items() if person is None and role != "anonymous"]
    assert not missing, missing
    return World(own, foreign, roles, invited, secret)


def _invitation(side: Side) -> tuple[User, str]:
    """Somebody who has not signed in yet, and the secret of their link."""
    person = User.objects.create_user("neu@haus.example.org", "Nina Neu")
    invitation = accounts.send_invitation(by=side.office, person=person, partnership=side.partnership)
    secret = "s" * 43
    invitation.secret_hash = accounts._hash(secret)
    invitation.save()
    return person, secret


def _side(slug: str, word: str) -> Side:
    side = Side(slug, word)
    _partnership(side)
    _partners(side)
    _committees(side)
    _people(side)
    _papers(side)
    _motions(side)
    _meetings(side)
    _ballots(side)
    _fund(side)
    _lists(side)
    return side


def _upload(name: str = "papier.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _partnership(side: Side) -> None:
    side.things["office"] = side.person("office", f"{side.word} Büro")
    side.things["partnership"] = partnerships.found(
        by=None,
        office=side.office,
        slug=side.slug,
        name=f"{side.word} Implementierungspartnerschaft",
        short_name=f"{side.word}",
        office_email=f"buero@{side.slug}.example.org",
        founded_on=LONG_AGO,
        purpose=f"Zweck von {side.word}",
    )
    Partnership.objects.filter(pk=side.partnership.pk).update(is_public=True)
    Appointment.objects.filter(person=side.office).update(valid_from=LONG_AGO)


def _partners(side: Side) -> None:
    for name in ("own", "other", "third", "suspended", "ended"):
        body = organisations.create(
            by=side.office, partnership=side.partnership, name=f"{side.word} Stadt {name}", kind=OrganisationKind.CITY
        )
        side.things[f"body_{name}"] = body
        side.things[f"partner_{name}"] = partners.create(
            by=side.office,
            partnership=side.partnership,
            organisations=[body],
            name=f"{side.word} Partner {name}",
            valid_from=LONG_AGO,
        )
    side.things["organisation"] = side.body_own
    side.things["partner"] = side.partner_own
    side.things["contact"] = Contact.objects.create(
        partner=side.partner_own, role=ContactRole.GENERAL, name=f"{side.word} Kontakt", email="kontakt@example.org"
    )
    Standing.objects.create(
        partner=side.partner_suspended, fact=Fact.SUSPENSION, value=YES, valid_from=clock.today() - timedelta(days=9)
    )


def _committee(side: Side, code: str, kind: CommitteeKind, **fields: Any) -> Committee:
    committee = Committee.objects.create(
        partnership=side.partnership, code=code, name=f"{side.word} Gremium {code}", kind=kind, **fields
    )
    if committee.votes:
        RuleSet.objects.create(committee=committee, version=1, settings=RULES.to_data(), valid_from=LONG_AGO)
    return committee


def _committees(side: Side) -> None:
    side.things["sk"] = _committee(side, "SK", CommitteeKind.DECIDES, position=1)
    side.things["tk"] = _committee(side, "TK", CommitteeKind.RECOMMENDS, position=2, recommends_to=side.sk)
    side.things["circle"] = _committee(side, "PP", CommitteeKind.ROLE_CIRCLE, position=3)
    side.things["committee"] = side.sk
    side.things["rule_set"] = side.sk.rule_sets.get()
    side.things["matter"] = Matter.objects.create(partnership=side.partnership, name=f"{side.word} Haushalt")
    side.things["key"] = Key.objects.create(
        partnership=side.partnership, code="anteil", name=f"{side.word} Schlüssel", unit="Prozent", valid_from=LONG_AGO
    )


def _delegate(side: Side, role: str, partner: Partner, committee: Committee, **fields: Any) -> Delegate:
    return Delegate.objects.create(
        person=side.person(role),
        partner=partner,
        committee=committee,
        **{"kind": DelegateKind.DELEGATE, "valid_from": LONG_AGO, **fields},
    )


def _people(side: Side) -> None:
    side.things["delegate"] = _delegate(side, "delegate", side.partner_own, side.sk)
    _delegate(side, "deputy", side.partner_own, side.sk, kind=DelegateKind.DEPUTY)
    _delegate(side, "delegate_other", side.partner_other, side.sk)
    _delegate(side, "delegate_tk", side.partner_third, side.tk)
    _delegate(side, "delegate_suspended", side.partner_suspended, side.sk)
    _delegate(side, "delegate_ended", side.partner_ended, side.sk)
    _delegate(side, "delegate_former", side.partner_own, side.sk, valid_until=clock.today())
    side.things["circle_member"] = CircleMember.objects.create(
        committee=side.circle, person=side.person("member"), organisation=side.body_own, valid_from=LONG_AGO
    )
    for role, held, subject in (
        ("product_manager", Role.PRODUCT_MANAGER, side.partnership),
        ("office_former", Role.MANAGING_OFFICE, side.partnership),
        ("chair", Role.CHAIR, side.sk),
        ("deputy_chair", Role.DEPUTY_CHAIR, side.sk),
        ("secretary", Role.SECRETARY, side.sk),
        ("admin_own", Role.PARTNER_ADMIN, side.partner_own),
        ("admin_other", Role.PARTNER_ADMIN, side.partner_other),
    ):
        side.things[f"appointment_{role}"] = appointments.appoint(
            by=side.office, person=side.person(role), role=held, subject=subject, valid_from=LONG_AGO
        )
    appointments.end(by=side.office, appointment=side.appointment_office_former)
    side.things["appointment"] = side.appointment_product_manager
    # Nothing but the partner's stage says that it has left: rights must not hang on rows somebody forgot to end.
    side.partner_ended.standings.filter(fact=Fact.STAGE).update(valid_until=clock.today() - timedelta(days=1))
    Standing.objects.create(
        partner=side.partner_ended,
        fact=Fact.STAGE,
        value=Stage.ENDED,
        valid_from=clock.today() - timedelta(days=1),
    )


def _papers(side: Side) -> None:
    def add(name: str, **fields: Any) -> None:
        side.things[name] = documents.add(
            by=side.office,
            partnership=side.partnership,
            title=f"{side.word} {name}",
            file=_upload(f"{name}.pdf"),
            **fields,
        )

    add("document", audience=Audience.PARTNERS)
    add("document_office", audience=Audience.OFFICE)
    add("document_public", audience=Audience.PUBLIC, is_download=True)
    add("document_withdrawn", audience=Audience.PUBLIC)
    documents.withdraw(by=side.office, document=side.document_withdrawn)


def _motion(
    side: Side, title: str, *, committee: Committee | None = None, submit: bool = True, **fields: Any
) -> Motion:
    by = side.person("delegate")
    motion = motions.create(
        by=by,
        partnership=side.partnership,
        title=f"{side.word} {title}",
        text=f"Beschlusstext {title}",
        reasons=f"Gründe {title}",
        committee=side.sk,
        submitting_partner=side.partner_own,
        **fields,
    )
    return motions.submit(by=by, motion=motion) if submit else motion


def _motions(side: Side) -> None:
    side.things["motion_draft"] = _motion(side, "Entwurf", submit=False)
    side.things["motion"] = _motion(side, "Vorlage")
    side.things["referral"] = side.motion.referrals.get(committee=side.sk)
    side.things["attachment"] = motions.attach(
        by=side.person("delegate"), motion=side.motion, title=f"{side.word} Anlage", file=_upload("anlage.pdf")
    )
    side.things["motion_secret"] = _motion(side, f"{SECRET_WORD}vorlage", is_confidential=True)
    side.things["attachment_secret"] = motions.attach(
        by=side.person("delegate"), motion=side.motion_secret, title=f"{SECRET_WORD}anlage", file=_upload("geheim.pdf")
    )
    side.things["amendment"] = amendments.propose(
        by=side.person("delegate"),
        motion=side.motion,
        partner=side.partner_own,
        text=f"Anders gefasst von {side.word}",
    )
    side.things["motion_noted"] = _motion(side, "Kenntnis")


def _meeting(side: Side, title: str, *, days: int = 30, committee: Committee | None = None) -> Meeting:
    start = (clock.now() + timedelta(days=days)).replace(microsecond=0)
    meeting = Meeting.objects.create(
        partnership=side.partnership,
        committee=committee or side.sk,
        title=f"{side.word} {title}",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        place=f"{side.word} Rathaus",
        created_by=side.office,
    )
    for position, (name, is_confidential) in enumerate(
        ((f"{side.word} Begrüßung", False), (f"{SECRET_WORD}punkt", True), (f"{side.word} Bericht", False)), start=1
    ):
        AgendaItem.objects.create(
            meeting=meeting,
            position=position,
            title=name,
            text=f"Erläuterung {SECRET_WORD}" if is_confidential else "Erläuterung",
            is_confidential=is_confidential,
        )
    return meeting


def _meetings(side: Side) -> None:
    side.things["meeting_draft"] = _meeting(side, f"Sitzung {SECRET_WORD}entwurf")
    side.things["meeting"] = meetings.invite(by=side.office, meeting=_meeting(side, "Sitzung geladen"))
    open_item, secret_item, _last = side.meeting.items.order_by("position")
    side.things["item"], side.things["item_secret"] = open_item, secret_item
    side.things["paper"] = agendas.add_paper(
        by=side.office, item=open_item, file=_upload("vorlage.pdf"), title=f"{side.word} Papier"
    )
    side.things["paper_secret"] = agendas.add_paper(
        by=side.office, item=secret_item, file=_upload("heimlich.pdf"), title=f"{SECRET_WORD}papier"
    )
    side.things["paper_file"], side.things["paper_secret_file"] = side.paper.document, side.paper_secret.document
    running = meetings.invite(by=side.office, meeting=_meeting(side, "Sitzung läuft"))
    now = clock.now()
    Meeting.objects.filter(pk=running.pk).update(starts_at=now, ends_at=now + timedelta(hours=2))
    running.refresh_from_db()
    side.things["meeting_running"] = meetings.start(by=side.office, meeting=running)
    side.things["item_running"] = running.items.order_by("position").first()
    cancelled = meetings.invite(by=side.office, meeting=_meeting(side, "Sitzung abgesagt"))
    side.things["meeting_cancelled"] = meetings.cancel(by=side.office, meeting=cancelled, reason="Es passt nicht.")
    closed = _meeting(side, "Sitzung beendet", days=-30)
    Meeting.objects.filter(pk=closed.pk).update(
        state=MeetingState.CLOSED, invited_at=now - timedelta(days=60), started_at=closed.starts_at, closed_at=now
    )
    closed.refresh_from_db()
    side.things["meeting_closed"] = closed


def _ballot(side: Side, title: str, *, is_open: bool = True, **fields: Any) -> Ballot:
    ballot = Ballot.objects.create(
        partnership=side.partnership,
        committee=side.sk,
        created_by=side.office,
        **{
            "title": f"{side.word} {title}",
            "text": f"Beschlusstext {title}",
            "way": BallotWay.CIRCULAR,
            "deadline_at": clock.now() + timedelta(days=20),
            **fields,
        },
    )
    return ballots.open_ballot(by=side.person("chair"), ballot=ballot) if is_open else ballot


def _vote(side: Side, ballot: Ballot, choice: str = "yes") -> Ballot:
    """All whose votes are sure to count: own and other partner say yes, so the ballot closes or the chair may."""
    for partner, role in ((side.partner_own, "delegate"), (side.partner_other, "delegate_other")):
        ballots.cast(by=side.person(role), ballot=ballot, partner=partner, choice=choice, token=uuid.uuid4().hex)
    ballot.refresh_from_db()
    return ballot


def _declared(side: Side, title: str, **fields: Any) -> Any:
    in_meeting = {"way": BallotWay.MEETING, "meeting": side.meeting_running, "deadline_at": None}
    ballot = _vote(side, _ballot(side, title, **in_meeting, **fields))
    if ballot.state == BallotState.OPEN:
        ballot = ballots.close_ballot(by=side.person("chair"), ballot=ballot)
    return declaring.declare(by=side.person("chair"), ballot=ballot)


def _ballots(side: Side) -> None:
    side.things["ballot_draft"] = _ballot(side, f"{SECRET_WORD}vorbereitet", is_open=False)
    side.things["ballot"] = _ballot(side, "Umlauf")
    side.things["ballot_secret"] = _ballot(side, f"{SECRET_WORD}umlauf", is_confidential=True)
    in_meeting = {"way": BallotWay.MEETING, "meeting": side.meeting_running, "deadline_at": None}
    side.things["ballot_meeting"] = _ballot(side, "In der Sitzung", **in_meeting)
    side.things["ballot_hands"] = _ballot(side, "Handzeichen", form=BallotForm.SHOW_OF_HANDS, **in_meeting)
    ballots.exclude_partner(
        by=side.person("chair"), ballot=side.ballot_hands, partner=side.partner_third, reason="Selbst betroffen."
    )
    _papers_with_options(side, in_meeting)
    sealed = _ballot(side, "Versiegelt", is_open=False, form=BallotForm.SECRET, secrecy="sealed")
    side.things["ballot_sealed"] = ballots.appoint_tellers(
        by=side.office, ballot=sealed, persons=[side.person("chair"), side.office]
    )
    side.things["ballot_demandable"] = _ballot(side, "Geheim verlangen", is_open=False, **in_meeting)
    closed = _vote(side, _ballot(side, "Geschlossen", **in_meeting))
    if closed.state == BallotState.OPEN:
        closed = ballots.close_ballot(by=side.person("chair"), ballot=closed)
    side.things["ballot_closed"] = closed
    side.things["resolution"] = _declared(side, "Beschluss")
    side.things["ballot_declared"] = side.resolution.ballot
    side.things["resolution_secret"] = _declared(side, f"{SECRET_WORD}beschluss", is_confidential=True)
    side.things["ballot_declared_secret"] = side.resolution_secret.ballot
    side.things["resolution_public"] = _declared(side, "Öffentlicher Beschluss")
    resolutions.publish(by=side.office, resolution=side.resolution_public)
    _handed_over(side)


def _handed_over(side: Side) -> None:
    """A proxy to be accepted, a conflict to be decided, a vote subject to a council."""
    side.things["proxy"] = proxies.grant(
        by=side.person("delegate_other"), scope=side.meeting, giver=side.partner_other, holder=side.partner_own
    )
    side.things["conflict"] = Conflict.objects.create(
        ballot=side.ballot_hands,
        partner=side.partner_own,
        reason="Selbst betroffen.",
        stated_by=side.person("chair"),
        stated_at=clock.now(),
    )
    ballot = _ballot(side, "Mit Vorbehalt", way=BallotWay.MEETING, meeting=side.meeting_running, deadline_at=None)
    for role in ("delegate", "delegate_other"):
        ballots.cast(
            by=side.person(role),
            ballot=ballot,
            partner=side.partner_own if role == "delegate" else side.partner_other,
            choice="yes",
            token=uuid.uuid4().hex,
            council="Stadtrat" if role == "delegate" else "",
        )
    ballots.close_ballot(by=side.person("chair"), ballot=ballot)
    declaring.declare(by=side.person("chair"), ballot=ballot)
    side.things["reservation"] = reservations.of(ballot).get()


def _papers_with_options(side: Side, in_meeting: dict[str, Any]) -> None:
    """An election that waits for nominations, a draft with options in no running meeting, and two that are level."""
    nominating = _ballot(side, "Wahl", is_open=False, kind="election", takes_nominations=True, **in_meeting)
    side.things["ballot_nominating"] = nominating
    side.things["option"] = ballots.propose(
        by=side.person("delegate"),
        ballot=nominating,
        title=f"{side.word} Kandidatin",
        account=side.person("delegate"),
        partner=side.partner_own,
    )
    side.things["ballot_options"] = _ballot(side, f"{SECRET_WORD}auswahl", is_open=False, kind="approval")
    block = _ballot(side, "Block", is_open=False, **in_meeting)
    item = AgendaItem.objects.create(
        meeting=side.meeting_running, position=9, title=f"{side.word} Blockpunkt", referral=side.referral
    )
    ballots.gather(by=side.office, ballot=block, items=[item])
    side.things["ballot_block"], side.things["block_item"] = block, block.block.get()
    level = _ballot(side, "Gleichstand", is_open=False, kind="alternatives", **in_meeting)
    for title in ("Blau", "Rot"):
        ballots.propose(by=side.office, ballot=level, title=f"{side.word} {title}")
    level = ballots.open_ballot(by=side.person("chair"), ballot=level)
    for partner, role, choice in ((side.partner_own, "delegate", "1"), (side.partner_other, "delegate_other", "2")):
        ballots.cast(by=side.person(role), ballot=level, partner=partner, choice=choice, token=uuid.uuid4().hex)
    side.things["ballot_level"] = ballots.close_ballot(by=side.person("chair"), ballot=level)


def _fund(side: Side) -> None:
    side.things["fund"] = funds.set_up(
        by=side.office, partnership=side.partnership, name=f"{side.word} Fonds", purpose="Pflege des Codes"
    )
    for role, held in (("treasurer", Role.TREASURER), ("auditor", Role.AUDITOR)):
        side.things[f"appointment_{role}"] = appointments.appoint(
            by=side.office, person=side.person(role), role=held, subject=side.fund, valid_from=LONG_AGO
        )
    treasurer, year = side.person("treasurer"), clock.today().year
    side.things["pledge"] = pledges.create(
        by=treasurer, fund=side.fund, partner=side.partner_own, year=year, amount=Decimal("1000.00")
    )
    side.things["pledge_other"] = pledges.create(
        by=treasurer, fund=side.fund, partner=side.partner_other, year=year, amount=Decimal("700.00"), is_named=False
    )
    side.things["posting"] = payments.receive(
        by=treasurer, pledge=side.pledge_other, amount=Decimal("700.00"), booked_on=clock.today()
    )
    side.things["measure"] = measures.propose(
        by=side.office, fund=side.fund, title=f"{side.word} Maßnahme", budget=Decimal("100.00")
    )
    approved = measures.propose(
        by=side.office, fund=side.fund, title=f"{side.word} bewilligte Maßnahme", budget=Decimal("200.00")
    )
    side.things["measure_approved"] = measures.approve(by=side.office, measure=approved, resolution=side.resolution)


def _lists(side: Side) -> None:
    side.things["import_batch"] = batches.upload(
        by=side.office,
        partnership=side.partnership,
        name=f"{side.word} liste.csv",
        content=f"Partner\n{side.word} Partner neu\n".encode(),
    )
    side.things["enquiry"] = Enquiry.objects.create(
        partnership=side.partnership,
        kind=EnquiryKind.JOIN,
        organisation=f"{side.word} Stadt Anfrage",
        name="Anna Anfrage",
        email="anna@example.org",
        message="Wir möchten beitreten.",
        received_at=clock.now(),
    )
    side.things["message"] = outbox.post(
        kind="enquiry_answered",
        template="partnership/mail/password_reset",
        context={"url": "https://example.org/"},
        recipient=side.person("delegate"),
        partnership=side.partnership,
        about=side.partnership,
        dedup_key=f"{side.slug}-nachricht",
        subject=f"{side.word} Nachricht",
    )
    side.things["feedback"] = site.receive_feedback(message=f"{side.word} Rückmeldung", page="/")
    side.things["audit_event"] = AuditEvent.objects.filter(partnership=side.partnership).first()


__all__ = [
    "FOREIGN_WORD",
    "GROUPS",
    "PASSWORD",
    "ROLES",
    "SECRET_WORD",
    "Side",
    "World",
    "build",
]
