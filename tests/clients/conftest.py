"""The fixture `project`: a documented client, generated once per state of the document and the tools."""

import pytest

from tests.clients.project import Project, build_project
from tests.hub import Server


@pytest.fixture
def project(request: pytest.FixtureRequest, server: Server) -> Project:
    """The client that the test names by `parametrize("project", ..., indirect=True)`."""
    return build_project(request.param, server)
