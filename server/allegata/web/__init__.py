"""The web service: the application factory is its table of contents."""

from __future__ import annotations

from flask import Flask

from allegata.domain.dataset import Dataset
from allegata.engine import Engine, statements_of
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web.http import guard, health, metrics, page_cache, problems, proxies, shares, steps
from allegata.web.http.views import declare_static
from allegata.web.i18n import gettext, links
from allegata.web.pages import (
    compare,
    explain,
    home,
    method,
    overviews,
    questions,
    search,
    template_globals,
    things,
    timeline,
    votes,
    what_if,
)
from allegata.web.publishing import catalog, changes, citations, croissant, dumps, feeds, llms, memento, ontology, releases
from allegata.web.services import openapi, reconcile, validate
from allegata.web.sharing import views as sharing
from allegata.web.sparql import editor_terms, query_page, sparql
from allegata.web.state import State


def create_app(settings: Settings, release: Release, engine: Engine) -> Flask:
    """Make the application that serves one release through one engine."""
    app = Flask("allegata.web", template_folder="templates", static_folder="static")
    # Limits of a request; the query's own limits are the engine's.
    app.config["MAX_CONTENT_LENGTH"] = settings.body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_bytes
    app.url_map.merge_slashes = False
    # What every view works with.
    dataset = Dataset(release, sources=settings.sources, store=statements_of(release, engine))
    State(settings, release, engine, dataset).attach(app)
    # What counts answers, what keeps finished pages and pictures, and what bounds the work for others.
    metrics.register(app)
    page_cache.register(app, settings.threads)
    shares.register(app, settings.work_places, settings.work_per_client)
    sharing.register(app)
    # The language of the pages: strings, links that stay in it; and what templates can say.
    gettext.register(app)
    links.register(app)
    template_globals.register(app, release)
    _register_views(app)
    # One shape for every error, and the steps before a view and behind it.
    problems.register(app)
    steps.register(app)
    app.wsgi_app = proxies.Proxies(app.wsgi_app, settings)  # type: ignore[method-assign]
    # The outermost: nothing is answered before it.
    app.wsgi_app = guard.guarded(app.wsgi_app, settings, release)  # type: ignore[method-assign,assignment]
    return app


def _register_views(app: Flask) -> None:
    declare_static(app)
    # Queries.
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(query_page.blueprint)
    app.register_blueprint(questions.blueprint)
    app.register_blueprint(editor_terms.blueprint)
    # Things by their IRI, and the model that they are made of.
    app.register_blueprint(things.blueprint)
    app.register_blueprint(ontology.blueprint)
    app.register_blueprint(validate.blueprint)
    # Looking: words, sides, pictures, and how all of it was made.
    app.register_blueprint(search.blueprint)
    app.register_blueprint(compare.blueprint)
    app.register_blueprint(overviews.blueprint)
    app.register_blueprint(timeline.blueprint)
    app.register_blueprint(votes.blueprint)
    app.register_blueprint(what_if.blueprint)
    app.register_blueprint(explain.blueprint)
    app.register_blueprint(method.blueprint)
    # What is shared of a claim or comparison.
    app.register_blueprint(sharing.blueprint)
    # Names from elsewhere.
    app.register_blueprint(reconcile.blueprint)
    # The release as files, the releases beside it, and how programs find all of it.
    app.register_blueprint(dumps.blueprint)
    app.register_blueprint(releases.blueprint)
    app.register_blueprint(changes.blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(memento.blueprint)
    app.register_blueprint(catalog.blueprint)
    app.register_blueprint(croissant.blueprint)
    app.register_blueprint(llms.blueprint)
    app.register_blueprint(citations.blueprint)
    # The front door, and the signs of life.
    app.register_blueprint(home.blueprint)
    app.register_blueprint(openapi.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
