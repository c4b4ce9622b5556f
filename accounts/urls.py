"""Staff sign-in and account pages. Of allauth's addresses only those that are needed: nobody signs up by themselves."""

from allauth.account import views as allauth
from allauth.mfa.base import views as allauth_mfa
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.cache import never_cache

from accounts import views

urlpatterns = [
    path("", views.Home.as_view(), name="account-home"),
    path("start/", views.Start.as_view(), name="account-start"),
    path("team/", views.ChooseTeam.as_view(), name="account-team"),
    path("who-can-do-what/", views.WhoCanDoWhat.as_view(), name="account-roles"),
    path("login/", allauth.login, name="account_login"),
    path("login/code/", allauth_mfa.authenticate, name="mfa_authenticate"),
    path("logout/", never_cache(views.sign_out), name="account_logout"),
    path("inactive/", never_cache(allauth.account_inactive), name="account_inactive"),
    path("sign-in-code/", views.SecondFactorSetUp.as_view(), name="account-second-factor"),
    path("recovery-codes/", views.RecoveryCodes.as_view(), name="account-recovery-codes"),
    path("recovery-codes/download/", views.RecoveryCodesDownload.as_view(), name="account-recovery-codes-download"),
    path("recovery-codes/new/", views.RecoveryCodesRenew.as_view(), name="account-recovery-codes-renew"),
    path("pin/", views.PinSet.as_view(), name="account-pin"),
    path("lock/", views.LockNow.as_view(), name="account-lock-now"),
    path("lock/state/", views.LockState.as_view(), name="account-lock-state"),
    path("lock/unlock/", views.Unlock.as_view(), name="account-unlock"),
    path(
        "password/change/",
        never_cache(login_required(allauth.password_change)),
        name="account_change_password",
    ),
]
