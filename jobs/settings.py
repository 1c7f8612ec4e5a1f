from flask import current_app

from config import Config


def settings() -> Config:
    """Return the settings of the application we work for."""
    config: Config = current_app.extensions["laurel"]
    return config
