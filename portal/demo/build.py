"""Builds the demonstration through the services, as people would, at moments relative to today."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from committees.enums import DelegateKind
from committees.models import Committee
from committees.rules.presets import PRESETS
from committees.services import committees as committee_services
from committees.services import delegates, rule_sets
from membership.enums import OrganisationKind
from membership.models import Organisation, Partner
from membership.services import organisations as organisation_services
from membership.services import partners as partner_services
from partnership import clock
from partnership.enums import OutboxState, Role
from partnership.mail import FolderBackend, StoredMail
from partnership.models import OutboxMessage, Partnership, User
from partnership.services import appointments, partnerships
from portal.demo import content
from portal.demo.governance import Governance
from portal.demo.money import build_money
from portal.demo.papers import lay_out
from portal.demo.stage import Stage, moment

FOUNDED = date(2018, 6, 7)


@transaction.atomic
def build() -> Partnership:
    """Set the whole demonstration up in an empty database."""
    stage = Stage()
    with moment(-700):
        _people(stage)
        _partnership(stage)
        _bodies(stage)
        _delegates(stage)
    created_by = Governance(stage).play()
    build_money(stage, created_by)
    lay_out(stage)
    _deliver_past_mail()
    return stage.partnership


def _people(stage: Stage) -> None:
    for persona in content.PERSONAS:
        person = User.objects.create_user(persona.email, persona.name, job_title=persona.title)
        stage.people[persona.key] = person
    administrator = stage[content.ADMINISTRATOR]
    administrator.is_staff = administrator.is_superuser = True
    administrator.save(update_fields=["is_staff", "is_superuser"])


def _partnership(stage: Stage) -> None:
    stage.partnership = partnerships.found(
        by=None,
        office=stage[content.OFFICE],
        slug=content.SLUG,
        name=content.NAME,
        short_name=content.SHORT_NAME,
        office_name="Geschäftsführung (Dataport)",
        office_email=content.OFFICE.email,
        enquiry_email=content.PRODUCT.email,
        founded_on=FOUNDED,
        purpose=content.PURPOSE,
        introduction=content.INTRODUCTION,
        benefits=content.BENEFITS,
        land="HH",
    )
    appointments.appoint(
        by=stage[content.OFFICE],
        person=stage[content.PRODUCT],
        role=Role.PRODUCT_MANAGER,
        subject=stage.partnership,
    )


def _organisation(stage: Stage, body: content.Body) -> Organisation:
    found = Organisation.objects.filter(name=body.name).first()
    return found or organisation_services.create(
        by=stage[content.OFFICE],
        partnership=stage.partnership,
        name=body.name,
        kind=OrganisationKind(body.kind),
        land=body.land,
    )


def _bodies(stage: Stage) -> None:
    """Partners and committees."""
    office = stage[content.OFFICE]
    seats = [*content.FOUNDERS, *((body.name, (body,)) for body in content.INVENTED)]
    for number, (name, bodies) in enumerate(seats, start=1):
        stage.partners[name] = partner_services.create(
            by=office,
            partnership=stage.partnership,
            organisations=[_organisation(stage, body) for body in bodies],
            name=name,
            # Founders since 2018, the others joined one after another.
            valid_from=FOUNDED if number <= len(content.FOUNDERS) else FOUNDED + timedelta(days=35 * number),
            is_in_fund=number <= content.CONTRIBUTORS,
        )
    appointments.appoint(
        by=office,
        person=stage[content.PARTNER_ADMIN],
        role=Role.PARTNER_ADMIN,
        subject=stage.partners[content.MUNICH],
    )
    lgv, dataport = _organisation(stage, content.LGV), _organisation(stage, content.DATAPORT)
    stage.strategic = _committee(stage, content.STRATEGIC, 1, chair_organisation=lgv, management_organisation=dataport)
    stage.technical = _committee(
        stage,
        content.TECHNICAL,
        2,
        chair_organisation=lgv,
        management_organisation=dataport,
        recommends_to=stage.strategic,
    )
    for committee in (stage.strategic, stage.technical):
        rule_sets.create(
            by=office,
            committee=committee,
            rules=PRESETS["equal_simple"].rules,
            valid_from=FOUNDED,
            preset="equal_simple",
            reason="Geschäftsordnung der Demonstration (erfunden)",
        )
        for persona, role in (
            (content.CHAIR, Role.CHAIR),
            (content.DEPUTY_CHAIR, Role.DEPUTY_CHAIR),
            (content.SECRETARY, Role.SECRETARY),
        ):
            appointments.appoint(by=office, person=stage[persona], role=role, subject=committee)
    care, management, maintainers = (
        _committee(stage, organ, 3 + index, lead_organisation=lead)
        for index, (organ, lead) in enumerate(zip(content.CIRCLES, (lgv, dataport, None), strict=True))
    )
    committee_services.add_circle_member(
        by=office,
        committee=management,
        name=content.PRODUCT.name,
        email=content.PRODUCT.email,
        organisation=dataport,
        is_lead=True,
    )
    committee_services.add_circle_member(
        by=office, committee=care, name="Cora Codepflege", organisation=lgv, is_lead=True
    )
    for index, name in enumerate(("Mika Maintainer", "Noor Maintainer", "Oda Maintainer")):
        committee_services.add_circle_member(
            by=office,
            committee=maintainers,
            name=name,
            organisation=_organisation(stage, content.INVENTED[index]),
            is_lead=index == 0,
        )


def _committee(stage: Stage, organ: content.Organ, position: int, **held: Any) -> Committee:
    return committee_services.create(
        by=stage[content.OFFICE],
        partnership=stage.partnership,
        code=organ.code,
        name=organ.name,
        kind=organ.kind,
        purpose=organ.purpose,
        position=position,
        **held,
    )


def _delegates(stage: Stage) -> None:
    """One delegate a partner and committee, some deputies; one partner has nobody, so that the gap shows."""
    known = {
        content.MUNICH: stage[content.DELEGATE],
        content.HAMBURG: stage[content.HAMBURG_DELEGATE],
        "Schwerin mit Ludwigslust-Parchim": stage[content.SHARED_DELEGATE],
    }
    for number, (name, partner) in enumerate(stage.partners.items()):
        if number == len(stage.partners) - 1:
            continue
        person = known.get(name) or _extra(number, "vertretung")
        for committee in (stage.strategic, stage.technical):
            _delegate(stage, partner, committee, person, DelegateKind.DELEGATE)
        if number % 4 == 1:
            deputy = _extra(number, "stellvertretung")
            _delegate(stage, partner, stage.strategic, deputy, DelegateKind.DEPUTY)
    for committee in (stage.strategic, stage.technical):
        _delegate(stage, stage.partners[content.MUNICH], committee, stage[content.DEPUTY], DelegateKind.DEPUTY)


def _extra(number: int, kind: str) -> User:
    given = content.GIVEN[(number * 7 + len(kind)) % len(content.GIVEN)]
    family = content.FAMILY[(number * 5 + len(kind)) % len(content.FAMILY)]
    return User.objects.create_user(f"{kind}{number + 1}@{content.DOMAIN}", f"{given} {family}")


def _delegate(stage: Stage, partner: Partner, committee: Committee, person: User, kind: DelegateKind) -> None:
    delegates.add(by=stage[content.OFFICE], partner=partner, committee=committee, person=person, kind=kind)


def _deliver_past_mail() -> None:
    """Mails of past days went out on those days; where mails become files, theirs lie there too."""
    yesterday = clock.now() - timedelta(hours=20)
    past = list(OutboxMessage.objects.filter(created_at__lt=yesterday))
    for message in past:
        message.state, message.sent_at, message.attempts = OutboxState.SENT, message.created_at, 1
    OutboxMessage.objects.bulk_update(past, ["state", "sent_at", "attempts"], batch_size=100)
    if not settings.EMAIL_URL:
        for message in past:
            with clock.frozen(message.created_at):
                FolderBackend().send_messages([StoredMail(message.to_address, message.subject, bytes(message.mime))])
