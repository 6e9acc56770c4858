"""The same answers as the pages, for programs (`/api/v1`) and assistants (MCP)."""
