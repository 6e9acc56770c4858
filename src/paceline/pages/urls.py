"""Every address of the product. Each view names its action; ``tests/product`` walks this list for every role."""

from __future__ import annotations

from django.urls import include, path

from paceline.pages import account, audit_log, entering, home, language, monitoring, notice, setting_up, users

handler400 = "paceline.pages.errors.bad_request"
handler403 = "paceline.pages.errors.forbidden"
handler404 = "paceline.pages.errors.not_found"
handler500 = "paceline.pages.errors.failed"

urlpatterns = [
    path("", home.home, name="home"),
    path("up", home.up, name="up"),
    path("set-up/<str:token>/", setting_up.set_up, name="set_up"),
    path("join/<str:token>/", entering.join, name="join"),
    path("you/", account.account, name="account"),
    path("you/language/", language.choose, name="language"),
    path("you/data.json", account.own_data, name="own_data"),
    path("you/keys/", account.make_key, name="make_key"),
    path("you/keys/<int:number>/revoke/", account.revoke_key, name="revoke_key"),
    path("notice/", notice.notice, name="notice"),
    path("users/", users.users, name="users"),
    path("users/invite/", users.invite, name="invite"),
    path("users/<uuid:public_id>/", users.user, name="user"),
    path("users/<uuid:public_id>/active/", users.set_active, name="set_active"),
    path("users/<uuid:public_id>/password/", users.password_link, name="password_link"),
    path("audit/", audit_log.audit_log, name="audit"),
    path("", include("paceline.pages.one_on_ones.urls")),
    path("metrics", monitoring.server_metrics, name="server_metrics"),
    path("", include("paceline.pages.set_up.urls")),
    path("", include("paceline.pages.disputes.urls")),
    path("", include("paceline.pages.dashboards.urls")),
    path("", include("paceline.pages.plan.urls")),
    path("", include("paceline.pages.telling.urls")),
    path("", include("paceline.pages.log_in_urls")),
    path("", include("paceline.api.urls")),
]
