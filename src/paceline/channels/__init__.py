"""Ways to reach a person. A way is one folder with a ``send``, and one line in ``registry.py``; no Django in here."""
