#!/bin/sh
# What udhcpc calls with what it was given: sets the address and the default route, as a distribution's script does, and nothing else.
case "$1" in
  deconfig)
    ip -4 addr flush dev "$interface"
    ip link set "$interface" up
    ;;
  bound | renew)
    ip -4 addr replace "$ip/${mask:-24}" dev "$interface"
    [ -z "$router" ] || ip -4 route replace default via "${router%% *}" dev "$interface"
    echo "lease $ip"
    ;;
esac
