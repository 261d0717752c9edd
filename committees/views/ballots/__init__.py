"""Pages of ballots: looking at them, voting, conducting them."""

from committees.views.ballots.acts import (
    BallotAnnulView,
    BallotBreakTieView,
    BallotCloseEarlyView,
    BallotCloseView,
    BallotCreateView,
    BallotDeclareView,
    BallotDiscardView,
    BallotEditView,
    BallotExcludeView,
    BallotHandsView,
    BallotIncludeView,
    BallotOpenView,
    BallotRemindView,
    BallotWithdrawView,
)
from committees.views.ballots.pages import BallotDetailView, BallotDownloadView, BallotListView, BallotTurnoutView
from committees.views.ballots.voting import BallotObjectView, BallotVoteView

__all__ = [
    "BallotAnnulView",
    "BallotBreakTieView",
    "BallotCloseEarlyView",
    "BallotCloseView",
    "BallotCreateView",
    "BallotDeclareView",
    "BallotDetailView",
    "BallotDiscardView",
    "BallotDownloadView",
    "BallotEditView",
    "BallotExcludeView",
    "BallotHandsView",
    "BallotIncludeView",
    "BallotListView",
    "BallotObjectView",
    "BallotOpenView",
    "BallotRemindView",
    "BallotTurnoutView",
    "BallotVoteView",
    "BallotWithdrawView",
]
