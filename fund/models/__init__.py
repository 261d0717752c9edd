from fund.models.fund import Account, Fund, Measure, Pledge, Posting
