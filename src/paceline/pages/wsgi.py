"""The application that a WSGI server runs. One process only: it owns the store (see ``serving.py``)."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paceline.pages.settings")
application = get_wsgi_application()
