"""The governance of the demonstration: past meetings, one today, a coming one, a circular vote, a recommendation."""

import uuid
from datetime import datetime, timedelta

from committees.enums import Answer, BallotWay, Choice, DelegateKind
from committees.models import Ballot, Committee, Delegate, Meeting, Motion, Resolution
from committees.services import agendas, attendance, ballots, meetings, motions, resolutions
from membership.models import Partner
from partnership.models import User
from portal.demo import content
from portal.demo.stage import Stage, at, moment, soon, working

VIDEO = "https://video.demo.example/masterportal"


class Governance:
    """Acts of office, chair and delegates, in the order of the days."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.office = stage[content.OFFICE]
        self.chair = stage[content.CHAIR]

    def play(self) -> Resolution:
        """Play everything; answers the resolution that set the fund up."""
        fund = self._past_strategic_meeting()
        recommended = self._past_technical_meeting()
        self._technical_meeting_of_today()
        self._coming_strategic_meeting(recommended)
        self._running_circular_vote()
        self._technical_meeting_in_preparation()
        return fund

    # --- what happened ----------------------------------------------------------------------------

    def _past_strategic_meeting(self) -> Resolution:
        day = working(-84)
        begin = at(day)
        meeting = self._meeting(self.stage.strategic, "12. Sitzung des Strategischen Komitees", begin, invited=day - 21)
        fund = self._motion(
            day - 25,
            "Entwicklungsfonds zur Codepflege einrichten",
            "Die Partnerschaft richtet einen Entwicklungsfonds ein. Er speist sich aus freiwilligen Beiträgen und "
            "dient der Codepflege des Masterportals, insbesondere der Fehlerbehebung.",
            "Fehlerbehebung braucht eine verlässliche Grundlage, unabhängig von einzelnen Projekten.",
        )
        plan = self._motion(
            day - 24,
            "Zwei Versionen je Jahr veröffentlichen",
            "Das Masterportal erscheint künftig zweimal im Jahr in einer Version mit verlängerter Pflege.",
            "Die Partner wünschen planbare Aktualisierungen.",
        )
        with moment(day - 22):
            for motion in (fund, plan):
                agendas.put_motion(by=self.office, meeting=meeting, referral=motion.referrals.get())
        self._invite(meeting, day - 21)
        found = self._hold(meeting, day, present=27, votes={fund.pk: (24, 1, 2), plan.pk: (15, 8, 4)})
        with moment(day + 7):
            for resolution in found:
                resolutions.publish(by=self.office, resolution=resolution)
        return found[0]

    def _past_technical_meeting(self) -> Motion:
        day = working(-21)
        motion = self._motion(
            day - 20,
            "Zeitreihen in den zentralen Code übernehmen",
            "Die Erweiterung „Zeitreihen“ wird in den zentralen Code des Masterportals übernommen.",
            "Mehrere Partner nutzen die Erweiterung bereits; ohne Übernahme pflegt sie jeder für sich.",
            effects="Einmalig 20 Personentage der Produktpflege, danach 3 Personentage im Jahr.",
            committee=self.stage.technical,
            partner=self.stage.partners[content.MUNICH],
            by=self.stage[content.DELEGATE],
        )
        meeting = self._meeting(self.stage.technical, "31. Sitzung des Technischen Komitees", at(day), invited=day - 16)
        with moment(day - 17):
            agendas.put_motion(
                by=self.office, meeting=meeting, referral=motion.referrals.get(committee=self.stage.technical)
            )
        self._invite(meeting, day - 16)
        self._hold(meeting, day, present=22, votes={motion.pk: (19, 2, 1)})
        with moment(day, 16):
            motions.set_opinion(
                by=self.chair,
                referral=motion.referrals.get(committee=self.stage.technical),
                opinion="Die Erweiterung entspricht den Regeln für Code und Barrierefreiheit, ist zu 90 % durch Tests "
                "abgedeckt und ersetzt drei eigene Lösungen einzelner Partner.",
            )
        motion.refresh_from_db()
        return motion

    # --- what is to come --------------------------------------------------------------------------

    def _technical_meeting_of_today(self) -> None:
        """A short one that can be opened at once: the cockpit is there to be tried."""
        committee = self.stage.technical
        motion = self._motion(
            -19,
            "Barrierefreiheit bei jeder Version prüfen",
            "Jede Version des Masterportals wird vor ihrem Erscheinen auf Barrierefreiheit geprüft; das Ergebnis wird "
            "veröffentlicht.",
            "Mehrere Partner müssen die Barrierefreiheit ihres Portals nachweisen und könnten sich darauf berufen.",
            committee=committee,
        )
        meeting = self._meeting(committee, "Sondersitzung des Technischen Komitees", soon(), invited=-16, hours=1)
        with moment(-18):
            agendas.put_motion(by=self.office, meeting=meeting, referral=motion.referrals.get(committee=committee))
        self._invite(meeting, -16)
        with moment(-3):
            for delegate in self._speakers(committee)[5:23]:
                attendance.answer(by=delegate.person, meeting=meeting, partner=delegate.partner, answer=Answer.YES)

    def _coming_strategic_meeting(self, recommended: Motion) -> None:
        begin = at(working(17))
        meeting = self._meeting(self.stage.strategic, "13. Sitzung des Strategischen Komitees", begin, invited=-2)
        with moment(-3):
            agendas.put_motion(
                by=self.office,
                meeting=meeting,
                referral=recommended.referrals.get(committee=self.stage.strategic),
            )
            agendas.add_item(
                by=self.office,
                meeting=meeting,
                title="Angebot für den Betrieb der Testumgebung",
                text="Das Angebot wird in der Sitzung vorgestellt.",
                presenter=self.stage[content.PRODUCT].name,
                minutes_planned=15,
                is_confidential=True,
            )
        self._invite(meeting, -2)
        with moment(-1):
            for number, delegate in enumerate(self._speakers(self.stage.strategic)[3:17]):
                attendance.answer(
                    by=delegate.person,
                    meeting=meeting,
                    partner=delegate.partner,
                    answer=Answer.NO if number % 6 == 5 else Answer.YES,
                )

    def _running_circular_vote(self) -> None:
        motion = self._motion(
            -9,
            "Beitritt zur Kooperation „Offene Karten“ erklären",
            "Die Partnerschaft unterstützt die Kooperation „Offene Karten“ (Beispiel) und benennt dafür die "
            "Produktpflege als Ansprechstelle.",
            "Die nächste Sitzung käme für die Rückmeldefrist zu spät; deshalb entscheidet das Komitee im Umlauf.",
        )
        with moment(-4):
            ballot = ballots.draft_ballot(
                by=self.office,
                committee=self.stage.strategic,
                title=motion.title,
                text=motion.text,
                way=BallotWay.CIRCULAR,
                referral=motion.referrals.get(),
                deadline_at=at(5, 18),
            )
            ballots.open_ballot(by=self.chair, ballot=ballot)
        # The personas with a seat have not voted yet: that is what a visitor comes for.
        speakers = self._speakers(self.stage.strategic)
        seats = {persona.email for persona in content.PERSONAS}
        waiting = [delegate for delegate in speakers if delegate.person.email not in seats]
        with moment(-2):
            self._vote(ballot, waiting[:17], (14, 1, 2))

    def _technical_meeting_in_preparation(self) -> None:
        meeting = self._meeting(
            self.stage.technical, "32. Sitzung des Technischen Komitees", at(working(31)), invited=None
        )
        self._motion(
            -1,
            "Mindestversion der Laufzeitumgebung anheben",
            "Das Masterportal setzt ab der nächsten Version die aktuelle Langzeitversion der Laufzeitumgebung voraus.",
            "Die bisherige Version erhält keine Sicherheitsaktualisierungen mehr.",
            committee=self.stage.technical,
            partner=self.stage.partners[content.HAMBURG],
            by=self.stage[content.HAMBURG_DELEGATE],
        )
        with moment(-1):
            agendas.add_item(
                by=self.office, meeting=meeting, title="Bericht der Maintainer Group", presenter="Mika Maintainer"
            )

    # --- the deeds --------------------------------------------------------------------------------

    def _motion(
        self,
        day: int,
        title: str,
        text: str,
        reasons: str,
        *,
        effects: str = "",
        committee: Committee | None = None,
        partner: Partner | None = None,
        by: User | None = None,
    ) -> Motion:
        author = by or self.office
        with moment(day):
            motion = motions.create(
                by=author,
                partnership=self.stage.partnership,
                title=title,
                text=text,
                committee=committee or self.stage.strategic,
                reasons=reasons,
                effects=effects,
                submitting_partner=partner,
            )
            return motions.submit(by=author, motion=motion)

    def _meeting(
        self, committee: Committee, title: str, begin: datetime, *, invited: int | None, hours: int = 3
    ) -> Meeting:
        with moment((invited if invited is not None else 0) - 3):
            meeting = meetings.create(
                by=self.office,
                committee=committee,
                title=title,
                starts_at=begin,
                ends_at=begin + timedelta(hours=hours),
                place="Hamburg, Neuenfelder Straße 19, Raum E.01.274 (Beispiel)",
                video_url=VIDEO,
                invitation_text="Die Unterlagen stehen im Portal. Wenn Sie nicht kommen können, gilt die Einladung "
                "Ihrer Stellvertretung.",
            )
            agendas.add_item(by=self.office, meeting=meeting, title="Begrüßung und Tagesordnung", minutes_planned=10)
            return meeting

    def _invite(self, meeting: Meeting, day: int) -> None:
        with moment(day - 1):
            agendas.add_item(by=self.office, meeting=meeting, title="Verschiedenes", minutes_planned=15)
        with moment(day, 9):
            meetings.invite(by=self.office, meeting=meeting)

    def _speakers(self, committee: Committee) -> list[Delegate]:
        return list(
            Delegate.objects.filter(committee=committee, kind=DelegateKind.DELEGATE)
            .select_related("person", "partner__partnership")
            .order_by("partner__number")
        )

    def _vote(self, ballot: Ballot, voters: list[Delegate], shares: tuple[int, int, int]) -> None:
        choices = [
            choice
            for choice, count in zip((Choice.YES, Choice.NO, Choice.ABSTAIN), shares, strict=True)
            for _ in range(count)
        ]
        for delegate, choice in zip(voters, choices, strict=True):
            ballots.cast(
                by=delegate.person, ballot=ballot, partner=delegate.partner, choice=choice, token=str(uuid.uuid4())
            )

    def _hold(
        self, meeting: Meeting, day: int, *, present: int, votes: dict[uuid.UUID, tuple[int, int, int]]
    ) -> list[Resolution]:
        """Hold a meeting: everybody arrives, each motion is called, voted on and declared."""
        voters = self._speakers(meeting.committee)[:present]
        found = []
        with moment(day, 10):
            meetings.start(by=self.chair, meeting=meeting)
            for delegate in voters:
                attendance.record(
                    by=self.office,
                    meeting=meeting,
                    partner=delegate.partner,
                    presence="delegate",
                    person=delegate.person,
                )
        for number, item in enumerate(meeting.items.order_by("position")):
            with moment(day, 10, 10 + 20 * number):
                agendas.call_item(by=self.chair, item=item)
            if item.referral is not None:
                with moment(day, 10, 20 + 20 * number):
                    ballot = ballots.draft_ballot(
                        by=self.office,
                        committee=meeting.committee,
                        title=item.referral.motion.title,
                        text=item.referral.motion.text,
                        way=BallotWay.MEETING,
                        referral=item.referral,
                        meeting=meeting,
                        agenda_item=item,
                    )
                    ballots.open_ballot(by=self.chair, ballot=ballot)
                    self._vote(ballot, voters, votes[item.referral.motion_id])
                    closed = ballots.close_ballot(by=self.chair, ballot=ballot)
                    ballots.declare(by=self.chair, ballot=closed)
                    found.append(Resolution.objects.get(ballot=ballot))
            with moment(day, 10, 25 + 20 * number):
                agendas.finish_item(by=self.chair, item=item)
        with moment(day, 12, 30):
            meeting.refresh_from_db()
            meetings.close(by=self.chair, meeting=meeting)
        return found
