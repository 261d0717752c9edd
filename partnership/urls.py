"""Addresses of the whole site. Every view behind them carries a policy (system check konvent.E001)."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from partnership.views import health, outbox, sent_mail

# One way to sign in for everybody: the stock login of the admin would pass second factors by.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "partnership.views.errors.server_error"

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("verwaltung/", admin.site.urls),
    path("konto/", include("partnership.account_urls")),
    path("sprache/", set_language, name="set_language"),
    path("postausgang/", sent_mail.SentMailListView.as_view(), name="sent_mail_list"),
    path("postausgang/freigabe/", outbox.OutboxReleaseView.as_view(), name="outbox_release"),
    path("postausgang/<slug:name>/", sent_mail.SentMailDetailView.as_view(), name="sent_mail_detail"),
    path("postausgang/<slug:name>/teil/<slug:part>/", sent_mail.SentMailPartView.as_view(), name="sent_mail_part"),
    path("", include("portal.urls")),
    path("p/<slug:slug>/", include("partnership.ground_urls")),
    path("p/<slug:slug>/", include("membership.urls")),
    path("p/<slug:slug>/", include("committees.urls")),
    path("p/<slug:slug>/", include("fund.urls")),
]
