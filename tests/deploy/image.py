"""Builds the image and runs its processes as a container engine would, with what Linux has: no engine is needed, but root.

Processes have the image's user, environment and entry point, a process tree of their own (they are its process 1), no new privileges,
a read-only root file system with one writable volume, and no shell. They share the machine's network.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

PROJECT = Path(__file__).parents[2]
STATE = "/var/lib/takedown"  # the image's volume
STOPS_WITHIN = 40.0  # seconds

_DOCKERFILE, _BASE_SCRIPT = PROJECT / "deploy" / "Dockerfile", PROJECT / "deploy" / "base-image.sh"
_BUILT_FROM = (
    "pyproject.toml",
    "uv.lock",
    "README.md",
    "LICENSE",
    ".dockerignore",
    "deploy/Dockerfile",
    "deploy/base-image.sh",
    "pipeline",
)
_CERTIFICATES = Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "takedown-pipeline"
_SUITE = "trixie"
_REPOSITORY = "localhost/takedown-test"
_BUILDAH = ("buildah", "--storage-driver", "vfs")
_OLD = 3600  # seconds after which an image of an earlier tree goes; one that is younger may be in use

# What an engine sets up before it runs the entry point. Shells are covered, so that nothing can be started by one.
_ENTER = r"""
set -eu
root=$1 state=$2 user=$3; shift 3
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$state" "$root/var/lib/takedown"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
for shell in sh dash bash; do [ ! -f "$root/usr/bin/$shell" ] || mount --bind /dev/null "$(realpath "$root/usr/bin/$shell")"; done
exec setpriv --no-new-privs /usr/sbin/chroot --userspec="$user" --groups= "$root" "$@"
"""


class ImageError(RuntimeError):
    """The image cannot be built; the message ends with what the build printed."""


def missing() -> str | None:
    """Return what keeps this machine from building and running the image; None where nothing does."""
    lacking = [tool for tool in ("buildah", "debootstrap", "unshare", "setpriv") if shutil.which(tool) is None]
    if lacking:
        return f"{', '.join(lacking)} not installed"
    return "not root" if os.geteuid() else None


@cache
def built_image() -> str | None:
    """Return the name of the image of this tree, built where it is not there yet; None where `missing` says why. Raises ImageError."""
    if missing():
        return None
    name = f"{_REPOSITORY}:{_fingerprint()}"
    _CACHE.mkdir(parents=True, exist_ok=True)
    with (_CACHE / "image.lock").open("w") as lock:  # processes of one test run would all build it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists("image", name):
            _remove_old()
            _build(name)
        if not _exists("container", _container(name)):
            _buildah("from", "--name", _container(name), name)
    return name


def version() -> str:
    """Return the version of the program."""
    found: str = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return found


def base_image() -> str:
    """Return the name of the base image, made where it is not there yet. Raises ImageError."""
    name = f"localhost/takedown-base:{_SUITE}"
    if not _exists("image", name):
        _called(str(_BASE_SCRIPT), _SUITE)
    return name


def config(image: str) -> Mapping[str, Any]:
    """Return how an image wants to be run: user, environment, entry point and so on, as Docker names them."""
    found: dict[str, Any] = orjson.loads(_buildah("inspect", "--type", "image", image))["Docker"]["config"]
    return found


@cache
def root_of(image: str) -> Path:
    """Return the file system of an image; nothing may write into it."""
    return Path(_buildah("mount", _container(image)).strip())


def added_bytes(image: str) -> int:
    """Return the bytes of all files that the image adds to its base."""
    return _bytes(root_of(image)) - _bytes(_CACHE / f"base-{_SUITE}")


def run(image: str, *command: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command in the image, not its entry point, to its end, with an empty volume."""
    with tempfile.TemporaryDirectory() as folder:
        argv, environment = _entering(image, command, env or {}, _volume(Path(folder)))
        return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=100)


