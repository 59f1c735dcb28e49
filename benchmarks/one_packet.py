"""Packets' documents in a process of its own, as ``peers.py`` with ``pdf``: ``one_packet.py DATA FOLDER CODE``.

DATA is a file, or a folder of files: then the process keeps to one processor, as a batch's do.
"""

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

    catalogue = Catalogue(None)
    programme = catalogue.load(code)
    with Session(catalogue, "typst", overlap=not data.is_dir()) as session:
        session.warm_up()
        for source in sorted(data.glob("*.yaml")) if data.is_dir() else [data]:
            for made in make_documents(begin(read_source(source), programme, Order("signing"), session)):
                for file in made.files:
                    path = folder / source.stem / file.path
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(file.data)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
