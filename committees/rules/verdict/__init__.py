"""What a count of votes means under the rules of procedure: the verdict, with a sentence per condition.

**One unit.** Every number is in votes: one per partner, or the weights of the roll where votes are unequal; then
the sentences speak of votes, not of partners. A key is counted in hundred-thousandths of its values. Only
objections to the circular procedure are partners, whatever their votes.

**Excluded partners leave the electorate.** Quorum and base are measured on the roll without them: who may not
take part in a matter is not entitled to vote in it (VwVfG §§ 20, 90 (1) ask for "stimmberechtigte Mitglieder";
BGB § 34; StabiRatG § 1: the affected Land has no vote). They are still counted apart ("Befangen: 1").

**Silence is never taking part.** A missing vote may count as an abstention or as consent in a circular ballot,
but quorum and participation ask for partners who acted. Only where silence is consent, or where nothing but
objections count, can a ballot end in a resolution without a single answer.

**A tie** exists only where more than half is asked for (the simple majority included), somebody voted yes, and
as many voted no, so that the two are the whole base. Where another majority is asked, half is just not enough;
where something else is missing besides the majority, the motion is rejected, tie or not.

**One more yes never harms**, under any rules that can be made: who turns to yes from no, from an abstention or
from silence never takes an adoption away, and never moves the outcome from another ballot to rejection. The same
is *not* true of no: where a quorum is asked, a no that comes at all may be the one that reaches it, and the motion
is adopted because somebody voted against it. That lies in every quorum and is no fault of the count.
"""

from committees.rules.verdict.counts import NO_TALLIES, Count, Tallies, tally
from committees.rules.verdict.deciding import decide
from committees.rules.verdict.results import FORMAT, OUTCOMES, Condition, Outcome, Verdict

__all__ = ["FORMAT", "NO_TALLIES", "OUTCOMES", "Condition", "Count", "Outcome", "Tallies", "Verdict", "decide", "tally"]
