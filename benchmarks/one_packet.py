"""One packet's documents in a process of its own, as ``peers.py`` with ``pdf``: ``one_packet.py DATA FOLDER CODE``."""

from __future__ import annotations

import sys
from pathlib import Path

from generator.cli import prepare_process


def main(data: Path, folder: Path, code: str) -> None:
    prepare_process()  # as of every command
    from generator.model.catalogue import Catalogue
    from generator.packet.assessment import Order, begin
    from generator.packet.pipeline import make_documents
    from generator.packet.session import Session
    from generator.readers.source_file import read_source

    folder.mkdir(parents=True, exist_ok=True)
    catalogue = Catalogue(None)
    with Session(catalogue, "typst") as session:
        session.warm_up()
        job = begin(read_source(data), catalogue.load(code), Order("signing"), session)
        for made in make_documents(job):
            for file in made.files:
                path = folder / file.path
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(file.data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
