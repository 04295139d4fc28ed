"""The reply's page, through nbgrader's own feedback step or straight from the same template: the same bytes either way.

nbgrader's step sets up a converter, an exporter and a template for every page, which takes many times as long as the
page itself. Here they are set up once, and the template prints what the same gathering gave it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from nbconvert.exporters import HTMLExporter, TemplateExporter
from pydantic import BaseModel, ValidationError
from traitlets import default
from traitlets.config import Config

from graders.filling import RESERVED
from graders.marks import Mark
from graders.nbgrader_settings import FEEDBACK

TEMPLATES = Path(__file__).parent / "templates"


class ReplyExporter(HTMLExporter):
    """nbconvert's HTML exporter with our template, whatever template formgrader asks for."""

    export_from_notebook = None

    @default("template_name")
    def _template_name_default(self) -> str:
        return "reply"

    @property
    def default_config(self) -> Config:
        """Our template under the exporter's own name, since nbgrader sets another one for every HTMLExporter."""
        config = Config(super().default_config)
        config.merge(Config({"ReplyExporter": {"template_name": "reply", "extra_template_basedirs": [str(TEMPLATES)]}}))
        return config

    def _create_environment(self) -> Environment:
        """nbconvert's environment, in which ``page.title`` looks into a dict first; ours are nothing but dicts."""
        environment = super()._create_environment()
        otherwise = environment.getattr

        def look(value: Any, name: str) -> Any:
            if type(value) is dict and name in value:
                return value[name]
            return otherwise(value, name)

        environment.getattr = look
        return environment

    def from_notebook_node(self, nb, resources=None, **kw):
        """Render the template as it is; HTMLExporter would parse the page again to look for pictures without text."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


@lru_cache(maxsize=1)
def _template():
    """nbconvert's own environment and our template in it, set up once a process."""
    return ReplyExporter().template


def render(contents: dict[str, Any]) -> str:
    """The page with these contents; the template asks for nothing else, least of all for the notebook."""
    return _template().render(resources={RESERVED: contents})


def is_stock(config: Config) -> bool:
    """Whether nbgrader makes replies here just as we set it up; otherwise its own step makes them."""
    ours = {"preprocessors": FEEDBACK, "exporter_class": "graders.reply.ReplyExporter"}
    others = ("ReplyExporter", "TemplateExporter", "Exporter", "FilesWriter", "BaseConverter")
    return dict(config.GenerateFeedback) == ours and not any(config.get(name) for name in others)


class _Record(BaseModel):
    mark: Mark | None = None


class _CellMetadata(BaseModel):
    flysolo: _Record | None = None


class _Cell(BaseModel):
    metadata: _CellMetadata


class _Stamp(BaseModel):
    marked: str = ""


class _Metadata(BaseModel):
    flysolo: _Stamp = _Stamp()


class MarkedNotebook(BaseModel):
    """What a reply reads of a marked notebook; everything else in it is passed over while it is parsed."""

    cells: list[_Cell]
    metadata: _Metadata

    @property
    def stamp(self) -> str:
        """Fingerprint of what it was made from."""
        return self.metadata.flysolo.marked

    @property
    def marks(self) -> list[Mark]:
        """The marks in its cells, in order."""
        found = [cell.metadata.flysolo for cell in self.cells]
        return [each.mark for each in found if each and each.mark]


def read_marked(path: Path) -> MarkedNotebook | None:
    """The marked notebook at ``path``, or None while there is no whole one."""
    try:
        return MarkedNotebook.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
