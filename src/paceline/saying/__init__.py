"""Sentences that can be told in any language: what is said is text in English, and remembers what it was made of."""
