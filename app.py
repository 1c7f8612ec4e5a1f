"""The composition root: settings in, application out."""

from flask_migrate import Migrate
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

import cli
import models  # noqa: F401 -- migrations must see every table
import views
from config import ROOT, Config, ConfigError
from jobs.catalog import current_catalog
from jobs.clock import clock_of
from models.db import db, tell_no_rows, tune_sqlite
from views.logs import speak_json


def create_app(config: Config | None = None) -> OpenAPI:
    """Return the application for these settings, or for the environment's.

    Raises ConfigError when the settings do not allow a start.
    """
    config = config or _settings()
    if not config.is_development:
        speak_json()
    app = OpenAPI(
        __name__,
        info=Info(title="Laurel", version="1"),
        doc_ui=False,
        instance_path=str(config.instance),
    )
    app.extensions["laurel"] = config
    app.extensions["clock"] = clock_of(config.clock_file)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        # Logs quote what failed: people's names and ids are not theirs to keep.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        MAX_CONTENT_LENGTH=1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    if config.trusted_proxies:
        hops = config.trusted_proxies
        trusted = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = trusted  # type: ignore[method-assign] # Flask's documented way
    db.init_app(app)
    with app.app_context():
        tune_sqlite(db.engine)
        tell_no_rows(db.engine)
        current_catalog()  # so that its faults are in the log from the start
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    views.register(app)
    cli.register(app)
    return app


def _settings() -> Config:
    try:
        return Config.from_environment()
    except ConfigError:
        # Whoever asks how a command is called may be about to write the settings.
        if not cli.only_explains():
            raise
        return Config.without_environment()
