"""Markdown of our own content as HTML, and other people's words as plain text.

Content is written by authors in Markdown; raw HTML in it is shown as text, so that a page can only hold what Markdown
can say. What a mentee or mentor typed is never markup: it is escaped.
"""

from __future__ import annotations

import html
from functools import lru_cache

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@lru_cache(maxsize=4096)
def to_html(markdown: str) -> str:
    """Block Markdown of our own content as HTML."""
    return _MARKDOWN.render(markdown)


@lru_cache(maxsize=4096)
def inline(markdown: str) -> str:
    """One line of our own Markdown as HTML, without a paragraph around it."""
    return _MARKDOWN.renderInline(markdown)


def escaped(text: str) -> str:
    """Somebody's words as they typed them; line breaks stay, markup does not."""
    return html.escape(text.strip()).replace("\n", "<br>")
