# Sourced by build.sh: the initial file system and the boot partition, $work/initrd.img and boot.fat, and GRUB's image for BIOS, core.img.

# BusyBox, the modules marked in modules.list, and initramfs-init.
make_initramfs() {
  local tree=$work/initramfs name
  rm -rf "$tree" && mkdir -p "$tree"/{bin,dev,proc,sys,sysroot}
  cp "$work/root/bin/busybox" "$tree/bin/"
  install -m 755 "$here/initramfs-init" "$tree/init"
  awk '!/^#/ && $2 == "*" { print $1 }' "$here/modules.list" | while read -r name; do
    modprobe -d "$work/kernel" -S "$release" --show-depends "$name"
  done | sed -n "s|^insmod $work/kernel/\(lib/modules/[^ ]*\).*|\1|p" | sort -u | while read -r module; do
    install -D -m 644 "$work/kernel/$module" "$tree/$module"
  done
  cp "$work/kernel/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$tree/lib/modules/$release/"
  depmod -b "$tree" "$release"
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$tree" && find . -print0 | sort -z | cpio --quiet --null --create --format=newc --reproducible --owner=0:0) |
    zstd -q -19 -T1 >"$work/initrd.img"
}

# FAT with the kernel, the initial file system, and GRUB for UEFI behind the shim; GRUB for BIOS reads the same partition.
make_boot_partition() {
  local grub=$work/grub fat=$work/boot.fat tree=$work/boot
  rm -rf "$grub" "$tree" "$fat"
  unpack grub-pc-bin "$grub"; unpack grub-efi-amd64-signed "$grub"; unpack shim-signed "$grub"
  mkdir -p "$tree"/{EFI/BOOT,EFI/debian,appliance}
  cp "$grub/usr/lib/shim/shimx64.efi.signed" "$tree/EFI/BOOT/BOOTX64.EFI"
  cp "$grub/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$tree/EFI/BOOT/grubx64.efi"
  cp "$here/boot/grub.cfg" "$tree/EFI/debian/grub.cfg"
  cp "$work/kernel/boot/vmlinuz-$release" "$tree/appliance/vmlinuz"
  cp "$work/initrd.img" "$tree/appliance/initrd.img"
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  truncate -s 62M "$fat"
  mkfs.vfat --invariant -F 16 -n ESP -i A9971A4C "$fat" >/dev/null
  # One by one and in order: what mcopy finds in a folder it writes in the order of the builder's file system.
  (cd "$tree" && export MTOOLS_SKIP_CHECK=1
    find . -mindepth 1 -type d -printf '%P\n' | sort | while read -r name; do mmd -i "$fat" "::$name"; done
    find . -type f -printf '%P\n' | sort | while read -r name; do mcopy -m -i "$fat" "$name" "::$name"; done)
  grub-mkimage -O i386-pc -d "$grub/usr/lib/grub/i386-pc" -p /EFI/debian -c "$here/boot/early.cfg" -o "$work/core.img" \
    biosdisk part_gpt fat normal linux16 serial terminal configfile search search_fs_file echo test
  cp "$grub/usr/lib/grub/i386-pc/boot.img" "$work/boot.img"
}
