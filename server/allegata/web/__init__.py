"""The web service: the application factory is its table of contents."""

from __future__ import annotations

from flask import Flask

from allegata.describing import Descriptions
from allegata.engine import Engine
from allegata.release import Release
from allegata.settings import Settings
from allegata.web import (
    changes,
    citing,
    compare,
    description,
    dumps,
    editors,
    encodings,
    headers,
    health,
    home,
    interface,
    keeping,
    labelling,
    memento,
    method,
    metrics,
    model,
    overviews,
    problems,
    query,
    reconcile,
    releases,
    search,
    signposts,
    sparql,
    things,
    tongues,
    translating,
    validate,
    wording,
)
from allegata.web.state import State


def create_app(settings: Settings, release: Release, engine: Engine) -> Flask:
    """Make the application that serves one release through one engine."""
    app = Flask("allegata.web", template_folder="templates", static_folder="static")
    # Limits of a request; the query's own limits are the engine's.
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_bytes
    app.url_map.merge_slashes = False
    # What every view works with.
    State(settings, release, engine, Descriptions(release.folder, release.manifest["base"])).attach(app)
    # What is done first and last with every request: counting, and compression of the finished answer.
    metrics.register(app)
    encodings.register(app)
    keeping.register(app)
    # The language of the pages: strings, links that stay in it, names of things.
    translating.register(app)
    tongues.register(app)
    labelling.register(app)
    wording.register(app)
    _register_views(app)
    # One shape for every error, one place for headers that every answer carries.
    problems.register(app)
    headers.register(app)
    # Pages that are finished already, once the request is found to be in order.
    keeping.give_finished(app)
    return app


def _register_views(app: Flask) -> None:
    # Queries.
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(query.blueprint)
    app.register_blueprint(editors.blueprint)
    # Things by their IRI, and the model that they are made of.
    app.register_blueprint(things.blueprint)
    app.register_blueprint(model.blueprint)
    app.register_blueprint(validate.blueprint)
    # Looking: words, sides, pictures, and how all of it was made.
    app.register_blueprint(search.blueprint)
    app.register_blueprint(compare.blueprint)
    app.register_blueprint(overviews.blueprint)
    app.register_blueprint(method.blueprint)
    # Names from elsewhere.
    app.register_blueprint(reconcile.blueprint)
    # The release as files, the releases beside it, and how programs find all of it.
    app.register_blueprint(dumps.blueprint)
    app.register_blueprint(releases.blueprint)
    app.register_blueprint(changes.blueprint)
    app.register_blueprint(memento.blueprint)
    app.register_blueprint(description.blueprint)
    app.register_blueprint(signposts.blueprint)
    app.register_blueprint(citing.blueprint)
    # The front door, and the signs of life.
    app.register_blueprint(home.blueprint)
    app.register_blueprint(interface.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
