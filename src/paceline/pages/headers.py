"""Headers of every answer: what a page may load and run."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# No inline script or style, nothing from elsewhere. Pictures may be in the page itself: the QR code of a second factor is.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'{provider}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def policy() -> str:
    """The content security policy. The log-in button sends its form to the company's provider, where there is one."""
    return POLICY.format(provider=f" {settings.SSO_ORIGIN}" if settings.SSO_ORIGIN else "")


class Headers:
    """Middleware: the content security policy, and that pages about people aren't kept in shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", policy())
        answer.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer
