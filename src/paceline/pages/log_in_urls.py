"""The log-in library's pages, those that are wanted, each with its action. There is no sign-up: people are invited."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.usersessions import views as sessions
from django.urls import path

from paceline.access.gate import listed

urlpatterns = [
    path("log-in/", listed(account.login, "log_in"), name="account_login"),
    path("log-out/", listed(account.logout, "log_in"), name="account_logout"),
    path("log-in/inactive/", listed(account.account_inactive, "log_in"), name="account_inactive"),
    path("log-in/code/", listed(mfa.authenticate, "log_in"), name="mfa_authenticate"),
    path("log-in/again/", listed(account.reauthenticate, "keep_account"), name="account_reauthenticate"),
    path("log-in/again/code/", listed(mfa.reauthenticate, "keep_account"), name="mfa_reauthenticate"),
    path("you/password/", listed(account.password_change, "keep_account"), name="account_change_password"),
    path("you/password/first/", listed(account.password_set, "keep_account"), name="account_set_password"),
    path("you/second-factor/", listed(mfa.index, "keep_account"), name="mfa_index"),
    path("you/second-factor/app/", listed(totp.activate_totp, "keep_account"), name="mfa_activate_totp"),
    path("you/second-factor/app/remove/", listed(totp.deactivate_totp, "keep_account"), name="mfa_deactivate_totp"),
    path("you/second-factor/codes/", listed(recovery.view_recovery_codes, "keep_account"), name="mfa_view_recovery_codes"),
    path("you/second-factor/codes/new/", listed(recovery.generate_recovery_codes, "keep_account"),
         name="mfa_generate_recovery_codes"),
    path("you/second-factor/codes/download/", listed(recovery.download_recovery_codes, "keep_account"),
         name="mfa_download_recovery_codes"),
    path("you/sessions/", listed(sessions.list_usersessions, "keep_account"), name="usersessions_list"),
    path("sso/<str:provider_id>/", listed(openid.login, "log_in"), name="openid_connect_login"),
    path("sso/<str:provider_id>/back/", listed(openid.callback, "log_in"), name="openid_connect_callback"),
    path("sso-cancelled/", listed(social.login_cancelled, "log_in"), name="socialaccount_login_cancelled"),
    path("sso-error/", listed(social.login_error, "log_in"), name="socialaccount_login_error"),
    path("sso-unknown/", listed(social.signup, "log_in"), name="socialaccount_signup"),
]
