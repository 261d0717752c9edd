"""Addresses of fund."""

from django.urls import path

from fund.views import funds, measures, pledges, postings

app_name = "fund"

BASE = "fonds/"
PLEDGE = f"{BASE}zusagen/<uuid:pk>/"
MEASURE = f"{BASE}massnahmen/<uuid:pk>/"

urlpatterns = [
    path(BASE, funds.FundDetailView.as_view(), name="fund_detail"),
    path(f"{BASE}einrichten/", funds.FundCreateView.as_view(), name="fund_create"),
    path(f"{BASE}bearbeiten/", funds.FundUpdateView.as_view(), name="fund_update"),
    path(f"{BASE}funktionen/neu/", funds.OfficerCreateView.as_view(), name="officer_create"),
    path(f"{BASE}funktionen/<uuid:pk>/beenden/", funds.OfficerEndView.as_view(), name="officer_end"),
    path(f"{BASE}zusagen/", pledges.PledgeListView.as_view(), name="pledge_list"),
    path(f"{BASE}zusagen/neu/", pledges.PledgeCreateView.as_view(), name="pledge_create"),
    path(f"{PLEDGE}aendern/", pledges.PledgeUpdateView.as_view(), name="pledge_update"),
    path(f"{PLEDGE}zurueckziehen/", pledges.PledgeWithdrawView.as_view(), name="pledge_withdraw"),
    path(f"{PLEDGE}zahlung/", pledges.PaymentCreateView.as_view(), name="payment_create"),
    path(f"{BASE}massnahmen/", measures.MeasureListView.as_view(), name="measure_list"),
    path(f"{BASE}massnahmen/neu/", measures.MeasureCreateView.as_view(), name="measure_create"),
    path(MEASURE, measures.MeasureDetailView.as_view(), name="measure_detail"),
    path(f"{MEASURE}bearbeiten/", measures.MeasureUpdateView.as_view(), name="measure_update"),
    path(f"{MEASURE}bewilligen/", measures.MeasureApproveView.as_view(), name="measure_approve"),
    path(f"{MEASURE}bezahlen/", measures.MeasurePayView.as_view(), name="measure_pay"),
    path(f"{MEASURE}abschliessen/", measures.MeasureFinishView.as_view(), name="measure_finish"),
    path(f"{MEASURE}aufgeben/", measures.MeasureCancelView.as_view(), name="measure_cancel"),
    path(f"{BASE}buchungen/", postings.PostingListView.as_view(), name="posting_list"),
    path(f"{BASE}buchungen/<int:number>/stornieren/", postings.PostingReverseView.as_view(), name="posting_reverse"),
]
