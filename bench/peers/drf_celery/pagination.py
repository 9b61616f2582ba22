"""Keyset pagination, newest first, with signed cursors."""

from typing import Any

from django.core.signing import Signer
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

signer = Signer()


class KeysetPagination(BasePagination):
    """Pages with `limit` (1 to 100) and `after`, in the list envelope of the hub."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        limit = min(max(int(request.query_params.get("limit", 25)), 1), 100)
        if cursor := request.query_params.get("after"):
            at, last_id = signer.unsign_object(cursor)
            queryset = queryset.filter(created_at__lte=at).exclude(created_at=at, id__gte=last_id)
        rows = list(queryset.order_by("-created_at", "-id")[: limit + 1])
        self.has_more = len(rows) > limit
        self.next_cursor = (
            signer.sign_object([rows[limit - 1].created_at, rows[limit - 1].id]) if self.has_more else None
        )
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        envelope = {"object": "list", "data": data, "has_more": self.has_more, "next_cursor": self.next_cursor}
        return Response(envelope)
