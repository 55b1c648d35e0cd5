#!/usr/bin/env bash
# build.sh: makes the bootable image from out/appliance, in out/image/. As root (users and devices of a root are made), without loop devices,
# without starting anything of the image. The same inputs give the same bytes: versions and digests of all packages stand in packages.lock,
# and everything in the image is as old as that.
#
#   packages.list, packages.lock    what is in it, and why; which versions
#   modules.list                    the kernel's modules
#   root/                           files of ours in the root
#   initramfs-init                  the first program
#   boot/                           GRUB
#   disk.py, formats.py             partitions and boot sectors; raw, qcow2, VHD, VHDX, VMDK
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
work=$top/artifacts/image
out=$top/out/image
program=${1:-$top/out/appliance}

[ "$(id -u)" = 0 ] || { echo 'make image: needs root, to make a root with its owners' >&2; exit 1; }
[ -x "$program" ] || { echo "make image: there is no $program; make build makes it" >&2; exit 1; }
PATH=$PATH:/usr/sbin:/sbin
for tool in mmdebstrap mksquashfs mke2fs mkfs.vfat mcopy sfdisk cpio depmod zstd qemu-img grub-mkimage python3; do
  command -v "$tool" >/dev/null || { echo "make image: $tool is not installed" >&2; exit 1; }
done

SOURCE_DATE_EPOCH=$(awk '$1 == "epoch" { print $2 }' "$here/packages.lock")
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
mkdir -p "$work" "$out"
. "$here/apt.sh"
. "$here/packages.sh"
. "$here/root.sh"
. "$here/boot.sh"

say() { [ ! -t 2 ] || echo "$*" >&2; }

say 'packages'; fetch_packages
say 'root';     make_root
say 'boot';     make_initramfs; make_boot_partition
say 'disk'
truncate -s 0 "$work/state.ext4"
truncate -s 255M "$work/state.ext4"
E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -F -t ext4 -L appliance-state -m 1 -U 7b0a4f2e-3c52-4a58-9d0e-a1b6c3d5e7f9 \
  -E hash_seed=7b0a4f2e-3c52-4a58-9d0e-a1b6c3d5e7f9,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0 "$work/state.ext4"
rm -f "$out"/*
python3 "$here/disk.py" "$work" "$out/appliance.raw"
say 'formats'
python3 "$here/formats.py" "$out"
{
  echo "# what is in the image: package, version; as locked"
  grep -vE '^(#|epoch )' "$here/packages.lock" | cut -d' ' -f1,2
} >"$out/appliance.packages"
(cd "$out" && sha256sum appliance.* >SHA256SUMS)

echo
(cd "$out" && while read -r digest file; do
  printf '%-20s %7.1f MiB on disk  %s\n' "$file" "$(du -k "$file" | awk '{ print $1 / 1024 }')" "$digest"
done <SHA256SUMS)
