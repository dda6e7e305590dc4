"""Gives each request its budget of work, and its client a share of the places for what takes long."""

from __future__ import annotations

from typing import Final

from flask import Flask, current_app, request

from allegata import budget
from allegata.web.state import state

_KEY: Final = "allegata.lane"


def register(app: Flask, places: int, per_client: int) -> None:
    """Make the lane of an application, and end the budget of each request with it."""
    app.extensions[_KEY] = budget.Lane(places, per_client)
    app.teardown_request(lambda _error: budget.end())


def lane() -> budget.Lane:
    """Return the lane of the application that answers the request."""
    return lane_of(current_app)


def lane_of(app: Flask) -> budget.Lane:
    """Return the lane of an application."""
    found = app.extensions[_KEY]
    assert isinstance(found, budget.Lane)
    return found


def begin_budget() -> None:
    """Begin the budget of a request: it ends with it, or when its client leaves."""
    is_abandoned = request.environ.get("waitress.client_disconnected")
    budget.begin(budget.Budget(state().settings.work_timeout, lane(), client(), is_abandoned))


def client() -> str:
    """Return the word by which the client of the request is told from others."""
    return request.remote_addr or ""
