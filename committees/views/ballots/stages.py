"""The ballot after this one: preparing it, and opening it where that can be now."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from committees.enums import BallotState, BallotWay
from committees.forms.ballots import FollowingForm
from committees.rules import describe
from committees.rules.deadlines import words
from committees.services import ballots
from committees.services.ballots import choosing, stages
from committees.services.ballots.authority import say
from committees.views.ballots import shown
from committees.views.ballots.acts import BallotAct


class BallotContinueView(BallotAct):
    """Preparing the next ballot after a tie, or where nothing is decided yet."""

    form_class = FollowingForm
    states = (BallotState.CLOSED, BallotState.DECLARED, BallotState.STOPPED)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"ballot": self.object}

    def heading(self) -> str:
        return _("%(number)s. Wahlgang zu „%(title)s“ vorbereiten?") % {
            "number": stages.next_number(self.object),
            "title": self.object.title,
        }

    def confirm_label(self) -> str:
        return _("Nächsten Wahlgang vorbereiten")

    def consequences(self) -> list[str]:
        ballot, number = self.object, stages.next_number(self.object)
        lines = []
        if ballot.state == BallotState.CLOSED:
            lines.append(_("Das Ergebnis dieses Wahlgangs wird festgestellt und in das Beschlussregister eingetragen."))
        if carried := [ballot.titles[position] for position in choosing.carried_positions(ballot)]:
            lines.append(_("Auf dem Stimmzettel stehen: %(names)s.") % {"names": ", ".join(carried)})
        if ballot.rules_frozen and not ballot.has_options:
            asked = describe.majority_words(ballot.rules.at_ballot(number))
            lines.append(_("Es gelten dieselben Verfahrensregeln. Mehrheit: %(majority)s") % {"majority": say(asked)})
        if not stages.is_ripe(ballot):
            day = stages.earliest(ballot)
            assert day is not None
            lines.append(
                _("Eröffnen können Sie ihn frühestens am %(day)s; bis dahin bleibt er in Vorbereitung.")
                % {"day": say(words(day))}
            )
        elif ballot.way == BallotWay.CIRCULAR:
            lines.append(_("Er wird sofort eröffnet. Alle Vertretungen und Stellvertretungen erhalten eine Mail."))
        else:
            lines.append(_("Er wird sofort eröffnet, wenn die Sitzung läuft; sonst bleibt er in Vorbereitung."))
        return lines

    def perform(self, form: Any) -> Any:
        return self.run(
            ballots.continue_ballot,
            form=form,
            ballot=self.object,
            deadline_at=form.cleaned_data.get("deadline_at"),
        )

    def get_success_url(self) -> str:
        is_open = self.result.state == BallotState.OPEN
        messages.success(
            self.request,
            _("Der %(number)s. Wahlgang ist eröffnet.") % {"number": self.result.number}
            if is_open
            else _("Der %(number)s. Wahlgang ist vorbereitet.") % {"number": self.result.number},
        )
        return shown.url_of(self.result)


__all__ = ["BallotContinueView"]
