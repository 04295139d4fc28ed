"""Opening the desk: one Jupyter server in the mentor's course folder, with the desk, formgrader and JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.console import Console

from flysolo.markup import inline, to_html
from graders.mentor import CHECKOUT, open_mentor_course

TEMPLATES = Path(__file__).parent / "templates" / "desk"
EXTENSIONS = {
    "graders.desk_server": True,
    "nbgrader.server_extensions.formgrader": True,
    "jupyterlab": True,
    # these are for people who hand in, and complain where there is no exchange
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
    "nbgrader.server_extensions.validate_assignment": False,
    # pages for mentees; there are none in a mentor's folder
    "voila.server_extension": False,
}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Templates in which everything is escaped; only our own Markdown, which cannot hold HTML, becomes markup."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["line"] = lambda text: Markup(inline(text))  # noqa: S704
    made.filters["block"] = lambda text: Markup(to_html(text))  # noqa: S704
    return made


def render(template: str, **context: Any) -> str:
    """One page of the desk."""
    return _environment().get_template(template).render(**context)


def arguments(folder: Path, port: int | None, open_browser: bool) -> list[str]:
    """How the Jupyter server is started; formgrader wants the course folder to be the server's own."""
    found = [
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.default_url=/desk",
        f"--ServerApp.open_browser={open_browser}",
        "--Application.log_level=WARN",
        *(f"--ServerApp.jpserver_extensions={name}={on}" for name, on in EXTENSIONS.items()),
    ]
    if port is not None:
        found.append(f"--ServerApp.port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # in a container everybody is root, and Jupyter would refuse to start
        found.append("--ServerApp.allow_root=True")
    return found


@contextmanager
def watching_beside(folder: Path) -> Iterator[None]:
    """A process of its own that collects and marks what arrives, and ends with the desk; replies stay the mentor's."""
    command = [sys.executable, "-m", "graders", "watch", str(folder), "--no-replies"]
    beside = subprocess.Popen(command, cwd=CHECKOUT)
    try:
        yield
    finally:
        beside.terminate()
        beside.wait()


def run_desk(folder: Path, *, port: int | None = None, open_browser: bool = True, watching: bool = False) -> None:
    """Serve the desk until it is stopped with Ctrl-C.

    Parameters
    ----------
    folder : a mentor's course folder; raises ContentError when it is none
    port : where the server listens; without it the first free port from 8888 on
    watching : whether what arrives is collected and marked meanwhile
    """
    from jupyter_server.serverapp import ServerApp

    course = open_mentor_course(folder)
    # nbgrader reads nbgrader_config.py of the folder it is started in, and calls alembic by name
    os.chdir(course.folder)
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    app = ServerApp.instance()
    with warnings.catch_warnings(action="ignore"):
        app.initialize(arguments(course.folder, port, open_browser))
    # the server's own note repeats the address in terms of files; ours says it once
    app.log.addFilter(lambda record: "To access the server" not in record.getMessage())
    token = app.identity_provider.token
    say = Console(soft_wrap=True).print
    say("The desk is open. If no browser window opens, copy this address into one:", highlight=False)
    say(
        f"  {app.connection_url.rstrip('/')}/desk" + (f"?token={token}" if token else ""), markup=False, highlight=False
    )
    say("To stop: press Ctrl+C in this window. Everything that was saved stays.", highlight=False)
    with watching_beside(course.folder) if watching else nullcontext():
        app.start()
