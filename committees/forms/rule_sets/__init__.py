"""The editor of the rules of procedure, and the trial ballot."""

from committees.forms.rule_sets.editor import RuleSetForm
from committees.forms.rule_sets.trial import TrialForm

__all__ = ["RuleSetForm", "TrialForm"]
