"""Exports: asked for, built by a worker, sealed, fetched by their requester, gone after a day."""

from api.actions.exports.build import Build, begin_export, fail_export, finish_export
from api.actions.exports.fetch import ExportedFile, fetch_export
from api.actions.exports.request import request_export

__all__ = [
    "Build",
    "ExportedFile",
    "begin_export",
    "fail_export",
    "fetch_export",
    "finish_export",
    "request_export",
]
