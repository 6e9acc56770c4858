"""The same answers for assistants, by the Model Context Protocol: at ``/mcp``, and as ``paceline mcp`` over stdin and stdout.

``tools``: what an assistant can ask. ``protocol``: messages in, messages out, without state. ``http`` and ``stdio``: the ways
there. The protocol is small enough to be ours: the official SDK would bring a second web server and thirty packages; its
client tests what is here.
"""
