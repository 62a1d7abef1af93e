"""What is installed from a wheel, as in the image, is complete: templates, scripts and migrations too."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("escalation", "models", "psa", "webhooks", "worker")


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    for name in ("pyproject.toml", "setup.cfg", "README.md", "LICENSE", "celeryconfig.py"):
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    # The same build backend as pip's, without pip, which a virtual environment need not have.
    script = f"from setuptools.build_meta import build_wheel; build_wheel({str(out)!r})"
    out.mkdir()
    subprocess.run([sys.executable, "-c", script], cwd=source, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(p.relative_to(source)) for n in PACKAGES for p in (source / n).rglob("*") if p.is_file()}
    wanted = {name for name in wanted if "egg-info" not in name and not name.startswith("build/")}
    assert wanted <= inside, sorted(wanted - inside)
    assert "celeryconfig.py" in inside
