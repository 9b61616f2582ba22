"""Parses and validates the YAML source of the OpenAPI document.

Processes import this module only if the source has changed since `wth generate`.
"""

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from spec.document import Node


def parse_source(source: bytes) -> Node:
    """Parse the YAML document.

    Raises a validation error of openapi-spec-validator if it is not a valid OpenAPI 3.1 document.
    """
    document: Node = yaml.load(source, Loader=yaml.CSafeLoader)
    OpenAPIV31SpecValidator(document).validate()
    return document
