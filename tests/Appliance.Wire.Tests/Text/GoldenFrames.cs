using Xunit;

namespace Appliance.Wire.Tests.Text;

/// <summary>
/// Real frames, from the test captures of tcpdump (BSD-3-Clause) and Zeek (BSD-3-Clause), and the line that each is to be. Every line was
/// compared for its meaning with that of <c>tcpdump -nS</c> 4.99.
/// </summary>
internal static class GoldenFrames
{
    /// <summary>What it is, the frame in hexadecimal, its line.</summary>
    public static TheoryData<string, string, string> All => new()
    {
        {   // tcpdump/802.1ad_QinQ.pcap, frame 1
            "QinQ, ARP request",
            "ffffffffffff0020d25afb3f88a800c8810007d1080600010800060400010020d25afb3fac154f61000000000000ac154f64000000000000" +
            "0000000000000000",
            "vlan 200, p 0, vlan 2001, p 0, ARP, Request who-has 172.21.79.100 tell 172.21.79.97, length 42"
        },
        {   // tcpdump/802.1ad_QinQ.pcap, frame 2
            "QinQ, ARP reply",
            "0020d25afb3f0080ea81886388a800c8810007d1080600010800060400020080ea818863ac154f640020d25afb3fac154f61000000000000" +
            "0000000000000000",
            "vlan 200, p 0, vlan 2001, p 0, ARP, Reply 172.21.79.100 is-at 00:80:ea:81:88:63, length 42"
        },
        {   // tcpdump/IGMP_V2.pcap, frame 2
            "IGMP with router alert",
            "01005e7ffffa001c23aabead0800460000208c6200000102e692c0a80140effffffa940400001600fa04effffffa",
            "IP (options RA) 192.168.1.64 > 239.255.255.250: IGMP type 0x16, length 8"
        },
        {   // zeek/tcp__options.pcap, frame 1
            "TCP SYN with options",
            "0019e3e75d23000bdb6358a608004500003ca912400040064d59c0a80166c101c1408ffd0050df91fdfb00000000a00216d02a1c00000204" +
            "05b40402080affff54e900000000010303066199607c",
            "IP 192.168.1.102.36861 > 193.1.193.64.80: Flags [S], seq 3750886907, win 5840, options [mss 1460,sackOK,TS val " +
                "4294923497 ecr 0,wscale 6], length 0"
        },
        {   // zeek/http-vlan-0.pcap, frame 2
            "VLAN 0 with priority and DEI",
            "c8bcc896d2a00010db88d2ef8100b00008004500003c000040002f065e66c096bb2b8d8ee4050050e9d0a5afce3efe21323ba01238902e50" +
            "0000020405b40402080a2f894259164add2001030307",
            "vlan 0, p 5, DEI, IP 192.150.187.43.80 > 141.142.228.5.59856: Flags [S.], seq 2779762238, ack 4263588411, win " +
                "14480, options [mss 1460,sackOK,TS val 797524569 ecr 374005024,wscale 7], length 0"
        },
        {   // zeek/vlan-qinqinq.pcap, frame 3
            "three tags",
            "0010db88d2efc8bcc896d2a08100001e810000148100000a080045000034cc9f4000400680ce8d8ee405c096bb2be9d00050fe21323ba5af" +
            "ce3f8010202b753b00000101080a164add662f894259",
            "vlan 30, p 0, vlan 20, p 0, vlan 10, p 0, IP 141.142.228.5.59856 > 192.150.187.43.80: Flags [.], ack 2779762239," +
                " win 8235, options [TS val 374005094 ecr 797524569], length 0"
        },
        {   // tcpdump/accecn_handshake.pcap, frame 1
            "TCP with AE, CWR and ECE",
            "18fd740745cd000c29f7801208004500003c0000400040061a4f1f8592f842e42b0c40310050741d4a2d00000000a1c2ffff209c00000204" +
            "05b4010303060402080a06af3c1500000000",
            "IP 31.133.146.248.16433 > 66.228.43.12.80: Flags [SEWe], seq 1948076589, win 65535, options [mss 1460,wscale " +
                "6,sackOK,TS val 112147477 ecr 0], length 0"
        },
        {   // tcpdump/tcp_rst_data.pcap, frame 1
            "RST with data",
            "002170676f5000907f3e02d008004520006220334000f3064ee3c7cc1f59ac1085290050ce8b6063e721736f198950141699847100004249" +
            "472d49503a205b3078313163353637323a333034355d207b706565727d20544350205253542066726f6d2072656d6f74652073797374656d",
            "IP 199.204.31.89.80 > 172.16.133.41.52875: Flags [R.], seq 1617159969:1617160027, ack 1936660873, win 5785, " +
                "length 58"
        },
        {   // zeek/tcp__rst-inject-rae.pcap, frame 2
            "reserved TCP flags",
            "0000000000040015170b7c61080045000028155540002e063573010200030102000219f909df000000005d8a367c5f144000a6e900000000" +
            "00000000",
            "IP 1.2.0.3.6649 > 1.2.0.2.2527: Flags [R.e+0xe00], seq 0, ack 1569339004, win 16384, length 0"
        },
        {   // tcpdump/dns_udp.pcap, frame 1
            "UDP",
            "00112233446600112233445508004500005459cd0000401194aec0a8010bd157f912abbe0035004078245934012000010000000000010377" +
            "77770774637064756d70036f72670000010001000029100000000000000c000a000842f5d00996f90b13",
            "IP 192.168.1.11.43966 > 209.87.249.18.53: UDP, length 56"
        },
        {   // zeek/icmp__icmp-timeexceeded.pcap, frame 1
            "ICMP error with its quotation",
            "0010db88d2efc8bcc896d2a008004500003c00010000400166be0a0000010a0000020b000920000000004500002000010000401166ca0a00" +
            "00020a000001753032c8000c932a58585858",
            "IP 10.0.0.1 > 10.0.0.2: ICMP time exceeded in-transit [IP 10.0.0.2.30000 > 10.0.0.1.13000: UDP (17)], length 40"
        },
        {   // zeek/icmp__icmp6-destunreach-ip6ext-udp.pcap, frame 1
            "ICMPv6 error quoting extension headers",
            "ffffffffffff00000000000086dd6000000000443a40fe80000000000000000000000000deadfe80000000000000000000000000beef0100" +
            "f1a6000000006000000000140040fe80000000000000000000000000beeffe80000000000000000000000000dead11000104000000007530" +
            "32c8000c0c8e58585858",
            "IP6 fe80::dead > fe80::beef: ICMP6, no route to destination [IP6 fe80::beef.30000 > fe80::dead.13000: UDP (17)]," +
                " length 68"
        },
        {   // zeek/icmp__icmp6-nd-options.pcap, frame 1
            "neighbor solicitation, duplicate address detection",
            "3333fff50000c20054f5000086dd6e00000000183aff00000000000000000000000000000000ff0200000000000000000001fff500008700" +
            "673c00000000fe80000000000000c00054fffef50000",
            "IP6 :: > ff02::1:fff5:0: ICMP6, neighbor solicitation, who has fe80::c000:54ff:fef5:0, length 24"
        },
        {   // zeek/icmp__icmp6-nd-options.pcap, frame 2
            "neighbor advertisement",
            "333300000001c20054f5000086dd6e00000000203afffe80000000000000c00054fffef50000ff0200000000000000000000000000018800" +
            "9abba0000000fe80000000000000c00054fffef500000201c20054f50000",
            "IP6 fe80::c000:54ff:fef5:0 > ff02::1: ICMP6, neighbor advertisement, tgt is fe80::c000:54ff:fef5:0, router, " +
                "override, destination link-address c2:00:54:f5:00:00, length 32"
        },
        {   // zeek/icmp__icmp6-nd-options.pcap, frame 3
            "router advertisement",
            "333300000001c20054f5000086dd6e00000000403afffe80000000000000c00054fffef50000ff0200000000000000000000000000018600" +
            "c4fe4000070800000000000000000101c20054f5000005010000000005dc030440c000278d0000093a800000000020010db8000000010000" +
            "000000000000",
            "IP6 fe80::c000:54ff:fef5:0 > ff02::1: ICMP6, router advertisement, hop limit 64, router lifetime 1800s, source " +
                "link-address c2:00:54:f5:00:00, mtu 1500, prefix 2001:db8:0:1::/64, length 64"
        },
        {   // tcpdump/icmpv6.pcap, frame 2
            "hop-by-hop, multicast listener",
            "333300000016001517cce54686dd6000000000240001fe80000000000000021517fffecce546ff0200000000000000000000000000163a00" +
            "0502000001008f001fc50000000104000000ff0200000000000000000db811223344",
            "IP6 (HBH) fe80::215:17ff:fecc:e546 > ff02::16: ICMP6, multicast listener report v2, length 28"
        },
        {   // zeek/ipv4__fragmented-syn.pcap, frame 1
            "TCP header cut by fragmentation",
            "1e0b8b14f6f998eecbbd07fe08004500002c0001200040068ebac0a801640a00000530390050000003e800000000a0022000c57300000204" +
            "05b4",
            "IP (frag id 1, offset 0, more) 192.168.1.100.12345 > 10.0.0.5.80: TCP [header goes on in the next fragment], " +
                "length 24"
        },
        {   // zeek/ipv4__fragmented-syn.pcap, frame 2
            "fragment after the first",
            "1e0b8b14f6f998eecbbd07fe080045000024000100034006aebfc0a801640a0000050402080a00bc614e0000000001030307",
            "IP (frag id 1, offset 24) 192.168.1.100 > 10.0.0.5: TCP (6), length 16"
        },
        {   // tcpdump/ipv6-routing-header.pcap, frame 1
            "routing type 0, echo",
            "0013c4c784f000123fae22f786dd6000000000202b04220000000000024402123ffffeae22f7220000000000024000020000000000043a02" +
            "000100000000220000000000021000020000000000048000d3ab00000000",
            "IP6 (routing type 0, segments left 1) 2200::244:212:3fff:feae:22f7 > 2200::240:2:0:0:4: ICMP6, echo request, id " +
                "0, seq 0, length 8"
        },
        {   // zeek/ipv6-hbh-routing0.pcap, frame 1
            "hop-by-hop and routing type 0",
            "ffffffffffff00000000000086dd60000000003b0040200104f80004000702e081fffe52ffff200104f80004000702e081fffe529a6b2b00" +
            "0104000000001104000200000000200100780001003200000000000000012001007800010032000000000000000200350035000b86315858" +
            "58",
            "IP6 (HBH, routing type 0, segments left 2) 2001:4f8:4:7:2e0:81ff:fe52:ffff.53 > " +
                "2001:4f8:4:7:2e0:81ff:fe52:9a6b.53: UDP, length 3"
        },
        {   // tcpdump/ipv6-srh-ext-header.pcap, frame 1
            "segment routing, IPv6 in IPv6",
            "080027206bcf080027c22da586dd600889ad00902b40000a000b000c00120000000000000001000a000b000c00020000000000f100002904" +
            "040101000000000a000b000c000300000000000000d6000a000b000c00020000000000f10000600889ad00403a40000a000b000c00120000" +
            "00000000000100b200000000000000000000000000028000635e06ee000103c5475a000000000a5e00000000000010111213141516171819" +
            "1a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637",
            "IP6 (routing type 4, segments left 1) a:b:c:12::1 > a:b:c:2::f1:0: IP6 a:b:c:12::1 > b2::2: ICMP6, echo request," +
                " id 1774, seq 1, length 64"
        },
        {   // zeek/communityid__sctp.pcap, frame 1
            "SCTP INIT",
            "00600845e45500e018b10cad0800451000400000400040846498c0a8aa08c0a8aa3800070007000000003761a74601000020432325440000" +
            "ffff001100115cfe379fc0000004000c000600050000",
            "IP 192.168.170.8.7 > 192.168.170.56.7: SCTP [INIT], tag 0x00000000, length 32"
        },
        {   // zeek/tunnels__gre-sample.pcap, frame 1
            "GRE, echo",
            "00c0ca14b05200022d564afd08004500006c00004000ff2f1e41ac1b0142423b6d890000080045000054000040004001da90423b6fbeac1c" +
            "0203080046c9cb6801007072e63e97190c0008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d" +
            "2e2f3031323334353637",
            "IP 172.27.1.66 > 66.59.109.137: GREv0, proto IPv4 (0x0800), length 88: IP 66.59.111.190 > 172.28.2.3: ICMP echo " +
                "request, id 52072, seq 256, length 64"
        },
        {   // zeek/tunnels__4in6.pcap, frame 1
            "IPv4 in IPv6",
            "00901a4165410016cf419c2086dd600000000028044020024637d5d30000000000004637d5d3200148600000200100000000000000684500" +
            "00280001000040063b6b4637d5d3c05863017a690050000000000000000050022000d5c40000",
            "IP6 2002:4637:d5d3::4637:d5d3 > 2001:4860:0:2001::68: IP 70.55.213.211.31337 > 192.88.99.1.80: Flags [S], seq 0," +
                " win 8192, length 0"
        },
        {   // zeek/tunnels__6in6in6.pcap, frame 1
            "IPv6 thrice",
            "ffffffffffff00000000000086dd60000000005c2940feed000000000000000000000000beeffeed000000000000000000000000cafe6000" +
            "000000342940babe000000000000000000000000beefdead000000000000000000000000babe60000000000c1140dead0000000000000000" +
            "00000000beefcafe000000000000000000000000babe753032c8000c83d258585858",
            "IP6 feed::beef > feed::cafe: IP6 babe::beef > dead::babe: IP6 dead::beef.30000 > cafe::babe.13000: UDP, length 4"
        },
        {   // zeek/pppoe-over-qinq.pcap, frame 3
            "PPPoE over QinQ",
            "00000000000100000000000081000e78810009aa886411000f07002a002145000028000040003f0635cb01010101020202024faa01bbd7a8" +
            "4156fc90a2ff501010008fda0000",
            "vlan 3704, p 0, vlan 2474, p 0, PPPoE session 0xf07, IP 1.1.1.1.20394 > 2.2.2.2.443: Flags [.], ack 4237337343, " +
                "win 4096, length 0"
        },
        {   // tcpdump/802.1D_spanning_tree.pcap, frame 1
            "LLC",
            "0180c2000000001906eab885002642420300000000008001001906eab880000000008001001906eab88080050000140002000f0000000000" +
            "00000000",
            "LLC, dsap 0x42, ssap 0x42, ctrl 0x03, length 38"
        },
        {   // tcpdump/pppoe.pcap, frame 1
            "unread EtherType",
            "ffffffffffff000c29903a8b8863110900000012010100000120000205dc0103000416372c16",
            "ethertype PPPoE discovery (0x8863), length 24"
        },
        {   // zeek/trunc__ip6-ext-trunc.pcap, frame 1
            "extension header cut off",
            "ffffffffffff00000000000086dd6000000000140040200104f80004000702e081fffe52ffff200104f80004000702e081fffe529a6b",
            "IP6 2001:4f8:4:7:2e0:81ff:fe52:ffff > 2001:4f8:4:7:2e0:81ff:fe52:9a6b: hop-by-hop (0), length 20 [truncated]"
        },
        {   // tcpdump/vrrp.pcap, frame 2
            "VRRP",
            "01005e00001200005e00012b08004500002812340000ff70bec40a00005be0000012212bbf01000aea2e0a042b9600000000000000000000" +
            "00000000",
            "IP 10.0.0.91 > 224.0.0.18: VRRPv2, Advertisement, vrid 43, prio 191, authtype none, intvl 10s, length 20"
        },
        {   // tcpdump/vrrp.pcap, frame 3
            "VRRP version 3",
            "01005e00001200005e00012c08004500002412340000ff70bec80a00005be0000012312cbf0203e8b3c60a042c640a042cc8" +
            "00000000000000000000",
            "IP 10.0.0.91 > 224.0.0.18: VRRPv3, Advertisement, vrid 44, prio 191, intvl 1000cs, length 16"
        },
        {   // what ucarp 1.5.2 sent
            "CARP",
            "01005e00001200005e00002a080045100038f2a54000ff70e68ac0000202e0000012212a00070001d4e16221092efd5a493f" +
            "1a00cc10c8bcc5825b50fddb82c5cb8ac6e5754f",
            "IP 192.0.2.2 > 224.0.0.18: CARPv2-advertise 36: vhid=42 advbase=1 advskew=0 authlen=7 counter=7070942987372087615"
        },
        {   // the same with a skew that its checksum does not know
            "CARP, bad checksum",
            "01005e00001200005e00002a080045100038f2a54000ff70e68ac0000202e0000012212a01070001d4e16221092efd5a493f" +
            "1a00cc10c8bcc5825b50fddb82c5cb8ac6e5754f",
            "IP 192.0.2.2 > 224.0.0.18: CARPv2-advertise 36: vhid=42 advbase=1 advskew=1 authlen=7 counter=7070942987372087615 " +
                "[bad checksum]"
        },
        {   // tcpdump/ipv4_invalid_hdr_length.pcap, frame 1
            "header length below 20",
            "c0d68236032bf04da23d5da3080044000054f1a60000401145948cd309ce2d217f9c98b7003500406ecb92aa012000010000000000010377" +
            "77770774637064756d70036f7267000001000100002904d000000000000c000a00088bc0e5f53e713bbd",
            "IP [header length 16], length 84"
        },
        {   // tcpdump/ipv4_invalid_total_length.pcap, frame 1
            "total length beyond the bytes",
            "c0d68236032bf04da23d5da3080045000055f1a60000401145938cd309ce2d217f9c98b7003500406ecb92aa012000010000000000010377" +
            "77770774637064756d70036f7267000001000100002904d000000000000c000a00088bc0e5f53e713bbd",
            "IP 140.211.9.206.39095 > 45.33.127.156.53: UDP, length 56 [truncated]"
        },
        {   // tcpdump/ipv6_frag6_negative_len.pcap, frame 1
            "fragment header beyond the payload length",
            "c08023a000df62383d49967586dd6500007300002c1c7fffffffc3b2a1021305008000382949967586dd7300002c1c7fffffffc3b2a10213" +
            "05008000007480570f78ff020004",
            "IP6 7fff:ffff:c3b2:a102:1305:80:38:2949 > 9675:86dd:7300:2c:1c7f:ffff:ffc3:b2a1: [fragment (44) header beyond " +
                "payload length], length 0"
        },
        {   // zeek/chksums__ip6-udp-bad-chksum.pcap, frame 1
            "UDP over IPv6",
            "ffffffffffff00000000000086dd60000000000c1140200104f80004000702e081fffe52ffff200104f80004000702e081fffe529a6b7530" +
            "32c8000c000158585858",
            "IP6 2001:4f8:4:7:2e0:81ff:fe52:ffff.30000 > 2001:4f8:4:7:2e0:81ff:fe52:9a6b.13000: UDP, length 4"
        },
        {   // tcpdump/erspan-type-ii-2.pcap, frame 1
            "GRE with sequence number",
            "000c29f1581e005056c0000108004500006201284000fc2f74ebc0a8c343c0a8c3c4100088be001095281065c0010008406501005e000002" +
            "00000c07acfe080045c0003000000000011169310ac86502e000000207c107c1001cd965000010010369fe00636973636f0000000ac86501",
            "IP 192.168.195.67 > 192.168.195.196: GREv0, seq 1086760, proto 0x88be, length 78: ethertype 0x88be, length 70"
        },
    };
}
