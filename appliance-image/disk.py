"""disk.py WORK OUT: puts the parts of WORK together as a disk that starts by BIOS and by UEFI.

    sector      0  GRUB's boot.img, the protective MBR's table in it
                1  GUID partition table
      1 MiB        GRUB's core.img, for BIOS                              appliance-bios
      2 MiB        kernel, initial file system, loaders for UEFI (FAT)    appliance-boot
     64 MiB        the read-only root (squashfs)                          appliance-root
    256 MiB        what outlives a start (ext4), 255 MiB                  appliance-state
    512 MiB        the end, behind the table's second copy

A place that stays empty is a hole in the file.
"""

import os
import struct
import subprocess
import sys

MIB = 1 << 20
SECTOR = 512
DISK_BYTES = 512 * MIB
ROOT_AT, STATE_AT = 64 * MIB, 256 * MIB
TABLE = f"""\
label: gpt
label-id: 9D3C1E60-5B0F-4B5E-8C59-2F6E1C0A7D10
unit: sectors
first-lba: 2048
start={1 * MIB // SECTOR}, size={1 * MIB // SECTOR}, type=21686148-6449-6E6F-744E-656564454649, \
uuid=9D3C1E60-5B0F-4B5E-8C59-2F6E1C0A7D11, name=appliance-bios
start={2 * MIB // SECTOR}, size={62 * MIB // SECTOR}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, \
uuid=9D3C1E60-5B0F-4B5E-8C59-2F6E1C0A7D12, name=appliance-boot
start={ROOT_AT // SECTOR}, size={(STATE_AT - ROOT_AT) // SECTOR}, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, \
uuid=9D3C1E60-5B0F-4B5E-8C59-2F6E1C0A7D13, name=appliance-root
start={STATE_AT // SECTOR}, size={255 * MIB // SECTOR}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, \
uuid=9D3C1E60-5B0F-4B5E-8C59-2F6E1C0A7D14, name=appliance-state
"""


def main(work, out):
    with open(out, "wb") as disk:
        disk.truncate(DISK_BYTES)
    subprocess.run(["sfdisk", "--quiet", out], input=TABLE, text=True, check=True, stdout=subprocess.DEVNULL)
    with open(out, "r+b") as disk:
        put(disk, 2 * MIB, work, "boot.fat", 62 * MIB)
        put(disk, ROOT_AT, work, "root.squashfs", STATE_AT - ROOT_AT)
        put(disk, STATE_AT, work, "state.ext4", 255 * MIB)
        install_grub(disk, read(work, "boot.img"), read(work, "core.img"))


def read(work, name):
    with open(os.path.join(work, name), "rb") as part:
        return part.read()


def put(disk, at, work, name, room):
    """Copies a part to its place, block by block; blocks of zeros stay holes."""
    path = os.path.join(work, name)
    if os.path.getsize(path) > room:
        sys.exit(f"make image: {name} has {os.path.getsize(path)} bytes; its partition has {room}")
    with open(path, "rb") as part:
        while block := part.read(64 << 10):
            if block.strip(b"\0"):
                disk.seek(at)
                disk.write(block)
            at += len(block)


def install_grub(disk, boot, core):
    """As grub-bios-setup does: boot.img has the sector of core.img at 0x5c, and core.img's first sector ends with a list of one entry,
    where the others are and how many (grub-core/boot/i386/pc/boot.S, diskboot.S)."""
    if len(core) > MIB:
        sys.exit(f"make image: core.img has {len(core)} bytes; its partition has {MIB}")
    first = MIB // SECTOR
    core = bytearray(core)
    struct.pack_into("<QHH", core, SECTOR - 12, first + 1, (len(core) - 1) // SECTOR, 0x820)
    disk.seek(MIB)
    disk.write(core)
    disk.seek(0)
    old = disk.read(SECTOR)
    new = bytearray(boot)
    new[0x1B8:SECTOR] = old[0x1B8:SECTOR]               # disk signature and partition table stay
    struct.pack_into("<Q", new, 0x5C, first)
    new[0x66:0x68] = b"\x90\x90"                        # the disk that was booted is the disk, as on hard disks always
    disk.seek(0)
    disk.write(new)


if __name__ == "__main__":
    main(*sys.argv[1:])
