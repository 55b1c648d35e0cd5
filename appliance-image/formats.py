"""formats.py FOLDER: makes of FOLDER/appliance.raw the formats that hypervisors take.

    qcow2   KVM, Proxmox        compressed, zlib: every reader knows it
    vhd     Azure               fixed, whole MiB and a footer
    vhdx    Hyper-V             dynamic, blocks of 1 MiB
    vmdk    VMware, VirtualBox  streamOptimized, as an OVA has it

qemu-img writes them; what it puts there by chance or by the clock (identities, times) is put right afterwards, so that the same disk gives
the same files.
"""

import os
import re
import struct
import subprocess
import sys
import uuid

IDENTITY = uuid.UUID("9d3c1e60-5b0f-4b5e-8c59-2f6e1c0a7d20")
SECTOR = 512


def main(folder):
    raw = os.path.join(folder, "appliance.raw")
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    convert(raw, "qcow2", "-c", "-o", "compat=1.1")
    convert(raw, "vmdk", "-o", "subformat=streamOptimized,adapter_type=lsilogic,hwversion=13")
    settle_vmdk(target(raw, "vmdk"))
    convert(raw, "vhdx", "-o", "subformat=dynamic,block_size=1M")
    settle_vhdx(target(raw, "vhdx"))
    convert(raw, "vhd", "-o", "subformat=fixed,force_size=on", driver="vpc")
    settle_vhd(target(raw, "vhd"), epoch)


def target(raw, suffix):
    return f"{os.path.splitext(raw)[0]}.{suffix}"


def convert(raw, suffix, *options, driver=None):
    # One writer, in order: else the places of clusters would be the scheduler's.
    command = ["qemu-img", "convert", "-m", "1", "-f", "raw", "-O", driver or suffix, *options, raw, target(raw, suffix)]
    subprocess.run(command, check=True)


def settle_vhd(path, epoch):
    """The footer, in the last sector: time of creation at 24 (seconds since 2000), identity at 68, checksum at 64 (Virtual Hard Disk Image
    Format Specification, 'Hard Disk Footer Format')."""
    with open(path, "r+b") as disk:
        disk.seek(-SECTOR, os.SEEK_END)
        footer = bytearray(disk.read(SECTOR))
        if footer[:8] != b"conectix":
            sys.exit(f"{path}: no footer where one must be")
        struct.pack_into(">I", footer, 24, epoch - 946684800)
        footer[68:84] = IDENTITY.bytes
        struct.pack_into(">I", footer, 64, 0)
        struct.pack_into(">I", footer, 64, ~sum(footer) & 0xFFFFFFFF)
        disk.seek(-SECTOR, os.SEEK_END)
        disk.write(footer)


def settle_vhdx(path):
    """Two headers, at 64 and 128 KiB, of which the one with the higher sequence counts: checksum at 4, sequence at 8, identities of file,
    data and log at 16, 32 and 48, the log's length and place at 68 ([MS-VHDX] 2.2.2); in the metadata the identity of the disk (2.6.2.4),
    which has no checksum. A log without identity holds nothing."""
    with open(path, "r+b") as disk:
        headers = {at: read_at(disk, at, 4096) for at in (64 << 10, 128 << 10)}
        if any(header[:4] != b"head" for header in headers.values()):
            sys.exit(f"{path}: no header where one must be")
        if any(any(header[48:64]) for header in headers.values()):
            sys.exit(f"{path}: its log was not brought to an end")
        in_order = sorted(headers, key=lambda at: struct.unpack_from("<Q", headers[at], 8))
        for sequence, at in enumerate(in_order, start=1):
            disk.seek(at)
            disk.write(settled_header(headers[at], sequence))
        length, place = struct.unpack_from("<IQ", headers[in_order[0]], 68)
        disk.seek(place)
        disk.write(bytes(length))
        disk.seek(find_disk_identity(disk))
        disk.write(IDENTITY.bytes_le)


def settled_header(header, sequence):
    header = bytearray(header)
    struct.pack_into("<Q", header, 8, sequence)
    header[16:32] = uuid.uuid5(IDENTITY, "file").bytes_le
    header[32:48] = uuid.uuid5(IDENTITY, "data").bytes_le
    struct.pack_into("<I", header, 4, 0)
    struct.pack_into("<I", header, 4, crc32c(header))
    return header


def read_at(disk, at, length):
    disk.seek(at)
    return disk.read(length)


def find_disk_identity(disk):
    """Regions stand in a table at 192 KiB, items in the metadata region's own ([MS-VHDX] 2.2.3, 2.6.1)."""
    metadata = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
    identity = uuid.UUID("beca12ab-b2e6-4523-93ef-c309e000c746").bytes_le
    disk.seek(192 << 10)
    region = find_entry(disk.read(64 << 10), 16, 32, metadata, "<Q")
    disk.seek(region)
    return region + find_entry(disk.read(64 << 10), 32, 32, identity, "<I")


def find_entry(table, first, step, name, place):
    for at in range(first, len(table) - step, step):
        if table[at:at + 16] == name:
            return struct.unpack_from(place, table, at + 16)[0]
    sys.exit("a VHDX without what every VHDX has")


def crc32c(data):
    remainder = 0xFFFFFFFF
    for byte in data:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0x82F63B78 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


def settle_vmdk(path):
    """The descriptor, a text among zeros, says a content's identity by chance, in as many digits as that has."""
    with open(path, "r+b") as disk:
        head = disk.read(64 << 10)
        found = re.search(rb"(?<=\nCID=)[0-9a-f]{1,8}(?=\n)", head)
        if not found:
            sys.exit(f"{path}: its descriptor has no CID")
        end = head.index(b"\0", found.end())
        settled = head[: found.start()] + b"9d3c1e60" + head[found.end() : end]
        if any(head[end : len(settled)]):
            sys.exit(f"{path}: its descriptor has no room for a CID of eight digits")
        disk.seek(0)
        disk.write(settled)


if __name__ == "__main__":
    main(sys.argv[1])
