"""`wth user`: the people who sign in to the dashboard."""

import click

import config
from errors import NotFound
from models.base import connection
from models.dealer import Dealer
from models.session import Session
from models.user import ROLES, User
