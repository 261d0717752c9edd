"""Mails about resolutions."""

from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from committees.enums import EntryKind
from committees.models import Delegate, Resolution
from committees.services.register import part
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.enums import Role
from partnership.models import Appointment, OutboxMessage, Partnership, User
from partnership.services import outbox

DECLARED = "resolution.declared"
CORRECTED = "resolution.corrected"
ANNULLED = "resolution.annulled"
UNREACHED = "resolution.unreached"
ENTITLEMENT = "committees.resolution"


def people_of_all_partners(partnership: Partnership) -> QuerySet[User]:
    """Delegates and deputies of every committee and the partner admins, each person once."""
    on = clock.today()
    delegates = Delegate.objects.valid(on).filter(committee__partnership=partnership).values("person")
    admins = Appointment.objects.valid(on).filter(partnership=partnership, role=Role.PARTNER_ADMIN).values("person")
    return User.objects.filter(Q(pk__in=delegates) | Q(pk__in=admins), is_active=True).order_by("email")


def unreached(partnership: Partnership) -> list[Partner]:
    """Members nobody with an account acts for: neither delegate nor deputy nor administrator."""
    on = clock.today()
    people = User.objects.filter(is_active=True)
    speaking = Delegate.objects.valid(on).filter(committee__partnership=partnership, person__in=people)
    administered = Appointment.objects.valid(on).filter(
        partnership=partnership, role=Role.PARTNER_ADMIN, person__in=people
    )
    keys = [UUID(key) for key in administered.values_list("object_pk", flat=True)]
    members = Partner.objects.filter(partnership=partnership).members(on)
    return list(members.exclude(pk__in=speaking.values("partner")).exclude(pk__in=keys).order_by("number"))


def tell_unreached(*, resolution: Resolution) -> int:
    """Tell the managing office which partners could not be told; answers how many mails are new."""
    partnership = resolution.partnership
    partners = unreached(partnership)
    if not partners:
        return 0
    held = Appointment.objects.valid(clock.today()).filter(partnership=partnership, role=Role.MANAGING_OFFICE)
    letters = [
        outbox.Letter(
            kind=UNREACHED,
            template="committees/mail/resolution_unreached",
            context={
                "resolution": resolution,
                "partners": [partner.name for partner in partners],
                "url": reverse("committees:committee_detail", args=[partnership.slug, resolution.committee_id]),
            },
            dedup_key=f"unreached:{resolution.pk}:{person.pk}",
            subject=format_lazy(_("Nicht benachrichtigt: Beschluss {number}"), number=resolution.number),
            partnership=partnership,
            recipient=person,
            about=resolution,
            entitlement=ENTITLEMENT,
        )
        for person in User.objects.filter(pk__in=held.values("person"), is_active=True)
    ]
    return len(outbox.post_many(letters))


def declared(*, by: User | None, resolution: Resolution) -> list[OutboxMessage]:
    """Tell all partners of the partnership what was resolved: one mail per person, once per entry.

    Of a confidential resolution number and link only. Each mail carries position and hash of the register's end:
    an outside witness against a chain that is cut or rewritten later (reliability.md 4.4).
    """
    partnership = resolution.partnership
    is_correction = resolution.kind == EntryKind.CORRECTED
    about = resolution.refers_to if is_correction and resolution.refers_to is not None else resolution
    subject = _("Berichtigung zu Beschluss {number}") if is_correction else _("Beschluss {number}: {title}")
    if resolution.is_confidential or not about.number:
        subject = _("Beschluss {number} (vertraulich)") if about.number else _("Eintrag im Beschlussregister")
    prefetch_related_objects([resolution], "parts")
    wording = None if resolution.is_confidential else _wording(resolution)
    context = {
        "resolution": resolution,
        "about": about,
        "is_correction": is_correction,
        "text": wording["text"] if wording else "",
        "correction_reason": wording.get("reason", "") if wording else "",
        "acts": {} if resolution.is_confidential else _acts(resolution),
        "sentences": [] if resolution.is_confidential else sentences(resolution),
        "head": f"{resolution.position}:{resolution.hash}",
        "url": reverse("committees:resolution_detail", kwargs={"slug": partnership.slug, "pk": resolution.pk}),
    }
    return outbox.post_many(
        [
            outbox.Letter(
                kind=CORRECTED if is_correction else DECLARED,
                template="committees/mail/resolution_declared",
                context=context,
                dedup_key=f"resolution:{resolution.pk}:{person.pk}",
                subject=format_lazy(subject, number=about.number, title=resolution.title),
                partnership=partnership,
                recipient=person,
                about=resolution,
                entitlement=ENTITLEMENT,
            )
            for person in people_of_all_partners(partnership)
        ]
    )


def annulled(*, entry: Resolution) -> list[OutboxMessage]:
    """Tell all partners that a resolution was declared invalid; of a confidential one its number only."""
    partnership, about = entry.partnership, entry.refers_to
    assert about is not None
    context = {
        "entry": entry,
        "about": about,
        "reason": "" if entry.is_confidential else _wording(entry).get("reason", ""),
        "head": f"{entry.position}:{entry.hash}",
        "url": reverse("committees:resolution_detail", kwargs={"slug": partnership.slug, "pk": about.pk}),
    }
    return outbox.post_many(
        [
            outbox.Letter(
                kind=ANNULLED,
                template="committees/mail/resolution_annulled",
                context=context,
                dedup_key=f"resolution:{entry.pk}:{person.pk}",
                subject=format_lazy(_("Beschluss {number} für ungültig erklärt"), number=about.number),
                partnership=partnership,
                recipient=person,
                about=about,
                entitlement=ENTITLEMENT,
            )
            for person in people_of_all_partners(partnership)
        ]
    )


def _wording(resolution: Resolution) -> dict[str, str]:
    return part(resolution, "text") or {"text": ""}


def _acts(resolution: Resolution) -> dict[str, str]:
    """Who asked for an early end and who confirmed it (reliability.md, V8)."""
    persons = part(resolution, "persons") or {}
    return {row["act"]: row["name"] for row in persons.get("acts", [])}


def sentences(resolution: Resolution) -> list[dict[str, str]]:
    """The conditions of the verdict in both languages; empty where the entry has none."""
    verdict = part(resolution, "verdict") or {}
    return [condition["sentence"] for condition in verdict.get("conditions", [])]


def is_still_entitled(message: OutboxMessage) -> str | None:
    """Asked just before sending: who has left the partnership gets nothing."""
    if message.recipient is None or message.partnership_id is None:
        return None
    if ties(message.recipient).belongs_to(message.partnership_id):
        return None
    return str(_("Die Person wirkt an der Partnerschaft nicht mehr mit."))


def register() -> None:
    """Name the mails and the check before each send; called when the app is ready."""
    outbox.register_kind(DECLARED, _("Beschlussmitteilung"))
    outbox.register_kind(ANNULLED, _("Ungültigkeit eines Beschlusses"))
    outbox.register_kind(CORRECTED, _("Berichtigung eines Beschlusses"))
    outbox.register_kind(UNREACHED, _("Nicht benachrichtigte Partner"))
    outbox.register_entitlement(ENTITLEMENT, is_still_entitled)
