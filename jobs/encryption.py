"""Secrets of others that we have to know again: encrypted while they rest."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from jobs.settings import settings


def sealed(secret: str) -> str:
    """Return a secret as it may be stored, by the first of ENCRYPTION_KEYS."""
    return _fernet().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """Return a secret that was sealed, by any of ENCRYPTION_KEYS.

    Raises cryptography's InvalidToken if none of them opens it.
    """
    return _fernet().decrypt(stored).decode()


def resealed(stored: str) -> str | None:
    """Return the same secret by the first of ENCRYPTION_KEYS; None if none opens it."""
    try:
        return _fernet().rotate(stored).decode()
    except InvalidToken:
        return None


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings().encryption_keys])
