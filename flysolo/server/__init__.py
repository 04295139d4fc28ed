"""The mentee's home page and what is around it, as an extension of one Jupyter server.

Nothing heavy is imported here: course notebooks reach parts of this package too, and should not wait for a server.
"""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter where the extension is."""
    return [{"module": "flysolo.server"}]


def _load_jupyter_server_extension(server_app) -> None:
    """Add our pages to a Jupyter server whose root is a course folder."""
    from flysolo.server.routes import add_pages

    add_pages(server_app)
