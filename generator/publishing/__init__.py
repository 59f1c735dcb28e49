"""Writing packets into the output folder: nothing else writes there, and no change of a person is ever lost."""

from generator.base.names import safe_name
from generator.publishing.contents import Change, PacketFile, changed_files, read_manifest
from generator.publishing.packets import Published, publish, publish_again, recover, recover_packet
from generator.publishing.reading import OpenPacket, open_packet
from generator.publishing.slot import Recovered

__all__ = [
    "Change",
    "OpenPacket",
    "PacketFile",
    "Published",
    "Recovered",
    "changed_files",
    "open_packet",
    "publish",
    "publish_again",
    "read_manifest",
    "recover",
    "recover_packet",
    "safe_name",
]
