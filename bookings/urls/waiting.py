"""The public's addresses for waiting: the waiting list, word of a clinic that opens, the drop-in."""

from django.urls import path

from bookings.views.public import drop_in, opening_alert, waiting_list, waiting_list_link

urlpatterns = [
    path("waiting-list/", waiting_list.JoinWaitingList.as_view(), name="waiting-list-join"),
    path("waiting-list/earlier/", waiting_list.EarlierTimes.as_view(), name="waiting-list-earlier"),
    path("waiting-list/m/<str:token>/", waiting_list_link.WaitingListLink.as_view(), name="waiting-list-link"),
    path("book/<uuid:draft>/waiting-list/", waiting_list.TimesWanted.as_view(), name="book-waiting-list"),
    path(
        "book/<uuid:draft>/waiting-list/contact/",
        waiting_list.WaitingContact.as_view(),
        name="book-waiting-list-contact",
    ),
    path("tell-me/", opening_alert.AlertJoin.as_view(), name="opening-alert-join"),
    path("tell-me/m/<str:token>/", opening_alert.AlertLink.as_view(), name="opening-alert-link"),
    path("drop-in/", drop_in.DropIns.as_view(), name="drop-in"),
    path("drop-in/m/<uuid:token>/", drop_in.TicketLink.as_view(), name="drop-in-ticket"),
    path("drop-in/<slug:slug>/ticket/", drop_in.TicketTake.as_view(), name="drop-in-ticket-take"),
]
