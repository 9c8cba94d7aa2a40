"""MNIST from a folder, from mirrors by way of a cache, or replaced by other digits: which, and what is refused."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import datasets, mnist_files
from autograder.datasets import FOLDER, load_mnist, load_test_digits
from autograder.errors import DataMissingError

IMAGES, LABELS = mnist_files.names("train")
PIXELS = np.arange(3 * 28 * 28, dtype=np.uint32).reshape(3, 28, 28).astype(np.uint8)
CLASSES = np.array([7, 0, 9], np.uint8)


def image_file(images: np.ndarray = PIXELS) -> bytes:
    """What stands in an IDX file of images."""
    return struct.pack(">IIII", 0x803, *images.shape) + images.tobytes()


def label_file(labels: np.ndarray = CLASSES) -> bytes:
    """What stands in an IDX file of labels."""
    return struct.pack(">II", 0x801, len(labels)) + labels.tobytes()


def fill(folder: Path, **changes: bytes | None) -> Path:
    """Write the two training files; `images` and `labels` may be other bytes, or None for no file."""
    contents = {IMAGES: changes.get("images", image_file()), LABELS: changes.get("labels", label_file())}
    for name, data in contents.items():
        if data is not None:
            (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the environment names."""
    monkeypatch.setenv(FOLDER, str(tmp_path))
    return tmp_path


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without MNIST, and with mirrors where nobody answers."""
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setattr(mnist_files, "MIRRORS", ("http://127.0.0.1:9/",))
    monkeypatch.setattr(mnist_files, "_cache_folder", lambda: tmp_path / "cache")


class TestFolder:
    @pytest.mark.parametrize("suffix", ["", ".gz"])
    def test_plain_and_compressed(self, own_folder: Path, suffix: str) -> None:
        """Files with and without .gz hold the same digits."""
        for name, data in ((IMAGES, image_file()), (LABELS, label_file())):
            (own_folder / f"{name}{suffix}").write_bytes(gzip.compress(data) if suffix else data)
        digits = load_mnist()
        np.testing.assert_array_equal(digits.images, PIXELS)
        np.testing.assert_array_equal(digits.labels, CLASSES)
        assert (digits.images.dtype, digits.labels.dtype, digits.source) == (np.uint8, np.int64, "MNIST")

    @pytest.mark.parametrize(("count", "length"), [(1, 1), (2, 2), (3, 3), (60_000, 3), (np.int64(2), 2)])
    def test_the_first_of_them(self, own_folder: Path, count: int, length: int) -> None:
        """The first digits come, and no more than there are."""
        fill(own_folder)
        digits = load_mnist(count)
        np.testing.assert_array_equal(digits.images, PIXELS[:length])
        np.testing.assert_array_equal(digits.labels, CLASSES[:length])

    def test_the_arrays_are_the_callers_own(self, own_folder: Path) -> None:
        """Writing to the images changes neither the next call's nor the files."""
        fill(own_folder)
        load_mnist().images[:] = 0
        load_mnist().labels[:] = 0
        np.testing.assert_array_equal(load_mnist().images, PIXELS)
        np.testing.assert_array_equal(load_mnist().labels, CLASSES)
        assert (own_folder / IMAGES).read_bytes() == image_file()

    def test_a_changed_file_is_read_again(self, own_folder: Path) -> None:
        """What is kept in memory is not what an earlier file held."""
        fill(own_folder)
        load_mnist()
        fill(own_folder, labels=label_file(CLASSES[::-1].copy()))
        assert load_mnist().labels.tolist() == [9, 0, 7]

    @pytest.mark.parametrize("count", [0, -1, 1.5, True, "3", None])
    def test_no_number_of_images(self, count: Any) -> None:
        """A count that is no whole number above zero is an error, whatever data there are."""
        with pytest.raises(ValueError, match=r"count is .*1 or more"):
            load_mnist(count)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"images": None}, f"holds neither {IMAGES} nor {IMAGES}.gz"),
            ({"labels": None}, f"holds neither {LABELS} nor {LABELS}.gz"),
            ({"images": b""}, f"{IMAGES}: this is no IDX file of images"),
            ({"images": label_file()}, f"{IMAGES}: this is no IDX file of images"),
            ({"labels": image_file()}, f"{LABELS}: this is no IDX file of labels"),
            ({"images": b"\1" + image_file()[1:]}, f"{IMAGES}: this is no IDX file of images"),
            ({"images": image_file()[:-1]}, f"{IMAGES}: there is less in it"),
            ({"images": image_file() + b"\0"}, f"{IMAGES}: there is more in it"),
            ({"images": image_file(PIXELS[:, :27])}, "no IDX file of images of 28 × 28"),
            ({"images": image_file(PIXELS[:2])}, "has 2 images and .* 3 labels"),
            ({"images": image_file(PIXELS[:0])}, f"{IMAGES}: it announces 0"),
            ({"labels": struct.pack(">II", 0x801, 0xFFFFFFFF)}, f"{LABELS}: it announces 4294967295"),
            ({"labels": label_file(np.array([1, 2, 10], np.uint8))}, f"{LABELS}: the label 10 is no digit"),
        ],
    )
    def test_what_is_wrong_is_named(self, own_folder: Path, changes: dict[str, bytes | None], message: str) -> None:
        """A missing or broken file is named, and no other digits take its place."""
        fill(own_folder, **changes)
        with pytest.raises(DataMissingError, match=message):
            load_mnist()

    @pytest.mark.parametrize("damage", ["truncated", "other bytes", "bad checksum"])
    def test_broken_compression(self, own_folder: Path, damage: str) -> None:
        """A file that gzip cannot read to its end is named."""
        fill(own_folder, images=None)
        data = gzip.compress(image_file())
        broken = {
            "truncated": data[:-20],
            "other bytes": b"<html>not found</html>",
            "bad checksum": data[:-8] + bytes(4) + data[-4:],
        }
        (own_folder / f"{IMAGES}.gz").write_bytes(broken[damage])
        with pytest.raises(DataMissingError, match=rf"{IMAGES}\.gz: "):
            load_mnist()

    def test_a_folder_that_is_not_there(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A slip in the variable is an error: without a word, other digits would be graded."""
        monkeypatch.setenv(FOLDER, str(tmp_path / "nowhere"))
        with pytest.raises(DataMissingError, match=r"AUTOGRADER_DATA names .*nowhere, and there is no such folder"):
            load_mnist()

    def test_training_digits_alone_are_no_test_digits(self, own_folder: Path) -> None:
        """A folder without the test files is enough to train, and never enough for a grade."""
        fill(own_folder)
        assert len(load_mnist().labels) == 3
        with pytest.raises(DataMissingError, match="holds neither t10k-images-idx3-ubyte nor"):
            load_test_digits()


class TestRealDigits:
    def test_the_first_training_images(self, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first digits of MNIST are 5, 0, 4, 1, 9, and the first image's ink is where everybody finds it."""
        monkeypatch.setenv(FOLDER, str(mnist_folder))
        digits = load_mnist(100)
        assert digits.labels[:5].tolist() == [5, 0, 4, 1, 9]
        assert digits.images[0, 5, 12:16].tolist() == [3, 18, 18, 18]
        assert digits.source == "MNIST"

    def test_the_test_images(self, mnist_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The test digits begin 7, 2, 1, 0, 4, every class is there, and none of the training images is."""
        monkeypatch.setenv(FOLDER, str(mnist_folder))
        digits = load_test_digits()
        assert (digits.images.shape, digits.labels[:5].tolist()) == ((10_000, 28, 28), [7, 2, 1, 0, 4])
        assert np.bincount(digits.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
        seen = {image.tobytes() for image in load_mnist(60_000).images}
        assert not any(image.tobytes() in seen for image in digits.images)

    @pytest.mark.parametrize("name", [name for name in mnist_files.CHECKSUMS if name.startswith("t10k")])
    def test_the_published_checksums(self, mnist_folder: Path, name: str) -> None:
        """The whole files that are here have the checksums that a download must have."""
        file = mnist_folder / name
        if not file.is_file():
            pytest.skip(f"{name} is not in {mnist_folder}")
        assert hashlib.sha256(file.read_bytes()).hexdigest() == mnist_files.CHECKSUMS[name]


@pytest.mark.usefixtures("offline")
class TestFallback:
    def test_is_said_plainly(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without MNIST the digits are scikit-learn's; source and one printed line say so."""
        digits = load_mnist()
        assert (digits.images.shape, digits.images.dtype) == ((1797, 28, 28), np.uint8)
        assert (digits.labels.shape, digits.labels.dtype) == ((1797,), np.int64)
        assert digits.source == "scikit-learn digits"
        said = capsys.readouterr().out
        assert said.count("\n") == 1
        assert "so the 1,797 digits of scikit-learn, drawn larger, take its place. To get MNIST, " in said
        assert FOLDER in said

    def test_the_digits_are_the_same_ones(self) -> None:
        """Enlarging keeps corners and the whole range of greys, and averages to what the small digit averages to."""
        from sklearn.datasets import load_digits

        small, large = load_digits(), load_mnist()
        np.testing.assert_array_equal(large.labels, small.target)
        corners = np.ix_(range(1797), [0, 27], [0, 27])
        wanted = np.rint(small.images[:, ::7, ::7] * 255 / 16)
        np.testing.assert_array_equal(large.images[corners], wanted)
        assert (large.images.min(), large.images.max()) == (0, 255)
        ratio = large.images.mean() / (small.images.mean() * 255 / 16)
        assert 0.9 < ratio < 1.2

    def test_is_never_graded(self) -> None:
        """There are no test digits without MNIST, and the message says what to do."""
        with pytest.raises(DataMissingError, match="not on this machine; connect to the network once, or set AUTO"):
            load_test_digits()

    def test_without_scikit_learn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where nothing at all can be loaded, the message names both remedies."""
        datasets._fallback.cache_clear()
        monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
        with pytest.raises(DataMissingError, match=r"pip install scikit-learn, or connect"):
            load_mnist()


Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a mirror: a real server on this machine that has these files, and counts what it is asked for."""
    servers = []

    def _serve(files: dict[str, bytes], asked: list[str] | None = None, cut: bool = False) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                if asked is not None:
                    asked.append(name)
                if name not in files:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(files[name])))
                self.end_headers()
                self.wfile.write(files[name][: len(files[name]) // 2] if cut else files[name])

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=functools.partial(server.serve_forever, 0.01), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield _serve
    for server in servers:
        server.shutdown()
        server.server_close()


FILES = {f"{IMAGES}.gz": gzip.compress(image_file()), f"{LABELS}.gz": gzip.compress(label_file())}
SUMS = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for the two small files."""
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.setattr(mnist_files, "_cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(mnist_files, "CHECKSUMS", SUMS)
    return tmp_path / "cache"


def kept(cache: Path) -> dict[str, bytes]:
    """Every file that is in the cache."""
    return {path.name: path.read_bytes() for path in cache.iterdir()} if cache.exists() else {}


class TestDownload:
    def test_is_done_once(self, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        """The files come from the mirror with their checksums, and from the cache from then on."""
        asked: list[str] = []
        monkeypatch.setattr(mnist_files, "MIRRORS", (serve(FILES, asked),))
        assert load_mnist().labels.tolist() == [7, 0, 9]
        mnist_files._fetched.cache_clear()
        np.testing.assert_array_equal(load_mnist().images, PIXELS)
        assert sorted(asked) == sorted(FILES)
        assert kept(cache) == FILES
        assert datasets.cached() == cache

    @pytest.mark.parametrize("first", ["other bytes", "cut short", "missing", "nobody"])
    def test_the_next_mirror_is_asked(
        self, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, first: str
    ) -> None:
        """A mirror that is wrong, broken off, empty or away is passed over, and nothing of it stays."""
        others = {name: gzip.compress(b"other") for name in FILES}
        bad = {
            "other bytes": lambda: serve(others),
            "cut short": lambda: serve(FILES, cut=True),
            "missing": lambda: serve({}),
            "nobody": lambda: "http://127.0.0.1:9/",
        }
        monkeypatch.setattr(mnist_files, "MIRRORS", (bad[first](), serve(FILES)))
        assert load_mnist().source == "MNIST"
        assert kept(cache) == FILES

    @pytest.mark.parametrize("kind", ["other bytes", "cut short"])
    def test_a_broken_download_never_stays(
        self, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        """Where every mirror is wrong the fallback is used, and the cache holds no file."""
        url = serve(FILES, cut=True) if kind == "cut short" else serve(dict.fromkeys(FILES, b"<html>"))
        monkeypatch.setattr(mnist_files, "MIRRORS", (url,))
        assert load_mnist().source == "scikit-learn digits"
        assert kept(cache) == {}
        assert datasets.cached() is None

    def test_a_damaged_cache_is_mended(self, cache: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file in the cache with another checksum is fetched again, never read."""
        cache.mkdir()
        (cache / f"{LABELS}.gz").write_bytes(gzip.compress(label_file(CLASSES[::-1].copy())))
        monkeypatch.setattr(mnist_files, "MIRRORS", (serve(FILES),))
        assert load_mnist().labels.tolist() == [7, 0, 9]
        assert kept(cache) == FILES

    def test_the_folder_comes_first(self, cache: Path, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With a folder in the environment no mirror is asked, and no cache is made."""
        asked: list[str] = []
        monkeypatch.setattr(mnist_files, "_fetched", lambda *_: asked.append("fetched"))
        fill(own_folder)
        assert load_mnist().source == "MNIST"
        assert (asked, cache.exists()) == ([], False)

    @pytest.mark.usefixtures("cache")
    def test_without_a_network_it_is_tried_once(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        """A process that could not fetch the digits does not wait for mirrors again."""
        asked: list[str] = []
        monkeypatch.setattr(mnist_files, "MIRRORS", (serve({}, asked),))
        assert [load_mnist(5).source for _ in range(3)] == ["scikit-learn digits"] * 3
        assert len(asked) == 1


def test_importing_it_is_light() -> None:
    """Neither pooch nor scikit-learn is imported before it is needed."""
    code = "import sys, autograder.datasets; print(sorted({'pooch', 'sklearn', 'requests'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_pooch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be fetched for want of a package, there is simply no cache."""
    monkeypatch.setitem(sys.modules, "pooch", None)
    monkeypatch.delenv(FOLDER, raising=False)
    assert datasets.cached() is None
    assert datasets.locate() is None
