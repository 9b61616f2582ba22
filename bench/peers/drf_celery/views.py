"""Views: the list of listings, and new orders."""

from typing import Any

from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.views import APIView

from bench.peers.drf_celery.models import Watch
from bench.peers.drf_celery.orders import place_once
from bench.peers.drf_celery.pagination import KeysetPagination
from bench.peers.drf_celery.serializers import SaleInput, WatchSerializer


class HubHeaders(APIView):
    """Adds the headers of authenticated responses."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        client = request.user
        if client is not None:
            response["X-Request-Id"], response["X-API-Version"] = client.request_id, client.channel.api_version
            response["X-RateLimit-Limit"], response["X-RateLimit-Remaining"] = (
                client.channel.rate_limit,
                client.remaining,
            )
        return super().finalize_response(request, response, *args, **kwargs)


class ListingList(HubHeaders, ListAPIView):
    serializer_class = WatchSerializer
    pagination_class = KeysetPagination

    def get_queryset(self) -> Any:
        return Watch.objects.filter(**self.request.user.scope(), is_published=True)


class OrderList(HubHeaders):
    def post(self, request: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not 1 <= len(key) <= 255:
            raise ValidationError({"Idempotency-Key": "required"})
        text = request._request.body  # before DRF reads the stream: the idempotency record keeps a hash of it
        fields = SaleInput(data=request.data)
        fields.is_valid(raise_exception=True)
        body = place_once(request.user, key, text, fields.validated_data)
        return HttpResponse(body, status=201, content_type="application/json")
