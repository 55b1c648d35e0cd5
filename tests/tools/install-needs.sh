#!/usr/bin/env bash
# install-needs.sh test|bench|image|vm: installs by apt-get, when root, what the tests, the benchmarks, the making of the image or virtual
# machines use beyond the .NET SDK. What cannot be
# installed is named with what will be skipped for want of it. Never a failure: a machine without network still builds and tests.
set -uo pipefail

# need | how to see that it is there | what is skipped without it
needs_of_test='
tshark|command -v tshark|the checks of sent frames by tshark
python3-scapy|/usr/bin/python3 -c "import scapy"|the oracle in Python and its own tests
python3-yaml|/usr/bin/python3 -c "import yaml"|the checks of shipped configurations against the JSON Schema
python3-jsonschema|/usr/bin/python3 -c "import jsonschema"|the checks of shipped configurations against the JSON Schema
chromium|command -v chromium|the tests of pages in a browser
tcpdump|command -v tcpdump|the comparisons with tcpdump and new demo captures
iproute2|command -v ip|the tests in network namespaces
ethtool|command -v ethtool|the tests in network namespaces
nftables|command -v nft|what the kernel does beside an open port, and what is left of it at the end
iputils-ping|command -v ping|the tests in network namespaces
traceroute|command -v traceroute|the test of traceroute across the running appliance
curl|command -v curl|files by curl across the running appliance
iperf3|command -v iperf3|streams of iperf3 across the running appliance
nmap|command -v nmap|the scan of the running appliance
hping3|command -v hping3|the flood of SYNs across the running appliance
dnsmasq-base|command -v dnsmasq|the test of leases on the host path
udhcpc|command -v udhcpc|the test of leases on the host path
ucarp|command -v ucarp|the tests with ucarp as the other of a pair
frr|command -v vtysh|the test of learned routes on the host path'

needs_of_bench='
gcc|command -v gcc|the peers written in C
dpdk-dev|dpkg-query -s dpdk-dev|the columns of DPDK
libdpdk-dev|dpkg-query -s libdpdk-dev|the columns of DPDK
pkg-config|command -v pkg-config|the columns of DPDK'

needs_of_image='
mmdebstrap|command -v mmdebstrap|the image
squashfs-tools|command -v mksquashfs|the image
e2fsprogs|command -v mke2fs|the image
dosfstools|command -v mkfs.vfat|the image
mtools|command -v mcopy|the image
fdisk|command -v sfdisk|the image
cpio|command -v cpio|the image
kmod|command -v depmod|the image
zstd|command -v zstd|the image
grub-common|command -v grub-mkimage|the image
qemu-utils|command -v qemu-img|the image
python3|command -v python3|the image'

needs_of_vm='
qemu-system-x86|command -v qemu-system-x86_64|the tests that start the image
seabios|[ -d /usr/share/seabios ]|the tests that start the image
ipxe-qemu|[ -d /usr/lib/ipxe ]|the tests that start the image
ovmf|[ -f /usr/share/OVMF/OVMF_CODE_4M.fd ]|the starts of the image by UEFI
qemu-utils|command -v qemu-img|the tests of the formats
genisoimage|command -v genisoimage|the test of a seed on a CD
iproute2|command -v ip|the drill of two machines
ethtool|command -v ethtool|the hosts beside the machines
iputils-ping|command -v ping|the tests of what a machine forwards
tcpdump|command -v tcpdump|the tests of what a machine forwards
curl|command -v curl|the test of a machine without a configuration
dnsmasq-base|command -v dnsmasq|the test of a machine without a configuration
python3|command -v python3|the hosts of the drill'

case "${1:-}" in
  test) needs=$needs_of_test ;;
  bench) needs=$needs_of_bench ;;
  image) needs=$needs_of_image ;;
  vm) needs=$needs_of_vm ;;
  *) echo 'usage: install-needs.sh test|bench|image|vm' >&2; exit 2 ;;
esac

PATH=$PATH:/usr/sbin:/sbin        # where ip, ethtool and tcpdump live

missing() {                       # prints the lines of those needs that are not there
  local need check skipped
  while IFS='|' read -r need check skipped; do
    [ -z "$need" ] || eval "$check" >/dev/null 2>&1 || printf '%s|%s\n' "$need" "$skipped"
  done <<<"$needs"
}

apt_get() {                       # quiet, bounded, never asks
  DEBIAN_FRONTEND=noninteractive timeout 600 apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 "$@" </dev/null >/dev/null 2>&1
}

lines=$(missing)
[ -n "$lines" ] || exit 0
mapfile -t packages < <(cut -d'|' -f1 <<<"$lines")

why='not root'
if [ "$(id -u)" = 0 ]; then
  if command -v apt-get >/dev/null; then
    echo "Installing ${packages[*]}" >&2
    apt_get update
    # All at once is quicker; one that this release does not have must not keep the others away.
    apt_get install --no-install-recommends "${packages[@]}" ||
      for package in "${packages[@]}"; do apt_get install --no-install-recommends "$package"; done
    why='apt-get could not install it'
    lines=$(missing)
  else
    why='no apt-get here'
  fi
fi

while IFS='|' read -r need skipped; do
  [ -z "$need" ] || echo "Without $need ($why): skipped are $skipped" >&2
done <<<"$lines"
exit 0
