"""``python -m flysolo.evidence``: render every citation afresh into the library."""

import sys
from pathlib import Path

from flysolo.evidence.citations import build
from flysolo.places import content_root

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else content_root() / "curriculum" / "evidence"
print(f"{build(folder)} citations changed in {folder / 'references.json'}")
