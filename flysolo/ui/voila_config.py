"""Settings that make a Jupyter server show lessons as pages.

Only the front-end extensions that lessons use are loaded: each other one costs opening time, and some would look for
the network. Nothing a page needs comes from elsewhere than this machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flysolo.ui.assets import stylesheet

TEMPLATE = "flysolo"

#: What a lesson's widgets need: the widget classes, Voilà's own manager for them, and the two kinds of widgets we use.
EXTENSIONS = (
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
    "bqplot",
    "bqscales",
)

#: Cells for authors' eyes, and the graded cells that only repeat what is recorded, are neither run nor sent.
#: A cell tagged ``hide`` runs; the template leaves out its output.
AUTHOR_TAGS = ("author-only", "record")


def jupyter_path() -> Path:
    """Folder to put on ``JUPYTER_PATH``, where the page template is found."""
    return Path(__file__).resolve().parent.parent / "share" / "jupyter"


def voila_settings() -> dict[str, Any]:
    """Configuration for the Jupyter server, as traitlets takes it."""
    return {
        "VoilaConfiguration": {
            "template": TEMPLATE,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "theme": "light",
            "extension_allowlist": list(EXTENSIONS),
            "resources": {"flysolo_css": stylesheet()},
            "show_tracebacks": False,
            "strip_sources": True,
            # Pictures of a lesson only; answers, keys and notebooks lie in the same folders.
            "file_allowlist": [r".*\.(png|jpg|jpeg|gif|svg|webp)"],
            "file_denylist": [r".*\.(ipynb|py|json|toml|yaml|yml|md|db)", r"(^|.*/)\..*"],
            "progressive_rendering": False,
        },
        # A kernel that died is not started anew behind the page: Voilà would wait for the old one's answer for ever.
        "KernelManager": {"autorestart": False},
        "TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": list(AUTHOR_TAGS)},
    }
