"""Settings of the one server a mentee meets: its own, in the course folder, and none of the user's.

A clinician may have Jupyter for other things, with other kernels, panels and habits. None of that is changed here,
and none of it can get in the way of a lesson.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_dir
from traitlets.config import Config

from flysolo.files import write_whole
from flysolo.server.exchange import OWN_CONFIG
from flysolo.ui.voila_config import jupyter_path, voila_settings

TEMPLATES = Path(__file__).parent / "templates"

#: Server parts: what lessons need is on; what would open a second way in, or start slowly for nothing, is off.
SERVER_PARTS = {
    "flysolo.server": True,
    "jupyterlab": True,
    "voila.server_extension": True,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "jupyterlab_jupytext": False,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.validate_assignment": False,
    "notebook": False,
    "notebook_shim": False,
}

#: Panels of JupyterLab that speak to teachers and programmers, or ask about news.
LAB_PARTS_OFF = (
    "@jupyter/nbgrader",
    "@jupyter-notebook/lab-extension",
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/debugger-extension",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlab/lsp-extension",
    "@jupyterlab/terminal-extension",
    "@voila-dashboards/jupyterlab-preview",
    "jupyterlab-jupytext",
)

LAB_DEFAULTS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"recordTiming": False},
}


def fly_folder(course_folder: Path) -> Path:
    """Hidden folder for everything that is not the mentee's work."""
    return course_folder / ".fly"


def write_lab_settings(course_folder: Path) -> None:
    """Write JupyterLab's defaults for this course; what a mentee changes in Lab is kept beside them and wins."""
    folder = fly_folder(course_folder) / "lab" / "settings"
    off = {"disabledExtensions": dict.fromkeys(LAB_PARTS_OFF, True)}
    for name, content in (("page_config.json", off), ("overrides.json", LAB_DEFAULTS)):
        text = json.dumps(content, indent=1) + "\n"
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text:
            write_whole(folder / name, text)


def set_environment(course_folder: Path) -> None:
    """Point this process, and the kernels it will start, at the course's own settings.

    This stands in the environment because Jupyter and IPython read it there, in this process and in each kernel.
    """
    fly = fly_folder(course_folder)
    os.environ.setdefault(OWN_CONFIG, jupyter_config_dir())
    os.environ["JUPYTER_CONFIG_DIR"] = str(fly / "config")
    os.environ["IPYTHONDIR"] = str(fly / "ipython")
    earlier = os.environ.get("JUPYTER_PATH", "")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(jupyter_path()), earlier)))


def server_config(course_folder: Path, token: str, port: int | None = None) -> Config:
    """Everything the server is told."""
    fly = fly_folder(course_folder)
    server: dict[str, Any] = {
        "root_dir": str(course_folder),
        "default_url": "/flysolo",
        "open_browser": False,  # the window is opened by us, with words beside it
        "allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
        "answer_yes": True,
        "jpserver_extensions": SERVER_PARTS,
        "extra_template_paths": [str(TEMPLATES)],
        "kernel_spec_manager_class": "flysolo.server.kernel.OwnKernel",
        "logging_config": _logging(fly / "log.txt"),
    }
    lab = {
        "app_settings_dir": str(fly / "lab" / "settings"),
        "user_settings_dir": str(fly / "lab" / "user"),
        "workspaces_dir": str(fly / "lab" / "workspaces"),
        "news_url": None,
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "extension_manager": "readonly",
        "log_level": "ERROR",
    }
    config = Config(voila_settings())
    config.merge(
        Config(
            {
                "ServerApp": server | ({"port": port} if port else {}),
                "IdentityProvider": {"token": token},
                "LabApp": lab,
                "ContentsManager": {"hide_globs": ["__pycache__", "*.lock", "*.tmp", "~*"]},
                # a page left open overnight gives its kernel back; a page in use is never cut off
                "MappingKernelManager": {"cull_idle_timeout": 4 * 3600, "cull_interval": 600, "cull_connected": False},
            }
        )
    )
    return config


def _logging(path: Path) -> dict:
    """Server messages go to a small file, for whoever is asked for help; the window shows our words only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = {
        "class": "logging.handlers.RotatingFileHandler",
        "filename": str(path),
        "maxBytes": 500_000,
        "backupCount": 1,
        "level": "WARNING",
        "formatter": "console",
        "encoding": "utf-8",
    }
    names = ("ServerApp", "LabApp", "ExtensionApp", "tornado", "asyncio", "traitlets")
    return {
        "handlers": {"file": handler},
        "loggers": {name: {"handlers": ["file"], "level": "WARNING", "propagate": False} for name in names},
    }
