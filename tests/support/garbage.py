"""Garbage is looked for among what tests make, not among all that was imported.

Every application a test drops leaves cycles, and to find them the collector walked some
300,000 objects of libraries and of the collection: a fifth of the time of API tests.
"""

import gc


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
