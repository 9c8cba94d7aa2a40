"""A JupyterLab of our own: on a free port, in folders of its own, with nothing of the user's settings."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 240.0
STOP_SECONDS = 60.0

_SETTINGS: dict[str, dict[str, Any]] = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "docmanager-extension/plugin": {"autosave": False},  # a file changes only when it is saved
}
_NBGRADER = ("assignment_list", "course_list", "formgrader", "validate_assignment")
_WITHOUT_NBGRADER = {  # which students need not have
    "jupyter_server_config.json": {
        "ServerApp": {"jpserver_extensions": {f"nbgrader.server_extensions.{name}": False for name in _NBGRADER}}
    },
    "labconfig/page_config.json": {"disabledExtensions": {"@jupyter/nbgrader": True}},
}


@dataclass(frozen=True)
class JupyterLab:
    """A running server; `files` is the folder that it shows."""

    files: Path
    address: str
    token: str

    def url(self, path: str) -> str:
        """Return the address of a notebook in a workspace of its own."""
        workspace = path.replace("/", "-").removesuffix(".ipynb")
        return f"{self.address}lab/workspaces/{workspace}/tree/{path}?token={self.token}"


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[JupyterLab]:
    """Start JupyterLab with all that it writes in `folder`, and stop it afterwards with its kernels."""
    places = {name: folder / name for name in ("files", "home", "config", "data", "run", "settings", "workspaces")}
    for place in places.values():
        place.mkdir(parents=True)
    _write_settings(places)
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(places), cwd=places["files"], env=_environment(places), stdout=output, stderr=output
        )
        try:
            information = _wait_for(server, places["run"], log)
            yield JupyterLab(places["files"], information["url"], information["token"])
        finally:
            _stop(server)


def own_home(home: Path) -> dict[str, str]:
    """Return this process's environment with another home folder, and without settings of Jupyter and its like."""
    ours = ("JUPYTER", "JPY_", "IPYTHON", "XDG_", "MPL", "NBGRADER", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "HOME": str(home)}


def _command(places: Mapping[str, Path]) -> list[str]:
    settings = {
        "ServerApp.root_dir": places["files"],
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": 0,  # any free one; the server writes down which
        "ServerApp.allow_root": True,
        "ServerApp.open_browser": False,
        "ServerApp.terminals_enabled": False,
        "LabApp.user_settings_dir": places["settings"],
        "LabApp.workspaces_dir": places["workspaces"],
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
    }
    return [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in settings.items())]


def _environment(places: Mapping[str, Path]) -> dict[str, str]:
    return {
        **own_home(places["home"]),
        "JUPYTER_CONFIG_DIR": str(places["config"]),
        "JUPYTER_DATA_DIR": str(places["data"]),
        "JUPYTER_RUNTIME_DIR": str(places["run"]),
        "OPENBLAS_NUM_THREADS": "1",
    }


def _write_settings(places: Mapping[str, Path]) -> None:
    lab = {f"@jupyterlab/{name}.jupyterlab-settings": settings for name, settings in _SETTINGS.items()}
    _write(places["settings"], lab)
    _write(places["config"], _WITHOUT_NBGRADER)


def _write(folder: Path, files: Mapping[str, Any]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")


def _wait_for(server: subprocess.Popen[bytes], run: Path, log: Path) -> dict[str, Any]:
    """Return what the server writes down about itself once it listens."""
    path = run / f"jpserver-{server.pid}.json"
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            information: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):  # not there yet, or half written
            time.sleep(0.05)
            continue
        return information
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()  # its kernels see that it is gone, and end
        server.wait()
