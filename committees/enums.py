"""States and kinds of committees, meetings, motions, ballots and resolutions (domain.md 2, 4, 5)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CommitteeKind(TextChoices):
    """What a committee is there for."""

    DECIDES = "decides", _("beschließendes Gremium")
    RECOMMENDS = "recommends", _("empfehlendes Gremium")
    WORKING_GROUP = "working_group", _("Arbeitsgruppe")
    ROLE_CIRCLE = "role_circle", _("Rollenkreis")
    COMMUNITY = "community", _("Gemeinschaft")


class CommitteeState(TextChoices):
    """Where a committee stands in its life."""

    PLANNED = "planned", _("geplant")
    ACTIVE = "active", _("tätig")
    ENDED = "ended", _("beendet")


class DelegateKind(TextChoices):
    """In which capacity a person speaks for a partner."""

    DELEGATE = "delegate", _("Vertretung")
    DEPUTY = "deputy", _("Stellvertretung")


class MeetingState(TextChoices):
    """States of a meeting."""

    DRAFT = "draft", _("in Vorbereitung")
    INVITED = "invited", _("eingeladen")
    RUNNING = "running", _("läuft")
    CLOSED = "closed", _("beendet")
    CANCELLED = "cancelled", _("abgesagt")


class ItemState(TextChoices):
    """States of an agenda item."""

    OPEN = "open", _("offen")
    CURRENT = "current", _("aufgerufen")
    DONE = "done", _("behandelt")
    CARRIED = "carried", _("vertagt")


class Answer(TextChoices):
    """What somebody answers to an invitation."""

    YES = "yes", _("Ich nehme teil")
    NO = "no", _("Ich nehme nicht teil")
    DEPUTY = "deputy", _("Meine Stellvertretung kommt")


class Presence(TextChoices):
    """How a partner was there."""

    DELEGATE = "delegate", _("durch Vertretung")
    DEPUTY = "deputy", _("durch Stellvertretung")
    PROXY = "proxy", _("durch Stimmrechtsübertragung")
    EXCUSED = "excused", _("entschuldigt")
    ABSENT = "absent", _("abwesend")


PRESENT = (Presence.DELEGATE, Presence.DEPUTY, Presence.PROXY)


class MotionState(TextChoices):
    """States of a motion; they follow from its referrals."""

    DRAFT = "draft", _("Entwurf")
    SUBMITTED = "submitted", _("eingereicht")
    IN_TREATMENT = "in_treatment", _("in Beratung")
    ADOPTED = "adopted", _("beschlossen")
    REJECTED = "rejected", _("abgelehnt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    LAPSED = "lapsed", _("erledigt")
    IMPLEMENTED = "implemented", _("umgesetzt")


class AmendmentState(TextChoices):
    """States of an amendment to a motion."""

    PROPOSED = "proposed", _("gestellt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    ADOPTED = "adopted", _("angenommen")
    REJECTED = "rejected", _("abgelehnt")
    LAPSED = "lapsed", _("erledigt")


class ReferralRole(TextChoices):
    """What a committee does with a motion."""

    RECOMMENDS = "recommends", _("empfiehlt")
    DECIDES = "decides", _("beschließt")
    IS_TOLD = "is_told", _("nimmt zur Kenntnis")


class ReferralState(TextChoices):
    """States of a motion's treatment in one committee."""

    WAITING = "waiting", _("wartet")
    SCHEDULED = "scheduled", _("auf der Tagesordnung")
    IN_VOTE = "in_vote", _("in Abstimmung")
    RECOMMENDED = "recommended", _("empfohlen")
    NOT_RECOMMENDED = "not_recommended", _("nicht empfohlen")
    ADOPTED = "adopted", _("beschlossen")
    REJECTED = "rejected", _("abgelehnt")
    NOTED = "noted", _("zur Kenntnis genommen")
    DEFERRED = "deferred", _("zurückgestellt")


