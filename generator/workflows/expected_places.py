"""Which documents a packet must have by its scheme and its data, and who must sign them, against what its manifest lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from msgspec.structs import replace

from generator.base.temporary import private
from generator.errors import LianhetiError
from generator.model.catalogue import Catalogue
from generator.packet.assessment import Order, begin
from generator.packet.chosen import chosen_documents
from generator.packet.data_copy import PATH as DATA
from generator.packet.session import Session
from generator.packet.signing import signings_of
from generator.publishing.manifest import PacketManifest
from generator.readers.source_file import read_source
from generator.workflows.inputs import write_below


def missing_places(
    manifest: PacketManifest, files: Mapping[str, bytes], catalogue: Catalogue
) -> Iterator[str]:
    """What the manifest must list and does not, each a Chinese clause; none where it lists all.

    A manifest is signed by nobody: with a document struck off it, a packet of which that is not signed would seem whole.

    Args:
        manifest: as the packet has it.
        files: the packet's data and what lies beside them, by path.
        catalogue: where the scheme is found.
    """
    if manifest.programme not in catalogue.folders():
        yield f"这台电脑上没有方案“{manifest.programme}”，不能核对文件和签署方是否齐全（自备的方案用 --templates 指明）"
        return
    if DATA not in files:
        yield "材料包里没有数据，不能核对文件和签署方是否齐全"
        return
    try:
        with private("verify") as folder, Session(catalogue, engine=None) as session:
            write_below(folder, files)
            programme = catalogue.load(manifest.programme)
            job = begin(read_source(folder / DATA), programme, Order(manifest.edition), session)
            if job.when.date() != manifest.date:
                job = replace(job, when=datetime.combine(manifest.date, time(), UTC))
            listed = {document.id: document for document in manifest.documents}
            for chosen in chosen_documents(job).documents:
                document = chosen.document
                if document.filing != "paper":
                    continue
                found = listed.get(document.id)
                if found is None:
                    yield f"清单里没有《{document.title}》，按方案和包里的数据应当有"
                    continue
                own = (chosen.party,) if chosen.party else None
                wanted = Counter((one.role, one.party) for one in signings_of(job, document, None, own))
                for role, party in wanted - Counter((one.role, one.party) for one in found.signatories):
                    title = next(one.title for one in document.signatories if one.role == role)
                    yield f"《{document.title}》的签署方里没有“{party}”（{title}），按方案和包里的数据应当有"
    except (LianhetiError, OSError):
        yield "按包里的数据做不出这套材料，不能核对文件和签署方是否齐全"
