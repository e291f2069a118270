"""How pages of a request show a text that changes: word by word where it is long, else was and is."""

from collections.abc import Sequence

from django import template

from register.history_words import SHORT, Piece, word_by_word

register = template.Library()


@register.simple_tag
def pieces_of(was: str, now: str) -> Sequence[Piece]:
    """The words that went out and came in, for a text that is too long to be compared at a glance."""
    return word_by_word(was, now) if was and now and max(len(was), len(now)) > SHORT else ()
