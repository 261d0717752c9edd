"""Pages of ballots: looking at them, voting, conducting them."""

from committees.views.ballots.acts import (
    BallotAnnulView,
    BallotBreakTieView,
    BallotCloseEarlyView,
    BallotCloseView,
    BallotConfideView,
    BallotDeclareView,
    BallotOpenView,
    BallotRemindView,
    BallotWithdrawView,
)
from committees.views.ballots.blocks import BlockEditView, BlockTakeOutView
from committees.views.ballots.conflicts import BallotConflictView, ConflictDecideView
from committees.views.ballots.hands import BallotHandsView
from committees.views.ballots.pages import (
    BallotDetailView,
    BallotDownloadView,
    BallotListView,
    BallotSheetView,
    BallotTurnoutView,
)
from committees.views.ballots.papers import (
    BallotLotView,
    OptionAnswerView,
    OptionEditView,
    OptionListView,
    OptionRemoveView,
)
from committees.views.ballots.preparing import BallotCreateView, BallotDiscardView, BallotEditView
from committees.views.ballots.roll import BallotExcludeView, BallotIncludeView
from committees.views.ballots.secret import (
    BallotDemandView,
    BallotSecrecyView,
    BallotTellersView,
    BallotTellerView,
)
from committees.views.ballots.stages import BallotContinueView
from committees.views.ballots.voting import BallotConsentView, BallotObjectView, BallotVoteView

__all__ = [
    "BallotAnnulView",
    "BallotBreakTieView",
    "BallotCloseEarlyView",
    "BallotCloseView",
    "BallotConfideView",
    "BallotConflictView",
    "BallotConsentView",
    "BallotContinueView",
    "BallotCreateView",
    "BallotDeclareView",
    "BallotDemandView",
    "BallotDetailView",
    "BallotDiscardView",
    "BallotDownloadView",
    "BallotEditView",
    "BallotExcludeView",
    "BallotHandsView",
    "BallotIncludeView",
    "BallotListView",
    "BallotLotView",
    "BallotObjectView",
    "BallotOpenView",
    "BallotRemindView",
    "BallotSecrecyView",
    "BallotSheetView",
    "BallotTellerView",
    "BallotTellersView",
    "BallotTurnoutView",
    "BallotVoteView",
    "BallotWithdrawView",
    "BlockEditView",
    "BlockTakeOutView",
    "ConflictDecideView",
    "OptionAnswerView",
    "OptionEditView",
    "OptionListView",
    "OptionRemoveView",
]
