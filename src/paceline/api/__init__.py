"""What programs and assistants ask: ``/api/v1`` (one file a resource in ``resources/``) and MCP, by the same doors as the pages.

``caller``: who asks. ``question``: what a request's words mean. ``operation``: one thing that can be asked, from which the
address, the checks, the OpenAPI description and the docs come. ``answers``: the shapes that several resources give.
"""
