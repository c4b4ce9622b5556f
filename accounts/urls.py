"""Staff sign-in and account pages. Of allauth's addresses only those that are needed: nobody signs up by themselves."""

from allauth.account import views as allauth
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
    path("logout/", never_cache(allauth.logout), name="account_logout"),
    path("inactive/", never_cache(allauth.account_inactive), name="account_inactive"),
    path(
        "password/change/",
        never_cache(login_required(allauth.password_change)),
        name="account_change_password",
    ),
]
