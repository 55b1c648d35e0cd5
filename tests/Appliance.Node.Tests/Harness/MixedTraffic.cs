using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Node.Tests;

/// <summary>
/// A little of everything for the port lan of <see cref="Boxes.Edge"/>: flows of both families and many sizes, pings, fragments, lost
/// datagrams, neighbours that ask, and frames that must not be. The same seed gives the same frames, another one frames of other hosts;
/// each carries its number, so that order can be seen.
/// </summary>
internal static class MixedTraffic
{
    public static byte[][] Frames(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Frame(random, 50 + (20 * (seed % 10)), i))];
    }

    /// <summary>The frames with times between 0 and 40 µs apart.</summary>
    public static (long Time, byte[] Frame)[] Timed(int seed, int count)
    {
        var random = new Random(seed + 1);
        long time = 0;
        return [.. Frames(seed, count).Select(frame => (time += random.Next(40_000), frame))];
    }

    private static byte[] Frame(Random random, int firstHost, int number)
    {
        ushort port = (ushort)(1000 + random.Next(3));
        byte[] data = new byte[4 + (random.Next(4) == 0 ? random.Next(4000) : random.Next(200))];
        BitConverter.TryWriteBytes(data, number);
        string source = $"192.168.1.{firstHost + random.Next(8)}", sourceV6 = $"2001:db8:1::{firstHost + random.Next(8)}";
        TestTransport udp = TestTransport.Udp(port, 53, data);
        TestTransport tcp = TestTransport.Tcp(new TcpFields { SourcePort = port, DestinationPort = 443, Flags = TcpFlags.Ack }, data);
        return random.Next(16) switch
        {
            0 or 1 or 2 => TestFrames.Ipv4(source, Boxes.Outside, udp, ip => ip with { Identification = (ushort)number }),
            3 or 4 => TestFrames.Ipv4(source, Boxes.Outside, tcp, ip => ip with { DontFragment = true }),
            5 or 6 => TestFrames.Ipv6(sourceV6, Boxes.OutsideV6, udp),
            7 => TestFrames.Ipv6(sourceV6, Boxes.OutsideV6, tcp, edit: null, TestExtension.DestinationOptions()),
            8 => TestFrames.Ipv4(source, "192.168.1.1", TestTransport.Icmp(8, 0, (uint)port << 16, data)),
            9 => TestFrames.Ipv6(sourceV6, "2001:db8:2::2", TestTransport.Icmpv6(128, 0, (uint)port << 16, data)),
            10 => TestFrames.Ipv4(source, Boxes.Outside, udp, ip => ip with { TimeToLive = 1 }),
            11 => TestFrames.Ipv4(source, Boxes.Outside, TestTransport.Raw(IpProtocol.Udp, data), ip => ip with
            {
                FragmentOffsetBytes = 8 * random.Next(100), MoreFragments = true, Identification = port,
            }),
            12 => TestFrames.WithMacs(
                TestFrames.Arp(
                    new ArpFields(ArpOperation.Request, TestFrames.Host, TestFrames.V4(source), default, TestFrames.V4("192.168.1.1"))),
                MacAddress.Broadcast, TestFrames.Host),
            13 => TestFrames.Ipv4(source, "192.168.1.40", udp),
            14 => TestFrames.Ipv4("127.0.0.1", Boxes.Outside, udp),
            _ => TestFrames.Tagged(TestFrames.Ipv4(source, Boxes.Outside, udp), 9),
        };
    }
}
