"""Generates the Postman collection from the OpenAPI document."""
