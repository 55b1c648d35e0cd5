#!/bin/bash
# Records configs/demo: what real programs send through a router, as its ports receive it.
#
#   sudo tests/demo/record-demo.sh [DIR]          default DIR: configs/demo
#
# A router (the Linux kernel's own forwarding, in a network namespace) stands between hosts on a lan, a VLAN and a wan.
# Each of its ports is recorded twice: what comes in (DIR/lan.pcap, DIR/wan.pcap: the replay's input) and what the kernel
# sends out (DIR/linux/*.pcap: the peer to compare an appliance with that is put in the router's place). The router has the
# MAC addresses that the replay gives its ports, and every host has the MAC address that the replay resolves its address to,
# so that the frames can be compared whole.
#
#       pc 192.168.1.10 ─┐
#    phone 192.168.1.77 ─┤                               ┌─ web     203.0.113.80
#                        ├─ lan ─┐           ┌─ wan ─────┤
#                                ├─ router ──┤           └─ gateway 203.0.113.1 ── remote 192.0.2.80
#    camera 192.168.20.10 ─ vlan20, mtu 1400 ┘
#    stray  (VLAN 30, which the router does not have)
#
# The kernel at hand need not have 802.1Q: the VLANs are wires of their own here, and lan.py puts the tags in and joins the
# recordings. The phone's frames get a priority tag (VLAN 0).
#
# Needs root and: apt-get install -y iproute2 iputils-ping ethtool tcpdump curl iperf3 dnsmasq-base bind9-dnsutils traceroute nmap
#                 python3 python3-scapy python3-yaml
# KEEP_LOGS=DIR keeps what the programs and servers printed.
# Takes about a minute; nothing of it outlives the script; the host's own network is not touched.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
output=${1:-$root/configs/demo}
prefix=demo$$
python=/usr/bin/python3                       # Debian's own: the one that python3-scapy is installed for
work=$(mktemp -d)
namespaces=()

fail() { echo "record-demo: $*" >&2; exit 1; }