class ImageWorker:
    """A process of the image: its entry point with some arguments.

    What it writes to stderr, its log, goes to `log_path`; beside that lie what it writes to stdout (.out) and its volume (.state).
    """

    def __init__(self, image: str, args: Sequence[str], env: Mapping[str, str], log_path: Path) -> None:
        self.image, self.log = image, log_path
        self.state = _volume(log_path.with_suffix(".state"))
        self._argv, self._env = _entering(image, [*config(image)["Entrypoint"], *args], env, self.state)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "ImageWorker":
        """Start it, or start it again with the volume that it had."""
        with self.log.open("ab") as log, self.log.with_suffix(".out").open("ab") as out:
            self._process = subprocess.Popen(self._argv, env=self._env, stdout=out, stderr=log, start_new_session=True)
        return self

    def __enter__(self) -> "ImageWorker":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._started.poll()

    @property
    def pid(self) -> int | None:
        """The image's process, as this machine numbers it; None before it is there and after it has ended."""
        with suppress(ProcessLookupError, FileNotFoundError):
            children = Path(f"/proc/{self._started.pid}/task/{self._started.pid}/children").read_text(encoding="ascii")
            return int(children) if children else None
        return None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the image's process, where there is one."""
        if (pid := self.pid) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """Kill it as a crash would, and wait until it is gone with all that it has started."""
        if self._process is None:
            return
        if self.pid is None:
            self._process.kill()
        self.signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """Let it finish; return its exit code. Raises subprocess.TimeoutExpired."""
        self.signal(signal.SIGTERM)
        return self._started.wait(STOPS_WITHIN)

    def end_of_log(self) -> str:
        """Return the last of what it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    @property
    def _started(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "it was not started"
        return self._process


def _entering(image: str, command: Sequence[str], env: Mapping[str, str], state: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command line that runs a command inside an image, and its environment."""
    found = config(image)
    namespaces = ("unshare", "--mount", "--pid", "--fork", "--kill-child=KILL")
    enter = ("/bin/sh", "-c", _ENTER, "enter", str(root_of(image)), str(state), found["User"])
    return [*namespaces, *enter, *command], {**dict(pair.split("=", 1) for pair in found["Env"]), **env}


def _volume(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, 10001, 10001)
    return folder


def _build(name: str) -> None:
    arguments = {"BASE": base_image(), "VERSION": version(), "REVISION": _fingerprint()}
    secret = ("--secret", f"id=ca,src={_CERTIFICATES}") if _CERTIFICATES.is_file() else ()
    options = [option for key, value in arguments.items() for option in ("--build-arg", f"{key}={value}")]
    _buildah("bud", "--isolation", "chroot", "--format", "docker", *secret, *options, "-f", str(_DOCKERFILE), "-t", name, str(PROJECT))


def _remove_old() -> None:
    """Remove the images of earlier trees, with their containers."""
    for image in orjson.loads(_buildah("images", "--json")):
        for name in image["names"] or ():
            if name.startswith(f"{_REPOSITORY}:") and time.time() - image["created"] > _OLD:
                with suppress(ImageError):
                    _buildah("rm", _container(name))
                _buildah("rmi", name)


@cache
def _fingerprint() -> str:
    """Return a hash of all that the image is built from."""
    found = sha256()
    for top in _BUILT_FROM:
        path = PROJECT / top
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(f"{file.relative_to(PROJECT)}\0{file.stat().st_mode}\0".encode())
                found.update(file.read_bytes())
    return found.hexdigest()[:16]


def _bytes(folder: Path) -> int:
    return int(_called("du", "--summarize", "--apparent-size", "--block-size=1", str(folder)).split()[0])


def _container(image: str) -> str:
    return image.rpartition("/")[2].replace(":", "-")


def _exists(kind: str, name: str) -> bool:
    return subprocess.run((*_BUILDAH, "inspect", "--type", kind, name), capture_output=True, check=False).returncode == 0


def _buildah(*arguments: str) -> str:
    return _called(*_BUILDAH, *arguments)


def _called(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ImageError(f"{' '.join(command[:4])}... failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout
