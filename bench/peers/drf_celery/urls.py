"""Routes of the API."""

from django.urls import path

from bench.peers.drf_celery.views import ListingList, OrderList

urlpatterns = [path("api/v1/listings", ListingList.as_view()), path("api/v1/orders", OrderList.as_view())]
