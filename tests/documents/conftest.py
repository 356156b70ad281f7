"""One small city with its documents, shared by all tests of documents."""

from tests.briefed import city, found, made, page, pages

__all__ = ["city", "found", "made", "page", "pages"]
