# Sourced by build.sh: the read-only root, $work/root and root.squashfs, and the kernel's modules.

make_root() {
  local root=$work/root packages
  packages=$(awk '!/^#/ && $2 == "root" { print $1 }' "$here/packages.list" | paste -sd,)
  rm -rf "$root"
  # Unpacked and not configured: no package's script runs, and neither dpkg nor apt are in the image. What scripts would do follows below.
  mmdebstrap --quiet --mode=root --variant=extract --include="$packages" --aptopt='APT::Sandbox::User "root"' \
    --setup-hook='mkdir -p "$1/usr/bin" "$1/usr/sbin" "$1/usr/lib" "$1/usr/lib64"' \
    --setup-hook='ln -s usr/bin usr/sbin usr/lib usr/lib64 "$1/"' \
    bookworm "$root" "deb [trusted=yes] copy:$work/debs ./" 2>"$work/mmdebstrap.log" || { cat "$work/mmdebstrap.log" >&2; exit 1; }
  add_modules "$root"
  prune "$root"
  cp -r "$here/root/." "$root/"
  install -m 755 "$program" "$root/usr/bin/appliance"
  configure "$root"
  rm -f "$work/root.squashfs"
  # The program is read all over at every start: zstd unpacks it three times as fast as xz, for a tenth more.
  mksquashfs "$root" "$work/root.squashfs" -noappend -quiet -no-progress -no-xattrs -comp zstd -Xcompression-level 19 -b 128K >/dev/null
}

# Those of modules.list with what they depend on: $work/kernel has all, $1 gets these.
add_modules() {
  local root=$1 kernel=$work/kernel name module
  rm -rf "$kernel"
  unpack "$(locked | awk '/^linux-image/ { print $1 }')" "$kernel"
  release=$(ls "$kernel/lib/modules")
  depmod -b "$kernel" "$release"
  awk '!/^#/ && NF { print $1 }' "$here/modules.list" >"$work/modules.wanted"
  : >"$work/modules.needed.new"
  while read -r name; do
    modprobe -d "$kernel" -S "$release" --show-depends "$name" >>"$work/modules.needed.new" 2>&1 ||
      { echo "make image: the kernel has no module $name" >&2; exit 1; }
  done <"$work/modules.wanted"
  sed -n "s|^insmod $kernel/\(lib/modules/[^ ]*\).*|\1|p" "$work/modules.needed.new" | sort -u >"$work/modules.needed"
  rm "$work/modules.needed.new"
  while read -r module; do install -D -m 644 "$kernel/$module" "$root/usr/$module"; done <"$work/modules.needed"
  cp "$kernel/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$root/usr/lib/modules/$release/"
  depmod -b "$root" "$release"
}

# What a program without a package manager, documents and languages has no use for.
prune() {
  local root=$1
  rm -rf "$root"/usr/share/{doc,doc-base,man,info,locale,lintian,bug,bash-completion,zsh,polkit-1,perl5,common-licenses,menu,debconf,adduser}
  rm -rf "$root"/usr/share/{dbus-1,pam-configs,pixmaps,initramfs-tools,dict,gcc} "$root"/usr/lib/{udev/hwdb.d,systemd/catalog,systemd/user} \
    "$root"/usr/lib/{kernel,modules-load.d,binfmt.d,pam.d,environment.d,udev/rules.d/80-net-setup-link.rules} \
    "$root"/etc/{dpkg,apt,kernel,cron.daily,default,skel,update-motd.d,pam.d,security,X11,init.d,rc*.d,systemd/user,adduser.conf,deluser.conf}
  rm -rf "$root"/var "$root"/boot "$root"/{home,media,mnt,opt,srv,root}
  rm -f "$root"/usr/bin/perl* "$root"/etc/{mtab,os-release.dpkg*}
}

# What the packages' scripts would have done, as far as it is needed, and what makes of them an appliance.
configure() {
  local root=$1 unit
  mkdir -p "$root"/{var,boot,root,proc,sys,dev,run,tmp,etc} && chmod 1777 "$root/tmp" && chmod 700 "$root/root"
  ln -sfn ../usr/lib/os-release "$root/etc/os-release"
  ln -sfn /proc/self/mounts "$root/etc/mtab"
  ln -sfn /run/resolv.conf "$root/etc/resolv.conf"
  ln -sfn /var/lib/appliance/config "$root/etc/appliance"
  : >"$root/etc/machine-id"                               # another one at every start, in memory
  { echo 'root:*:0:0:root:/:/bin/sh'; grep -v '^root:' "$root/usr/share/base-passwd/passwd.master"; } >"$root/etc/passwd"
  { cat "$root/usr/share/base-passwd/group.master"; printf '%s\n' input:*:101: render:*:102: kvm:*:103: sgx:*:104: systemd-journal:*:105:; } \
    >"$root/etc/group"
  rm -rf "$root/usr/share/base-passwd"
  "$root/bin/busybox" --list-full | while read -r applet; do
    [ -e "$root/$applet" ] || [ -e "$root/usr/$applet" ] || ln -s /bin/busybox "$root/usr/${applet#usr/}"
  done
  printf '/lib/x86_64-linux-gnu\n/usr/lib/x86_64-linux-gnu\n' >"$root/etc/ld.so.conf"
  ldconfig -r "$root"
  rm -rf "$root/var/cache"
  enable "$root"
  find "$root/usr/lib/tmpfiles.d" -type f ! -name static-nodes-permissions.conf ! -name systemd-tmp.conf -delete
}

# What is started: a list of few, instead of all that a general system starts. No one logs in, and no shell opens because something failed.
enable() {
  local root=$1 unit system=$1/usr/lib/systemd/system own=$1/etc/systemd/system
  rm -rf "$system"/*.wants "$system"/sysinit.target.d
  find "$root/usr/lib/systemd/system-generators" -type f ! -name systemd-fstab-generator -delete
  mkdir -p "$system"/{sysinit,sockets,multi-user}.target.wants
  for unit in kmod-static-nodes.service systemd-journald.service systemd-sysctl.service systemd-tmpfiles-setup-dev.service \
    systemd-tmpfiles-setup.service systemd-udevd.service systemd-udev-trigger.service dev-hugepages.mount; do
    ln -s "../$unit" "$system/sysinit.target.wants/"
  done
  for unit in systemd-journald.socket systemd-journald-dev-log.socket systemd-udevd-control.socket systemd-udevd-kernel.socket; do
    ln -s "../$unit" "$system/sockets.target.wants/"
  done
  for unit in appliance.service appliance-first-boot.service appliance-power-button.service \
    appliance-console@tty1.service appliance-console@ttyS0.service; do
    ln -s "/etc/systemd/system/${unit/@*./@.}" "$system/multi-user.target.wants/$unit"
  done
  ln -sf /usr/lib/systemd/system/multi-user.target "$own/default.target"
  for unit in emergency.service rescue.service debug-shell.service ctrl-alt-del.target; do ln -sf /dev/null "$own/$unit"; done
  # Of udev's rules those for what a VM has: each is asked of each device.
  find "$root/usr/lib/udev/rules.d" -type f ! -name 50-udev-default.rules ! -name 60-block.rules ! -name 60-persistent-storage.rules \
    ! -name 80-drivers.rules ! -name 99-systemd.rules -delete
}
