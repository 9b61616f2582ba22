"""A small OpenAPI document that tests change in one place at a time."""

from typing import Any

Node = dict[str, Any]


def component(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Node) -> Node:
    return {"content": {"application/json": {"schema": schema}}}


BASE: Node = {
    "security": [{"apiKey": []}],
    "paths": {
        "/watches": {
            "get": {
                "operationId": "listWatches",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100, "default": 25}}
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {"required": True, "schema": {"type": "string"}}},
                        **content({"type": "array", "items": component("Watch")}),
                    },
                    "404": content(component("Problem")),
                    "default": content(component("Problem")),
                },
            },
            "post": {
                "operationId": "addWatch",
                "requestBody": content(component("WatchInput")),
                "responses": {"201": content(component("Watch"))},
            },
        },
        "/health": {"get": {"operationId": "getHealth", "security": [], "responses": {"200": {}}}},
    },
    "webhooks": {
        "watch.sold": {
            "post": {
                "operationId": "watchSold",
                "parameters": [{"name": "Signature", "in": "header", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"required": True, **content(component("Sold"))},
                "responses": {"2XX": {}},
            }
        }
    },
    "components": {
        "schemas": {
            "Watch": {
                "type": "object",
                "required": ["id", "price"],
                "properties": {
                    "id": {"type": "string", "maxLength": 40, "pattern": "^inv_"},
                    "price": {"type": "number", "minimum": 0},
                    "year": {"type": ["integer", "null"], "maximum": 2100},
                    "state": component("State"),
                    "buyer": {"oneOf": [component("Buyer"), {"type": "null"}]},
                    "only": component("Buyer"),
                    "parts": {"type": "array", "items": component("Watch"), "maxItems": 9},
                },
            },
            "State": {"type": "string", "enum": ["in_stock", "sold"]},
            "Buyer": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            "WatchInput": {
                "type": "object",
                "additionalProperties": False,
                "required": ["price"],
                "properties": {
                    "price": {"type": "number", "minimum": 0, "maximum": 1000},
                    "movement": {"type": "string", "enum": ["manual", "quartz"]},
                    "note": {"type": ["string", "null"], "maxLength": 200},
                    "labels": {
                        "type": "object",
                        "maxProperties": 5,
                        "additionalProperties": {"type": "string", "maxLength": 9},
                    },
                },
            },
            "Sold": {
                "type": "object",
                "required": ["event", "data"],
                "properties": {"event": {"type": "string", "const": "watch.sold"}, "data": component("Watch")},
            },
            "WebhookEvent": {
                "oneOf": [component("Sold")],
                "discriminator": {"propertyName": "event", "mapping": {"watch.sold": "#/components/schemas/Sold"}},
            },
            "Problem": {
                "type": "object",
                "required": ["code"],
                "properties": {
                    "code": component("ErrorCode"),
                    "kind": component("Kind"),
                    "last": component("WebhookEvent"),
                },
            },
            "Kind": {"type": "string", "enum": ["yours", "ours"]},
            "ErrorCode": {"type": "string", "enum": ["gone", "busy"], "x-http-status": {"gone": 404, "busy": 429}},
        }
    },
}
