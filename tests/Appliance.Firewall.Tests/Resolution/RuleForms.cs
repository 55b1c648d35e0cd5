namespace Appliance.Firewall.Tests;

/// <summary>
/// Each form of a rule, and packets that it takes (+: the rule decides) and leaves (-: no rule does). Empty lines stand between forms.
/// </summary>
internal static class RuleForms
{
    public const string Text = """
        # Ports and groups

        pass on lan
        + in lan udp 1.1.1.1 > 2.2.2.2
        + out lan udp 1.1.1.1 > 2.2.2.2
        - in wan udp 1.1.1.1 > 2.2.2.2
        - in lan.20 udp 1.1.1.1 > 2.2.2.2

        pass on lan.20
        + in lan.20 udp 1.1.1.1 > 2.2.2.2
        - in lan udp 1.1.1.1 > 2.2.2.2

        pass on inside
        + in lan udp 1.1.1.1 > 2.2.2.2
        + in dmz udp 1.1.1.1 > 2.2.2.2
        - in wan udp 1.1.1.1 > 2.2.2.2

        pass on ! lan
        - in lan udp 1.1.1.1 > 2.2.2.2
        + in wan udp 1.1.1.1 > 2.2.2.2
        + in lan.20 udp 1.1.1.1 > 2.2.2.2

        pass on ! inside
        - in lan udp 1.1.1.1 > 2.2.2.2
        - in dmz udp 1.1.1.1 > 2.2.2.2
        + in wan udp 1.1.1.1 > 2.2.2.2

        pass on { wan dmz }
        + in wan udp 1.1.1.1 > 2.2.2.2
        + in dmz udp 1.1.1.1 > 2.2.2.2
        - in lan udp 1.1.1.1 > 2.2.2.2

        pass on lo0
        - in lan udp 1.1.1.1 > 2.2.2.2
        - out wan udp 1.1.1.1 > 2.2.2.2

        pass on ! lo
        + in lan udp 1.1.1.1 > 2.2.2.2
        + out wan udp 1.1.1.1 > 2.2.2.2

        pass out received-on lan
        + out wan udp 1.1.1.1 > 2.2.2.2 via lan
        - out wan udp 1.1.1.1 > 2.2.2.2 via dmz
        - out wan udp 1.1.1.1 > 2.2.2.2

        pass out ! received-on inside
        - out wan udp 1.1.1.1 > 2.2.2.2 via lan
        - out wan udp 1.1.1.1 > 2.2.2.2 via dmz
        + out wan udp 1.1.1.1 > 2.2.2.2

        # Direction, family, protocol

        pass in
        + in lan udp 1.1.1.1 > 2.2.2.2
        - out lan udp 1.1.1.1 > 2.2.2.2

        pass out
        - in lan udp 1.1.1.1 > 2.2.2.2
        + out lan udp 1.1.1.1 > 2.2.2.2

        pass inet6
        + in lan udp 2001:db8::1 > 2001:db8::2
        - in lan udp 1.1.1.1 > 2.2.2.2

        pass proto { tcp udp }
        + in lan udp 1.1.1.1 > 2.2.2.2
        + in lan tcp 1.1.1.1 > 2.2.2.2 flags S
        - in lan icmp 1.1.1.1 > 2.2.2.2

        pass proto esp
        + in lan esp 1.1.1.1 > 2.2.2.2
        - in lan udp 1.1.1.1 > 2.2.2.2

        # Addresses

        pass from 192.168.1.10
        + in lan udp 192.168.1.10 > 2.2.2.2
        - in lan udp 192.168.1.11 > 2.2.2.2

        pass to 10/8
        + in lan udp 1.1.1.1 > 10.255.0.1
        - in lan udp 1.1.1.1 > 11.0.0.1
        - in lan udp 2001:db8::1 > 2001:db8::2

        pass from ! 10/8
        - in lan udp 10.1.1.1 > 2.2.2.2
        + in lan udp 11.1.1.1 > 2.2.2.2
        - in lan udp 2001:db8::1 > 2001:db8::2

        pass from 10.0.0.5 - 10.0.1.2
        + in lan udp 10.0.0.5 > 2.2.2.2
        + in lan udp 10.0.1.2 > 2.2.2.2
        - in lan udp 10.0.0.4 > 2.2.2.2
        - in lan udp 10.0.1.3 > 2.2.2.2

        pass from 0.0.0.0/0
        + in lan udp 10.1.1.1 > 2.2.2.2
        - in lan udp 2001:db8::1 > 2001:db8::2

        pass from any to any
        + in lan udp 10.1.1.1 > 2.2.2.2
        + in lan udp 2001:db8::1 > 2001:db8::2

        pass from 2001:db8:1::/48
        + in lan udp 2001:db8:1:ffff::1 > 2001:db8::2
        - in lan udp 2001:db8:2::1 > 2001:db8::2

        pass from { 10.0.0.1, 2001:db8::1 }
        + in lan udp 10.0.0.1 > 2.2.2.2
        + in lan udp 2001:db8::1 > 2001:db8::2
        - in lan udp 10.0.0.2 > 2.2.2.2

        pass to no-route
        + in lan udp 1.1.1.1 > 198.18.0.1
        - in lan udp 1.1.1.1 > 198.20.0.1

        pass to ! no-route
        - in lan udp 1.1.1.1 > 198.18.0.1
        + in lan udp 1.1.1.1 > 198.20.0.1

        pass from urpf-failed
        + in wan udp 192.168.1.7 > 2.2.2.2
        - in lan udp 192.168.1.7 > 2.2.2.2
        + in lan udp 10.0.0.1 > 2.2.2.2

        # Addresses of ports, as they were when the ruleset was read

        pass to lan
        + in lan udp 1.1.1.1 > 192.168.1.1
        + in lan udp 1.1.1.1 > 192.168.2.1
        - in lan udp 1.1.1.1 > 192.168.1.2

        pass from lan:network
        + in lan udp 192.168.1.77 > 1.1.1.1
        + in lan udp 192.168.2.77 > 1.1.1.1
        - in lan udp 192.168.3.1 > 1.1.1.1

        pass to lan:broadcast
        + in lan udp 1.1.1.1 > 192.168.1.255
        - in lan udp 1.1.1.1 > 192.168.1.1

        pass to lan:0
        + in lan udp 1.1.1.1 > 192.168.1.1
        - in lan udp 1.1.1.1 > 192.168.2.1

        pass to inside
        + in lan udp 1.1.1.1 > 192.168.1.1
        + in lan udp 1.1.1.1 > 10.0.0.1
        - in lan udp 1.1.1.1 > 203.0.113.2

        pass to self
        + in lan udp 1.1.1.1 > 203.0.113.3
        + in lan udp 1.1.1.1 > 10.0.0.1
        + in lan udp 1.1.1.1 > 127.0.0.1
        + in wan udp 2001:db8::1 > 2001:db8:1::2
        - in lan udp 1.1.1.1 > 10.0.0.2

        pass to ! lan:network
        + in lan udp 1.1.1.1 > 8.8.8.8
        + in lan udp 1.1.1.1 > 192.168.1.9
        - in lan udp 2001:db8::1 > 2001:db8::2

        pass to wan
        + in wan udp fe80::1 > fe80::11
        - in lan udp fe80::1 > fe80::11
        + in lan udp 2001:db8::1 > 2001:db8:1::2

        # Addresses of ports, as they are when a packet comes

        pass to (lan)
        + in lan udp 1.1.1.1 > 192.168.1.1
        + in lan udp 1.1.1.1 > 192.168.2.1
        - in lan udp 1.1.1.1 > 192.168.1.2

        pass to (wan)
        + in wan udp 1.1.1.1 > 203.0.113.2
        + in wan udp 2001:db8::1 > 2001:db8:1::2
        + in lan udp fe80::1 > fe80::11
        - in wan udp 2001:db8::1 > 2001:db8:1::3

        pass inet to (wan)
        + in wan udp 1.1.1.1 > 203.0.113.2
        - in wan udp 2001:db8::1 > 2001:db8:1::2

        pass to ! (wan)
        - in wan udp 1.1.1.1 > 203.0.113.2
        - in wan udp 2001:db8::1 > 2001:db8:1::2
        + in wan udp 2001:db8::1 > 2001:db8:1::3
        + in wan udp 1.1.1.1 > 2.2.2.2

        pass from (lan:network)
        + in lan udp 192.168.2.77 > 1.1.1.1
        - in lan udp 192.168.3.1 > 1.1.1.1

        pass from (wan:network)
        + in wan udp 203.0.113.99 > 1.1.1.1
        + in wan udp 2001:db8:1::99 > 2001:db8::1
        - in wan udp fe80::99 > fe80::1

        pass to (lan:broadcast)
        + in lan udp 1.1.1.1 > 192.168.2.255
        - in lan udp 1.1.1.1 > 192.168.1.1

        pass to (wan:0)
        + in wan udp 1.1.1.1 > 203.0.113.2
        - in wan udp 1.1.1.1 > 203.0.113.3
        - in wan udp fe80::1 > fe80::11

        pass to (wan:peer)
        - in wan udp 1.1.1.1 > 203.0.113.2
        - in wan udp 1.1.1.1 > 203.0.113.1

        pass to (inside)
        + in lan udp 1.1.1.1 > 192.168.2.1
        + in lan udp 1.1.1.1 > 10.0.0.1
        - in lan udp 1.1.1.1 > 203.0.113.2

        pass to (dmz)/16
        + in lan udp 1.1.1.1 > 10.0.255.1
        - in lan udp 1.1.1.1 > 10.1.0.1

        pass to (self)
        + in lan udp 1.1.1.1 > 203.0.113.3
        + in lan udp 1.1.1.1 > 127.0.0.1
        - in lan udp 1.1.1.1 > 10.0.0.2

        pass to (lan.20)
        - in lan udp 1.1.1.1 > 10.0.0.2

        pass to ! (lan.20)
        + in lan udp 1.1.1.1 > 10.0.0.2

        # Ports of protocols

        pass proto udp to port 53
        + in lan udp 1.1.1.1:9 > 2.2.2.2:53
        - in lan udp 1.1.1.1:53 > 2.2.2.2:9
        - in lan tcp 1.1.1.1:9 > 2.2.2.2:53 flags S

        pass proto udp from port != 53
        + in lan udp 1.1.1.1:9 > 2.2.2.2:53
        - in lan udp 1.1.1.1:53 > 2.2.2.2:9

        pass proto udp to port < 10
        + in lan udp 1.1.1.1:9 > 2.2.2.2:9
        - in lan udp 1.1.1.1:9 > 2.2.2.2:10

        pass proto udp to port <= 10
        + in lan udp 1.1.1.1:9 > 2.2.2.2:10
        - in lan udp 1.1.1.1:9 > 2.2.2.2:11

        pass proto udp to port > 10
        + in lan udp 1.1.1.1:9 > 2.2.2.2:11
        - in lan udp 1.1.1.1:9 > 2.2.2.2:10

        pass proto udp to port >= 10
        + in lan udp 1.1.1.1:9 > 2.2.2.2:10
        - in lan udp 1.1.1.1:9 > 2.2.2.2:9

        pass proto udp to port 10:20
        + in lan udp 1.1.1.1:9 > 2.2.2.2:10
        + in lan udp 1.1.1.1:9 > 2.2.2.2:20
        - in lan udp 1.1.1.1:9 > 2.2.2.2:21

        pass proto udp to port 10 >< 20
        + in lan udp 1.1.1.1:9 > 2.2.2.2:11
        - in lan udp 1.1.1.1:9 > 2.2.2.2:10
        - in lan udp 1.1.1.1:9 > 2.2.2.2:20

        pass proto udp to port 10 <> 20
        + in lan udp 1.1.1.1:9 > 2.2.2.2:9
        + in lan udp 1.1.1.1:9 > 2.2.2.2:21
        - in lan udp 1.1.1.1:9 > 2.2.2.2:10

        # Flags, ICMP, tos, fragments

        pass proto tcp
        + in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags S
        - in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags SA
        - in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags A

        pass proto tcp no state
        + in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags S
        + in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags A

        pass proto tcp flags any
        + in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags FPU

        pass
        + in lan udp 1.1.1.1:9 > 2.2.2.2:9
        - in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags A

        block proto tcp flags /SFRA
        + in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags P
        - in lan tcp 1.1.1.1:9 > 2.2.2.2:9 flags S

        pass inet proto icmp icmp-type echoreq
        + in lan icmp 1.1.1.1 > 2.2.2.2 type 8/0
        - in lan icmp 1.1.1.1 > 2.2.2.2 type 0/0

        pass inet proto icmp icmp-type 3 code 4
        + in lan icmp 1.1.1.1 > 2.2.2.2 type 3/4
        - in lan icmp 1.1.1.1 > 2.2.2.2 type 3/1

        pass inet6 proto icmp6 icmp6-type neighbrsol
        + in lan icmpv6 fe80::1 > fe80::2 type 135/0
        - in lan icmpv6 fe80::1 > fe80::2 type 136/0

        pass tos 0x10
        + in lan udp 1.1.1.1 > 2.2.2.2 tos 16
        - in lan udp 1.1.1.1 > 2.2.2.2 tos 0

        pass tos 0
        + in lan udp 1.1.1.1 > 2.2.2.2 tos 16
        + in lan udp 1.1.1.1 > 2.2.2.2 tos 0

        pass fragment
        + in lan udp 1.1.1.1 > 2.2.2.2 fragment
        - in lan udp 1.1.1.1 > 2.2.2.2

        pass probability 100%
        + in lan udp 1.1.1.1 > 2.2.2.2

        pass probability 0%
        - in lan udp 1.1.1.1 > 2.2.2.2

        # Tags

        pass tagged GOOD
        + in lan udp 1.1.1.1 > 2.2.2.2 tag GOOD
        - in lan udp 1.1.1.1 > 2.2.2.2

        pass ! tagged GOOD
        - in lan udp 1.1.1.1 > 2.2.2.2 tag GOOD
        + in lan udp 1.1.1.1 > 2.2.2.2

        match from 10/8 tag A
        match from 10.1/16 tag B
        pass tagged A
        + in lan udp 10.2.0.1 > 2.2.2.2
        - in lan udp 10.1.0.1 > 2.2.2.2

        # Tables

        table <t> { 10/8, ! 10.1/16, 10.1.2.3, 2001:db8::/32 }
        pass from <t>
        + in lan udp 10.2.0.1 > 2.2.2.2
        - in lan udp 10.1.0.1 > 2.2.2.2
        + in lan udp 10.1.2.3 > 2.2.2.2
        + in lan udp 2001:db8::1 > 2001:db8::2

        table <t> { 10/8 }
        pass from ! <t>
        - in lan udp 10.2.0.1 > 2.2.2.2
        + in lan udp 11.1.0.1 > 2.2.2.2

        table <t> { self }
        pass to <t>
        + in lan udp 1.1.1.1 > 203.0.113.2
        + in lan udp 1.1.1.1 > 127.0.0.1
        - in lan udp 1.1.1.1 > 203.0.113.4

        table <t> { lan:network }
        pass to <t>
        + in lan udp 1.1.1.1 > 192.168.2.9
        - in lan udp 1.1.1.1 > 192.168.3.9

        table <t> { 10.1.1.1, ! 10.1.1.1 }
        pass to <t>
        + in lan udp 1.1.1.1 > 10.1.1.1

        table <t> { 10/8 }
        table <t> { 11/8 }
        pass to <t>
        + in lan udp 1.1.1.1 > 11.1.1.1
        - in lan udp 1.1.1.1 > 10.1.1.1

        pass to <nobody>
        - in lan udp 1.1.1.1 > 11.1.1.1

        pass to ! <nobody>
        + in lan udp 1.1.1.1 > 11.1.1.1
        """;
}
