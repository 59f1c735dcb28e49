"""Settings of all tests, and what tests of several wings share: sessions, one signed example."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from generator.model.catalogue import Catalogue
from generator.packet.parts import Packet
from generator.packet.pipeline import put
from generator.packet.session import Session
from generator.publishing.lock import locked
from tests.authority import Authority
from tests.standing import Standing, signing_packet

CODE = "henan/consortium-2022"

# How long an example takes says something about the machine, not about the code: no deadline. The examples are the
# same in every run, so that a commit is judged by what it changes; new ones are looked for by make fuzz.
for _name, _examples in (("quick", 12), ("thorough", 100)):
    settings.register_profile(_name, deadline=None, print_blob=True, derandomize=True, max_examples=_examples)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough",
        action="store_true",
        help="with the tests marked thorough, and properties tried with many examples (make test-all)",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("thorough" if config.getoption("--thorough") else "quick")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--thorough"):
        return
    tried: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        some, function = item.get_closest_marker("one_in"), item.nodeid.partition("[")[0]
        is_left = item.get_closest_marker("thorough") or (some and tried[function] % some.args[0])
        tried[function] += 1
        (left if is_left else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that other users can reach, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    with Session(Catalogue()) as opened:
        yield opened


@pytest.fixture(scope="session")
def words_only() -> Session:
    """For packets of which no PDF is wanted."""
    return Session(Catalogue(), engine=None)


@pytest.fixture(scope="session")
def drawn() -> Packet:
    return signing_packet(CODE)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """The example's packet as it stands, put there once for all processes of the tests; to be read only."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "signing"
    shared.mkdir(exist_ok=True)
    with locked(shared / "lock", 300):
        if not (standing := list(shared.glob("*/*/manifest.json"))):
            return Standing(put(signing_packet(CODE), shared, force=False).folder)
    return Standing(standing[0].parent)


@pytest.fixture
def packet(made: Standing, tmp_path: Path) -> Standing:
    """A copy of the packet that a test may sign or spoil."""
    shutil.copytree(made.folder, tmp_path / made.folder.name)
    shutil.copy(made.archive, tmp_path)
    return Standing(tmp_path / made.folder.name)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.new()


@pytest.fixture(scope="session")
def signed_agreement(made: Standing, authority: Authority) -> bytes:
    """The agreement with its first three fields signed."""
    pdf = made.pdf("agreement").read_bytes()
    for entry in made.document("agreement")["signatories"][:3]:
        pdf = authority.sign(pdf, entry["field"], entry["party"])
    return pdf