class BallotWay(TextChoices):
    """How a vote is taken."""

    MEETING = "meeting", _("in der Sitzung")
    CIRCULAR = "circular", _("Umlaufbeschluss")


class BallotKind(TextChoices):
    """What a ballot asks."""

    MOTION = "motion", _("Ja, Nein oder Enthaltung")
    ALTERNATIVES = "alternatives", _("eine von mehreren Möglichkeiten")
    APPROVAL = "approval", _("beliebig viele Möglichkeiten")
    RANKING = "ranking", _("Rangfolge")
    ELECTION = "election", _("Wahl von Personen")


class BallotForm(TextChoices):
    """Who enters the votes: each partner itself, by name or in secret, or the office after a show of hands."""

    ROLL_CALL = "roll_call", _("namentlich")
    SECRET = "secret", _("geheim")
    SHOW_OF_HANDS = "show_of_hands", _("Handzeichen, vom Büro erfasst")


class SecrecyLevel(TextChoices):
    """How a secret ballot is kept (reliability.md 4.3)."""

    SEPARATED = "separated", _("getrennt: Teilnahme und Stimmzettel ohne Verbindung")
    SEALED = "sealed", _("versiegelt: zusätzlich verschlossen bis zur Auszählung durch zwei Personen")


class BallotState(TextChoices):
    """States of a ballot."""

    DRAFT = "draft", _("vorbereitet")
    OPEN = "open", _("läuft")
    COUNTING = "counting", _("wird ausgezählt")
    CLOSED = "closed", _("geschlossen")
    DECLARED = "declared", _("festgestellt")
    STOPPED = "stopped", _("angehalten")
    ANNULLED = "annulled", _("aufgehoben")
    DISPUTED = "disputed", _("strittig")


class Choice(TextChoices):
    """What a partner may choose."""

    YES = "yes", _("Ja")
    NO = "no", _("Nein")
    ABSTAIN = "abstain", _("Enthaltung")


class Capacity(TextChoices):
    """In which capacity a vote was cast."""

    DELEGATE = "delegate", _("Vertretung")
    DEPUTY = "deputy", _("Stellvertretung")
    PROXY = "proxy", _("Stimmrechtsübertragung")
    OFFICE = "office", _("erfasst nach Handzeichen")


class CloseCause(TextChoices):
    """Why a ballot closed."""

    CHAIR = "chair", _("durch den Vorsitz")
    DEADLINE = "deadline", _("Frist abgelaufen")
    COMPLETE = "complete", _("alle haben abgestimmt")
    EARLY = "early", _("vorzeitig mit Begründung")


class EntryKind(TextChoices):
    """Kinds of register entries."""

    ADOPTED = "adopted", _("beschlossen")
    REJECTED = "rejected", _("abgelehnt")
    RECOMMENDED = "recommended", _("empfohlen")
    NOT_RECOMMENDED = "not_recommended", _("nicht empfohlen")
    NO_QUORUM = "no_quorum", _("nicht beschlussfähig")
    TIE = "tie", _("Stimmengleichheit")
    UNDECIDED = "undecided", _("noch nicht entschieden")
    STOPPED = "stopped", _("Umlauf angehalten")
    VOIDED = "voided", _("Abstimmung aufgehoben")
    ANNULLED = "annulled", _("für ungültig erklärt")
    CORRECTED = "corrected", _("berichtigt")
    PUBLISHED = "published", _("veröffentlicht")
    EFFECTIVE = "effective", _("wirksam geworden")
    LAPSED = "lapsed", _("nicht wirksam geworden")


class EntryRelation(TextChoices):
    """How a register entry refers to an earlier one."""

    SUPERSEDES = "supersedes", _("ersetzt")
    REPEALS = "repeals", _("hebt auf")
    ANNULS = "annuls", _("erklärt für ungültig")
    CORRECTS = "corrects", _("berichtigt")
    PUBLISHES = "publishes", _("veröffentlicht")
    SETTLES = "settles", _("stellt die Wirksamkeit fest von")
    FOLLOWS = "follows", _("folgt auf")
