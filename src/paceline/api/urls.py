"""The addresses for programs: ``/api/v1/…``, its description and its docs, and ``/mcp``."""

from __future__ import annotations

from django.urls import path

from paceline.api import docs
from paceline.api.mcp import http
from paceline.api.openapi import BASE
from paceline.api.operation import view_of
from paceline.api.resources import ALL, WRITES

_BASE = BASE.lstrip("/")

urlpatterns = [
    path(f"{_BASE}openapi.json", docs.openapi, name="api_openapi"),
    path(f"{_BASE}docs", docs.docs, name="api_docs"),
    path("mcp", http.mcp, name="mcp"),
    *(path(_BASE + one.path, view_of(one), name=one.name) for one in (*WRITES, *ALL)),
]
