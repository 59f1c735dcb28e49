"""Settings of all tests, and what tests of several wings share: sessions, one signed example."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from generator.model.catalogue import Catalogue
from generator.packet.parts import Packet
from generator.packet.pipeline import Order, build, put
from generator.packet.session import Session
from generator.readers.source_file import read_source
from tests.authority import Authority
from tests.standing import Standing

ROOT = Path(__file__).resolve().parents[1]
CODE = "henan/consortium-2022"

# How long an example takes says something about the machine, not about the code: no deadline.
for _name, _examples in (("quick", 12), ("thorough", 100)):
    settings.register_profile(_name, deadline=None, print_blob=True, max_examples=_examples)


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
    left = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


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
    catalogue = Catalogue()
    with Session(catalogue, "typst") as session:
        source = read_source(ROOT / "data" / f"{CODE.replace('/', '-')}.yaml")
        return build(source, catalogue.load(CODE), Order("signing"), session)


@pytest.fixture(scope="session")
def made(drawn: Packet, tmp_path_factory: pytest.TempPathFactory) -> Standing:
    return Standing(put(drawn, tmp_path_factory.mktemp("signing"), force=False).folder)


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
