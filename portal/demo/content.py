"""What the demonstration tells: the Masterportal partnership as its own page describes it (seed 000).

Founders stand by name; the 29 further partners, all people and all figures are invented, and named so.
Texts are data of one partnership, not words of the interface: they stay German in every language.
"""

from dataclasses import dataclass

from committees.enums import CommitteeKind
from membership.enums import OrganisationKind
from partnership.enums import Land

SLUG = "masterportal"
DOMAIN = "demo.example"

NAME = "Implementierungspartnerschaft Masterportal"
SHORT_NAME = "IP Masterportal"
PURPOSE = (
    "Die Implementierungspartnerschaft entwickelt das Masterportal unabhängig, nachhaltig und stabil weiter. "
    "In ihr treffen die Partner strategische und technische Entscheidungen rund um das Softwareprodukt."
)
INTRODUCTION = (
    "Die Partnerschaft besteht ausschließlich aus Partnern der öffentlichen Verwaltung. Damit ist sie ein wichtiger "
    "Baustein für deren digitale Souveränität.\n\n"
    "Gegründet wurde sie 2018 von Vertretern der Städte München, Frankfurt a. M., Remscheid, Hamburg und Schwerin "
    "mit dem Landkreis Ludwigslust-Parchim. Sie ruht auf mehreren Säulen, jede mit eigenen Aufgaben."
)
BENEFITS = """- Sie werden Teil eines länderübergreifenden Netzwerks.
- Sie erhalten Stimmrecht bei allen strategischen und technischen Themen.
- Sie beeinflussen die Weiterentwicklung und erleben sie aus nächster Nähe.
- Sie erhöhen Reichweite und Sichtbarkeit Ihrer Institution.
- Sie nehmen an internen Workshops teil, auch zu weiteren Themen.
- Sie werden Teil einer hilfsbereiten Gemeinschaft."""


@dataclass(frozen=True)
class Body:
    """A legal body."""

    name: str
    kind: OrganisationKind
    land: Land | str = ""


LGV = Body("Landesbetrieb Geoinformation und Vermessung Hamburg", OrganisationKind.AGENCY, Land.HH)
DATAPORT = Body("Dataport Anstalt öffentlichen Rechts", OrganisationKind.AGENCY, Land.SH)

MUNICH = "Landeshauptstadt München"
HAMBURG = "Freie und Hansestadt Hamburg"
FOUNDERS: tuple[tuple[str, tuple[Body, ...]], ...] = (
    (MUNICH, (Body(MUNICH, OrganisationKind.CITY, Land.BY),)),
    ("Stadt Frankfurt am Main", (Body("Stadt Frankfurt am Main", OrganisationKind.CITY, Land.HE),)),
    ("Stadt Remscheid", (Body("Stadt Remscheid", OrganisationKind.CITY, Land.NW),)),
    (HAMBURG, (Body(HAMBURG, OrganisationKind.LAND, Land.HH),)),
    (
        "Schwerin mit Ludwigslust-Parchim",
        (
            Body("Landeshauptstadt Schwerin", OrganisationKind.CITY, Land.MV),
            Body("Landkreis Ludwigslust-Parchim", OrganisationKind.DISTRICT, Land.MV),
        ),
    ),
)

_CITY, _DISTRICT, _ASSOCIATION = OrganisationKind.CITY, OrganisationKind.DISTRICT, OrganisationKind.ASSOCIATION
INVENTED: tuple[Body, ...] = (
    Body("Stadt Musterhafen", _CITY, Land.SH),
    Body("Stadt Beispielhausen", _CITY, Land.NI),
    Body("Kreis Musterland-Nord", _DISTRICT, Land.SH),
    Body("Kreis Musterland-Süd", _DISTRICT, Land.BW),
    Body("Stadt Neu-Beispiel", _CITY, Land.NW),
    Body("Stadt Phantasien am See", _CITY, Land.BY),
    Body("Zweckverband Beispielregion", _ASSOCIATION, Land.HE),
    Body("Stadt Musterstadt (Muster)", _CITY, Land.NW),
    Body("Kreis Beispielsberg", _DISTRICT, Land.RP),
    Body("Gemeinde Klein Muster", OrganisationKind.MUNICIPALITY, Land.BB),
    Body("Stadt Groß Muster", _CITY, Land.BB),
    Body("Stadt Erfundenfels", _CITY, Land.SN),
    Body("Kreis Erdachtal", _DISTRICT, Land.TH),
    Body("Stadt Probewalde", _CITY, Land.ST),
    Body("Stadt Testlingen", _CITY, Land.BW),
    Body("Regionalverband Musterrevier", _ASSOCIATION, Land.NW),
    Body("Stadt Beispielbrück", _CITY, Land.SL),
    Body("Stadt Platzhalter", _CITY, Land.HE),
    Body("Kreis Musterheide", _DISTRICT, Land.NI),
    Body("Stadt Fiktivburg", _CITY, Land.ST),
    Body("Stadt Irgendwo am Fluss", _CITY, Land.RP),
    Body("Rechenzentrum Beispiel AöR", OrganisationKind.AGENCY, Land.NI),
    Body("Stadt Nirgendheim", _CITY, Land.BW),
    Body("Kreis Phantasus", _DISTRICT, Land.MV),
    Body("Stadt Musterwerda", _CITY, Land.BB),
    Body("Stadt Beispielau", _CITY, Land.BY),
    Body("Hochschule Musterhausen", OrganisationKind.UNIVERSITY, Land.NW),
    Body("Stadt Ersatzlingen", _CITY, Land.BW),
    Body("Kreis Vorbildingen", _DISTRICT, Land.BY),
)

