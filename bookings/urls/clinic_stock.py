"""The clinic day: the stock of one clinic, and what to pack for it."""

from django.urls import path

from bookings.views.clinic_day import stock

SESSION = "<uuid:session>/"
STOCK = SESSION + "stock/"

urlpatterns = [
    path(STOCK, stock.StockOfClinic.as_view(), name="clinic-stock"),
    path(STOCK + "take/", stock.StockTake.as_view(), name="clinic-stock-take"),
    path(STOCK + "waste/", stock.StockWaste.as_view(), name="clinic-stock-waste"),
    path(STOCK + "count-back/", stock.StockCountBack.as_view(), name="clinic-stock-count"),
    path(STOCK + "temperature/", stock.StockTemperature.as_view(), name="clinic-stock-temperature"),
    path(STOCK + "<uuid:batch>/settle/", stock.StockSettle.as_view(), name="clinic-stock-settle"),
    path(SESSION + "pack-list/", stock.PackListOfClinic.as_view(), name="pack-list"),
]
