"""Co-ordinating: the coming clinics, the team's stock, a batch recall."""

from django.urls import path

from bookings.views.coordinate import landing, recall, stock

BATCH = "stock/<uuid:batch>/"

urlpatterns = [
    path("", landing.Coordinate.as_view(), name="coordinate"),
    path("stock/", stock.Stock.as_view(), name="stock"),
    path("stock/receive/", stock.StockReceive.as_view(), name="stock-receive"),
    path("stock/counts/<uuid:movement>/", stock.CountRight.as_view(), name="stock-count-right"),
    path(BATCH, stock.StockBatch.as_view(), name="stock-batch"),
    path(BATCH + "waste/", stock.StoreWaste.as_view(), name="stock-waste"),
    path(BATCH + "quarantine/", stock.StockQuarantine.as_view(), name="stock-quarantine"),
    path(BATCH + "release/", stock.StockRelease.as_view(), name="stock-release"),
    path(BATCH + "recall/", recall.BatchRecall.as_view(), name="batch-recall"),
    path(BATCH + "recall/file/", recall.BatchRecallFile.as_view(), name="batch-recall-file"),
]
