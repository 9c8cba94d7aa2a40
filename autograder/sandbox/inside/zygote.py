"""The warm process that workers are forked from. It never holds anything secret and never runs a submission's code.

What the assignment itself begins with it may run: that is the course's own.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import shutil
import socket
import tempfile
from typing import Any

from autograder.sandbox.inside import ahead, cells, figures, importable, lockdown, scratch, stand_in
from autograder.sandbox.inside.worker import Worker

_CONNECTION = 3
_MESSAGE = 1 << 16
_FOLDERS = ("TMPDIR", "HOME", "MPLCONFIGDIR")  # variables that name the folder to write to
_PRELOADED = (
    "collections copy dataclasses functools itertools math operator random statistics string time timeit typing"
    " traceback inspect abc enum warnings numpy.linalg numpy.random numpy.fft numpy.testing IPython.display"
)


def serve(control: socket.socket, config: dict[str, Any], folder: str) -> None:
    """Import, warm up, say "ready", then fork a worker for each request until the grader hangs up.

    `folder` is where matplotlib and IPython may write while they warm up; it is removed before the first worker.
    """
    few_files = not config["scratch"]
    if config["files"]:
        few_files = scratch.limit(config["scratch"], files=config["files"])
    if not lockdown.shed_privileges() and config["files"]:
        raise RuntimeError(config["bound"])
    os.umask(0o077)
    for name in _PRELOADED.split():
        importlib.import_module(name)
    figures.put_off()
    shell = cells.start_shell([*config["libraries"], config["package"]])
    figures.obey(shell)
    stand_in.install()
    if not config["scratch"]:
        figures.load(shell)
    importable.restrict(also=figures.PACKAGES)
    shutil.rmtree(folder, ignore_errors=True)
    gc.freeze()
    gc.enable()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (1, 2):
        os.dup2(null, standard)
    os.close(null)
    control.send(json.dumps({"ready": True, "few_files": few_files}).encode())
    zygote = _Zygote(control, config, shell)
    while zygote.answer_one():
        pass


class _Zygote:
    """The requests of the grader: fork a worker, wait for one that has ended."""

    def __init__(self, control: socket.socket, config: dict[str, Any], shell: cells.NotebookShell) -> None:
        self.control = control
        self.config = config
        self.shell = shell
        self.ahead = ahead.Ahead(shell)
        self.folders: dict[int, str] = {}
        self.count = 0
        self.figures = not config["scratch"]  # drawing needs a folder, which no worker has then
        self.doors = lockdown.Doors(readable=config["readable"], scratch=config["scratch"])
        self.filter = lockdown.Filter(bytes.fromhex(config["filter"]))

    def answer_one(self) -> bool:
        """Answer one request; False when there is to be no other: the grader is gone, or the scratch folder spoilt."""
        data, ancillary, *_ = self.control.recvmsg(_MESSAGE, socket.CMSG_SPACE(8))
        if not data:
            return False
        request = json.loads(data)
        if "reap" in request:
            return self._reap(request)
        if "ahead" in request:
            self._answer(request, ahead=self.ahead.run(request["ahead"]))
            return True
        if request["figures"] and not self.figures:
            figures.load(self.shell)
            self.figures = True
        descriptors = array.array("i", ancillary[0][2][:8])
        pid, folder = self._fork(request, *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if folder:
            self.folders[pid] = folder
        handle = os.pidfd_open(pid)
        self._answer(request, handle, pid=pid)
        os.close(handle)
        return True

    def _answer(self, request: dict[str, Any], *descriptors: int, **facts: Any) -> None:
        socket.send_fds(self.control, [json.dumps({"number": request["number"], **facts}).encode()], descriptors)

    def _reap(self, request: dict[str, Any]) -> bool:
        """Wait for a worker and clear up after it; False where something is left that the next one would find."""
        pid = int(request["reap"])
        try:
            _, status = os.waitpid(pid, 0)
        except ChildProcessError:
            status = None
        self._answer(request, status=status)
        if not self.folders.pop(pid, None):
            return True
        return scratch.sweep(self.config["scratch"], keep=self.folders.values())

    def _fork(self, request: dict[str, Any], connection: int, output: int) -> tuple[int, str]:
        folder = ""
        if self.config["scratch"]:
            self.count += 1
            folder = f"{self.config['scratch']}/{self.count}"
            os.mkdir(folder, 0o700)  # noqa: PTH102
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self._become_worker(request, zygote, connection, output, folder)
            except BaseException as error:
                os.write(2, f"{type(error).__name__}: {error}".encode())
            finally:
                os._exit(1)
        return pid, folder

    def _become_worker(self, request: dict[str, Any], zygote: int, connection: int, output: int, folder: str) -> None:
        lockdown.die_with(zygote)
        os.setsid()
        os.chdir(folder or "/")
        if folder:
            for name in _FOLDERS:
                os.environ[name] = folder
            tempfile.tempdir = None  # the zygote has looked for its own
        version = self.doors.close(folder)
        _arrange_descriptors(connection, output)
        lockdown.set_limits(**request["limits"])
        no_filter = self.filter.close()
        worker = Worker(_CONNECTION, self.shell, {"landlock": version, "no_filter": no_filter})
        if request["after"]:
            self.ahead.put_in_place()
        worker.serve()


def _arrange_descriptors(connection: int, output: int) -> None:
    """0 reads nothing, 1 and 2 go to the grader's pipe, 3 is the connection; nothing else is open."""
    connection, output = os.dup(connection), os.dup(output)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((connection, _CONNECTION), (output, 1), (output, 2), (null, 0)):
        os.dup2(source, target)
    os.closerange(_CONNECTION + 1, os.sysconf("SC_OPEN_MAX"))