cleanup() {
    local namespace process
    for namespace in "${namespaces[@]}"; do
        for process in $(ip netns pids "$namespace" 2>/dev/null); do kill -KILL "$process" 2>/dev/null || true; done
        ip netns delete "$namespace" 2>/dev/null || true
    done
    [ -z "${KEEP_LOGS:-}" ] || cp "$work"/*.log "$KEEP_LOGS/"
    rm -rf "$work"
}

need_tools() {
    local tool missing=()
    [ "$(id -u)" = 0 ] || fail "needs root (network namespaces)"
    for tool in ip taskset ping ethtool tcpdump curl iperf3 dnsmasq dig traceroute nmap nping; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ ${#missing[@]} = 0 ] || fail "missing: ${missing[*]} (the packages stand at the top of this file)"
    "$python" -c 'import scapy, yaml' 2>/dev/null || fail "missing: python3-scapy or python3-yaml"
}

# in_host HOST SECONDS COMMAND...: runs a program on a host; its failure is part of the picture (refused, timed out), so it is not ours.
in_host() {
    local host=$1 seconds=$2; shift 2
    echo "  $host: $*"
    ip netns exec "$prefix-$host" timeout "$seconds" "$@" >>"$work/programs.log" 2>&1 </dev/null || true
}

serve() {                                     # serve HOST COMMAND...: a daemon that dies with the script
    local host=$1; shift
    ip netns exec "$prefix-$host" timeout 300 "$@" >>"$work/servers.log" 2>&1 </dev/null &
    disown
}

add_namespace() {
    ip netns add "$prefix-$1"
    namespaces+=("$prefix-$1")
    ip -n "$prefix-$1" link set lo up
}

# wire HOST PORT MAC PEER PEERPORT PEERMAC: a veth between two namespaces without any offload: complete checksums, no large frames
wire() {
    ip -n "$prefix-$1" link add "$2" address "$3" type veth peer name "$5" address "$6" netns "$prefix-$4"
    ip netns exec "$prefix-$1" ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null
    ip netns exec "$prefix-$4" ethtool -K "$5" tx off rx off tso off gso off gro off >/dev/null
}

build_network() {
    local host
    for host in router switch pc phone camera stray web gateway; do add_namespace "$host"; done

    # The MAC of a host is 02:00 and its IPv4 address; its IPv6 address ends in the same four bytes. The router has the replay's.
    wire router lan    02:01:00:00:00:01 switch s-lan     06:00:00:00:00:01
    wire router wan    02:01:00:00:00:02 switch s-wan     06:00:00:00:00:02
    wire router vlan20 02:01:00:00:00:01 camera eth0      02:00:c0:a8:14:0a
    wire router vlan30 02:01:00:00:00:01 stray  eth0      02:00:c0:a8:1e:0a
    wire pc      eth0  02:00:c0:a8:01:0a switch s-pc      06:00:00:00:00:03
    wire phone   eth0  02:00:c0:a8:01:4d switch s-phone   06:00:00:00:00:04
    wire web     eth0  02:00:cb:00:71:50 switch s-web     06:00:00:00:00:05
    wire gateway eth0  02:00:cb:00:71:01 switch s-gateway 06:00:00:00:00:06

    # Multicast snooping and the bridge's netfilter would drop what is not a sound IPv4 datagram; a plain switch does not.
    ip -n "$prefix-switch" link add lan address 06:00:00:00:01:01 type bridge mcast_snooping 0 stp_state 1 forward_delay 200 hello_time 200
    ip -n "$prefix-switch" link add wan address 06:00:00:00:01:02 type bridge mcast_snooping 0 stp_state 0
    for host in lan pc phone;   do ip -n "$prefix-switch" link set "s-$host" master lan; done
    for host in wan web gateway; do ip -n "$prefix-switch" link set "s-$host" master wan; done
    ip netns exec "$prefix-switch" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
    ip netns exec "$prefix-switch" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 2>/dev/null || true

    configure_router
}

configure_router() {
    local r="ip -n $prefix-router"
    ip netns exec "$prefix-router" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
        net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.lan.send_redirects=0 net.ipv4.conf.wan.send_redirects=0 \
        net.ipv4.conf.vlan20.send_redirects=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.lan.rp_filter=0 \
        net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_errors_use_inbound_ifaddr=1
    for port in lan wan vlan20 vlan30; do
        $r link set "$port" up
    done
    $r address add 192.168.1.1/24 dev lan
    $r address add 2001:db8:10::1/64 dev lan nodad
    $r address add 192.168.20.1/24 dev vlan20
    $r address add 2001:db8:20::1/64 dev vlan20 nodad
    $r address add 203.0.113.2/24 dev wan
    $r address add 2001:db8:1::2/64 dev wan nodad
    # By route, not by device: a veth with a small MTU would refuse large frames from its peer too.
    $r route change 192.168.20.0/24 dev vlan20 proto kernel scope link src 192.168.20.1 mtu 1400
    $r -6 route change 2001:db8:20::/64 dev vlan20 proto kernel metric 256 mtu 1400
    $r route add default via 203.0.113.1
    $r route add blackhole 198.51.100.0/24
    $r -6 route add 2001:db8:ff::/48 via 2001:db8:1::1
}

# host_up HOST IPV4/LENGTH IPV6/LENGTH ROUTER4 ROUTER6: duplicate address detection and router solicitation are part of the picture
host_up() {
    local h="ip -n $prefix-$1"
    $h link set eth0 up
    $h address add "$2" dev eth0
    $h address add "$3" dev eth0
    $h route add default via "$4"
    $h -6 route add default via "$5"
}

hosts_up() {
    local port
    for port in lan wan; do ip -n "$prefix-switch" link set "$port" up; done
    for port in s-lan s-wan s-pc s-phone s-web s-gateway; do ip -n "$prefix-switch" link set "$port" up; done
    sleep 5                                    # the spanning tree: listening, learning, forwarding
    host_up pc      192.168.1.10/24  2001:db8:10::c0a8:10a/64  192.168.1.1  2001:db8:10::1
    host_up phone   192.168.1.77/24  2001:db8:10::c0a8:14d/64  192.168.1.1  2001:db8:10::1
    host_up camera  192.168.20.10/24 2001:db8:20::c0a8:140a/64 192.168.20.1 2001:db8:20::1
    host_up stray   192.168.30.10/24 2001:db8:30::c0a8:1e0a/64 192.168.30.1 2001:db8:30::1
    host_up web     203.0.113.80/24  2001:db8:1::cb00:7150/64  203.0.113.2  2001:db8:1::2
    host_up gateway 203.0.113.1/24   2001:db8:1::1/64          203.0.113.2  2001:db8:1::2
    ip -n "$prefix-gateway" address add 192.0.2.80/32 dev lo
    ip -n "$prefix-gateway" address add 2001:db8:ff::80/128 dev lo
    ip -n "$prefix-gateway" -6 neighbor replace 2001:db8:1::2 lladdr 02:01:00:00:00:02 dev eth0
    sleep 3                                    # duplicate address detection, solicitations
}

capturers=()
capture() {                                   # capture PORT in|out: only what the port would take: its own address and groups
    local filter=()
    [ "$2" = out ] || filter=("ether dst $(cat_mac "$1") or ether multicast")
    ip netns exec "$prefix-router" timeout 300 tcpdump -i "$1" -Q "$2" -s 0 -B 16384 --time-stamp-precision=nano \
        --immediate-mode -U -n -Z root -w "$work/$1-$2.pcap" "${filter[@]}" >"$work/$1-$2.log" 2>&1 &
    capturers+=("$!")
}

cat_mac() { ip netns exec "$prefix-router" cat "/sys/class/net/$1/address"; }

start_captures() {
    local port tries
    for port in lan wan vlan20; do capture "$port" in; capture "$port" out; done
    capture vlan30 in
    for tries in $(seq 50); do
        [ "$(grep -l '^tcpdump: listening' "$work"/*-in.log "$work"/*-out.log 2>/dev/null | wc -l)" = 7 ] && return
        sleep 0.1
    done
    fail "tcpdump did not start: $(cat "$work"/*-in.log)"
}

stop_captures() {
    local process log
    sleep 1
    for process in "${capturers[@]}"; do kill -INT "$process" 2>/dev/null || true; done
    for process in "${capturers[@]}"; do wait "$process" || true; done
    for log in "$work"/*-in.log "$work"/*-out.log; do
        grep -q '^0 packets dropped by kernel' "$log" || fail "a capture is not complete: $(tail -3 "$log" | tr '\n' ' ')"
    done
}

start_servers() {
    mkdir "$work/www"
    head -c 300000 /dev/urandom >"$work/www/large.bin"
    head -c 60000 /dev/urandom >"$work/www/small.bin"
    serve web     "$python" -m http.server --bind :: --directory "$work/www" 80
    serve gateway "$python" -m http.server --bind :: --directory "$work/www" 80
    serve web     iperf3 --server
    serve gateway dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --bind-interfaces --listen-address=203.0.113.1 \
        --listen-address=2001:db8:1::1 --pid-file= --user=root --address=/web.example/203.0.113.80 \
        --address=/web.example/2001:db8:1::cb00:7150 --txt-record=long.example,"$(printf '%.0s0123456789abcdef' {1..15})"
    sleep 2
}

ordinary_traffic() {
    echo "ordinary traffic"
    in_host pc 5 dig @203.0.113.1 +tries=1 +time=2 web.example A
    in_host pc 5 dig @203.0.113.1 +tries=1 +time=2 +tcp long.example TXT
    in_host pc 5 dig @2001:db8:1::1 +tries=1 +time=2 web.example AAAA
    in_host pc 10 curl -sS -o /dev/null http://203.0.113.80/large.bin
    in_host pc 10 curl -sS -o /dev/null http://192.0.2.80/small.bin
    in_host pc 10 curl -sS -6 -o /dev/null 'http://[2001:db8:1::cb00:7150]/small.bin'
    in_host pc 10 curl -sS -6 -o /dev/null 'http://[2001:db8:ff::80]/small.bin'
    in_host pc 10 curl -sS --max-time 3 http://203.0.113.80:81/                             # refused
    in_host pc 10 iperf3 --client 203.0.113.80 --bitrate 2M --time 1 --length 16K
    in_host pc 10 iperf3 --client 203.0.113.80 --reverse --bytes 200K
    in_host pc 10 iperf3 --client 203.0.113.80 --udp --bitrate 1M --time 1 --length 1200
    in_host pc 10 iperf3 --client 203.0.113.80 --udp --bitrate 1M --time 1 --length 4000    # each datagram in three fragments
    in_host pc 10 iperf3 --version6 --client 2001:db8:1::cb00:7150 --bytes 100K
    in_host phone 10 curl -sS -o /dev/null http://203.0.113.80/small.bin
    in_host phone 5 ping -c 2 -i 0.2 -Q 0xb8 203.0.113.80
    in_host web 5 ping -c 2 -i 0.2 192.168.1.77
}

pings_and_probes() {
    echo "pings and probes"
    in_host pc 5 ping -c 3 -i 0.2 203.0.113.80
    in_host pc 5 ping -c 2 -i 0.2 -s 4000 203.0.113.80
    in_host pc 5 ping -6 -c 3 -i 0.2 2001:db8:ff::80
    in_host pc 5 ping -6 -c 2 -i 0.2 -s 4000 2001:db8:1::cb00:7150
    in_host pc 5 ping -c 2 -i 0.2 -R 203.0.113.80                                           # record route: an IPv4 option
    in_host pc 10 traceroute -n -q 2 -m 3 -w 1 192.0.2.80
    in_host pc 10 traceroute -n -q 2 -m 3 -w 1 -I 203.0.113.80
    in_host pc 10 traceroute -n -6 -q 2 -m 3 -w 1 2001:db8:ff::80
    in_host pc 20 nmap -n -Pn -sS -p 21,22,53,80,443,5201 --max-retries 1 203.0.113.80
    in_host pc 20 nmap -n -Pn -sU -p 53,123 --max-retries 0 203.0.113.1
    in_host pc 5 ping -c 1 -W 1 198.51.100.7                                                # blackhole
    in_host pc 5 ping -6 -c 1 -W 1 2001:db8:dead::1                                         # no route
    in_host pc 5 curl -sS --max-time 1 'http://[2001:db8:dead::1]/'
    in_host pc 5 ping -c 1 -W 1 -s 4000 -t 1 203.0.113.80                                   # too few hops, in fragments
    ip -n "$prefix-pc" route add 192.168.1.77/32 via 192.168.1.1
    in_host pc 5 ping -c 2 -i 0.2 192.168.1.77                                              # out by the port it came in by
}

vlan_traffic() {
    echo "the VLAN, whose MTU is 1400"
    in_host camera 5 dig @203.0.113.1 +tries=1 +time=2 web.example A
    in_host camera 10 curl -sS -o /dev/null http://203.0.113.80/small.bin                   # the server learns the path's MTU
    in_host camera 10 curl -sS -6 -o /dev/null 'http://[2001:db8:1::cb00:7150]/small.bin'
    in_host camera 10 iperf3 --client 203.0.113.80 --udp --bitrate 500K --time 1 --length 1472
    in_host pc 5 ping -c 2 -i 0.2 192.168.20.10
    in_host gateway 5 ping -c 2 -i 0.2 -M dont -s 1472 192.168.20.10                        # the router has to cut these
    in_host gateway 5 ping -c 1 -W 1 -M dont -s 4000 192.168.20.10                          # and these fragments once more
    in_host gateway 5 ping -c 1 -W 1 -M do -s 1472 192.168.20.10                            # and must not cut this
    in_host gateway 5 ping -6 -c 1 -W 1 -M do -s 1452 2001:db8:20::c0a8:140a
    in_host camera 5 ping -c 1 -W 1 192.168.20.1
    in_host camera 5 ping -6 -c 1 -W 1 2001:db8:20::1
    in_host camera 10 traceroute -n -q 1 -m 2 -w 1 203.0.113.80
    in_host stray 5 ping -c 1 -W 1 192.168.30.1
}

router_itself() {
    echo "the router itself"
    in_host pc 5 ping -c 2 -i 0.2 192.168.1.1
    in_host pc 5 ping -c 2 -i 0.2 203.0.113.2                                               # its far address
    in_host pc 5 ping -6 -c 2 -i 0.2 2001:db8:10::1
    in_host pc 5 ping -6 -c 1 -W 1 fe80::1:ff:fe00:1%eth0
    in_host gateway 5 ping -c 1 -W 1 203.0.113.2
    in_host pc 5 curl -sS --max-time 1 http://192.168.1.1/
    in_host pc 5 dig @192.168.1.1 +tries=1 +time=1 web.example
}

not_to_be_forwarded() {
    echo "what no router forwards"
    local mac=(--send-eth --source-mac 02:00:c0:a8:01:0a --dest-mac 02:01:00:00:00:01 -e eth0)
    in_host pc 5 ping -c 1 -W 1 -b 192.168.1.255
    in_host pc 5 dig @224.0.0.251 -p 5353 +tries=1 +time=1 printer.local                    # mDNS
    in_host pc 5 ping -c 1 -W 1 169.254.7.7
    in_host pc 5 nping "${mac[@]}" -c 1 --udp -S 192.168.1.10 -p 9 --badsum-ip 203.0.113.80
    in_host pc 5 nping "${mac[@]}" -c 1 --udp -S 192.168.1.10 -p 9 --badsum 203.0.113.80    # forwarded: not the router's business
    in_host pc 5 nping "${mac[@]}" -c 1 --udp -S 192.168.1.10 -p 9 --ip-options 'L 203.0.113.1' 203.0.113.80
    in_host pc 5 nping "${mac[@]}" -c 1 --tcp -S 203.0.113.80 -p 80 -g 80 203.0.113.80      # LAND
    in_host pc 5 nping "${mac[@]}" -c 1 --udp -S 127.0.0.1 -p 9 203.0.113.80
    in_host pc 5 nping "${mac[@]}" -c 1 --udp -S 192.168.1.255 -p 9 203.0.113.80
    mac[4]=ff:ff:ff:ff:ff:ff
    in_host pc 5 nping "${mac[@]}" -c 1 --udp -S 192.168.1.10 -p 9 203.0.113.80             # unicast in a broadcast frame
}

join_captures() {
    mkdir -p "$output/linux"
    "$python" "$here/join.py" --out "$output/lan.pcap" --priority 02:00:c0:a8:01:4d=5 \
        "$work/lan-in.pcap" "$work/vlan20-in.pcap,vlan=20,priority=3" "$work/vlan30-in.pcap,vlan=30"
    "$python" "$here/join.py" --out "$output/wan.pcap" "$work/wan-in.pcap"
    "$python" "$here/join.py" --out "$output/linux/lan.pcap" "$work/lan-out.pcap" "$work/vlan20-out.pcap,vlan=20"
    "$python" "$here/join.py" --out "$output/linux/wan.pcap" "$work/wan-out.pcap"
    [ "$(cat "$output"/*.pcap "$output"/linux/*.pcap | wc -c)" -le 5000000 ] || fail "the captures are larger than 5 MB"
}

# What a router must have done with these captures, by the oracle, which is first held against what Linux did with them.
write_expectations() {
    local oracle="$root/tests/oracle" config="$output/router/router.yaml"
    mkdir -p "$output/router"
    [ -e "$config" ] || cp "$root/configs/demo/router/router.yaml" "$config"
    "$python" "$oracle/oracle.py" --config "$config" --in "lan=$output/lan.pcap" --in "wan=$output/wan.pcap" \
        --predict "$work/prediction.json" --counters >"$work/counters"
    "$python" "$oracle/compare_linux.py" --prediction "$work/prediction.json" --linux "$output/linux"
    {
        echo "# What the replay of these captures must count. Written by tests/demo/record-demo.sh; computed by tests/oracle,"
        echo "# which knows nothing of the appliance but its rules."
        echo "config: router.yaml"
        echo "inputs: {lan: ../lan.pcap, wan: ../wan.pcap}"
        echo "counters:"
        sed 's/^/  /' "$work/counters"
    } >"$output/router/test.yaml"
}

write_versions() {
    {
        echo "Recorded by tests/demo/record-demo.sh with Linux $(uname -r | cut -d- -f1) and the programs of $(. /etc/os-release; echo "$PRETTY_NAME"):"
        curl --version | head -1 | cut -d' ' -f1-2
        iperf3 --version | head -1
        ping -V | head -1
        traceroute --version 2>&1 | head -1
        dig -v 2>&1
        dnsmasq --version | head -1 | cut -d' ' -f1-3
        nmap --version | head -1
        "$python" --version
        tcpdump --version 2>&1 | head -2
    } >"$output/versions.txt"
}

record() {
    build_network
    start_captures
    hosts_up
    start_servers
    ordinary_traffic
    pings_and_probes
    vlan_traffic
    router_itself
    not_to_be_forwarded
    stop_captures
    join_captures
    write_expectations
    write_versions
}

need_tools
processor=$(taskset --pid --cpu-list $$ | sed 's/.*: *\([0-9]*\).*/\1/')
taskset --pid --cpu-list "$processor" $$ >/dev/null       # one processor: no frame overtakes another on its way
trap cleanup EXIT
trap 'exit 1' INT TERM
record
ls -l "$output"/*.pcap "$output"/linux/*.pcap