# How many partners pledge to the fund this year (seed 000: 13 of 34).
CONTRIBUTORS = 13


@dataclass(frozen=True)
class Organ:
    """A committee or role circle."""

    code: str
    name: str
    kind: CommitteeKind
    purpose: str


STRATEGIC = Organ(
    "SK",
    "Strategisches Komitee",
    CommitteeKind.DECIDES,
    "- Organ für strategische und offizielle Beschlüsse\n"
    "- kontrolliert die Ausrichtung des Masterportals\n"
    "- jeder Partner hat das Recht zur Teilnahme bei gleichem Stimmrecht",
)
TECHNICAL = Organ(
    "TK",
    "Technisches Komitee",
    CommitteeKind.RECOMMENDS,
    "- Organ für technische Einschätzungen und Empfehlungen\n"
    "- legt seine Empfehlungen dem Strategischen Komitee als Beschlussvorlage vor\n"
    "- berät, ob neue Funktionen in den zentralen Code übernommen werden",
)
CIRCLES = (
    Organ(
        "PP",
        "Produktpflege",
        CommitteeKind.ROLE_CIRCLE,
        "- kümmert sich um Stabilität und Releases\n- beteiligt sich an Fehlerbehebung und Codepflege",
    ),
    Organ(
        "PM",
        "Produktmanagement",
        CommitteeKind.ROLE_CIRCLE,
        "- koordiniert organisatorische Angelegenheiten\n- erste Ansprechstelle für Interessierte\n"
        "- pflegt die zentralen Kommunikationsmedien",
    ),
    Organ(
        "MG",
        "Maintainer Group",
        CommitteeKind.ROLE_CIRCLE,
        "- unterstützt die Produktpflege in technischen Fragen\n- besteht aus Freiwilligen verschiedener Partner",
    ),
)

# Given and family names are combined by number; nobody of this name is meant.
GIVEN = ("Anna", "Bernd", "Carla", "Deniz", "Eva", "Frieder", "Gesa", "Hakan", "Ines", "Jan", "Katrin", "Lukas")
FAMILY = ("Muster", "Beispiel", "Probe", "Vorbild", "Phantas", "Erdacht", "Erfund", "Schablon", "Platzhalter")


@dataclass(frozen=True)
class Persona:
    """Somebody to sign in as in the demonstration."""

    key: str
    name: str
    title: str
    task: str

    @property
    def email(self) -> str:
        """Their address; example domains reach nobody (RFC 2606)."""
        return f"{self.key}@{DOMAIN}"


OFFICE = Persona("buero", "Greta Büro", "Geschäftsführung", "bereitet Sitzungen vor, lädt ein, führt das Register")
PRODUCT = Persona("produkt", "Paul Produkt", "Produktmanagement", "pflegt Partnerlisten, beantwortet Anfragen")
CHAIR = Persona("vorsitz", "Vera Vorsitz", "Vorsitz", "eröffnet, schließt und stellt Abstimmungen fest")
DEPUTY_CHAIR = Persona("stellv-vorsitz", "Stefan Stellvorsitz", "Stellvertretender Vorsitz", "vertritt den Vorsitz")
SECRETARY = Persona("schriftfuehrung", "Sabine Schrift", "Schriftführung", "führt Anwesenheit und Protokoll")
DELEGATE = Persona("muenchen", "Maria München", "Vertretung München", "stimmt für München ab")
HAMBURG_DELEGATE = Persona("hamburg", "Hannes Hamburg", "Vertretung Hamburg", "stimmt für Hamburg ab")
SHARED_DELEGATE = Persona(
    "schwerin", "Swantje Schwerin", "Vertretung Schwerin/LUP", "stimmt für den gemeinsamen Sitz ab"
)
DEPUTY = Persona("muenchen-stv", "Moritz München", "Stellvertretung München", "springt für München ein")
PARTNER_ADMIN = Persona(
    "muenchen-admin", "Monika München", "Partnerverwaltung München", "hält „Unsere Organisation“ aktuell"
)
TREASURER = Persona("kasse", "Karl Kasse", "Kassenführung", "bucht Zahlungen, bezahlt Maßnahmen")
AUDITOR = Persona("pruefung", "Petra Prüfung", "Kassenprüfung", "liest alles, bucht nichts")
ADMINISTRATOR = Persona("verwaltung", "Axel Verwaltung", "Verwaltung der Installation", "pflegt Konten und Gremien")

PERSONAS = (
    OFFICE,
    CHAIR,
    DELEGATE,
    HAMBURG_DELEGATE,
    SHARED_DELEGATE,
    DEPUTY,
    PRODUCT,
    PARTNER_ADMIN,
    DEPUTY_CHAIR,
    SECRETARY,
    TREASURER,
    AUDITOR,
    ADMINISTRATOR,
)
