using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;

namespace Appliance.Node.Tests.Segmentation;

/// <summary>
/// Something that a sender gave its port: as the port hands it over when it joins or does not cut (one frame, of a segment size), and as
/// the segments that are otherwise on the wire.
/// </summary>
/// <param name="Bytes">The frame, its checksum as <paramref name="Checksum"/> says.</param>
/// <param name="SegmentSize">Payload of a segment; 0 for an ordinary frame.</param>
/// <param name="Checksum">What the port says of it.</param>
/// <param name="IsIdentificationFixed">All segments have one identification.</param>
/// <param name="Segments">Finished, in order.</param>
internal sealed record LargeItem(
    byte[] Bytes, int SegmentSize, ChecksumState Checksum, bool IsIdentificationFixed, IReadOnlyList<byte[]> Segments)
{
    private const TcpFlags Some = TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Ece | TcpFlags.Cwr;

    /// <summary>To the outside, to the appliance itself, to nowhere, with hops and without, of every shape that can be large.</summary>
    public static LargeItem Draw(int seed)
    {
        var random = new Random(seed);
        bool isIpv6 = random.Next(2) == 0, isTcp = random.Next(3) != 0, dontFragment = random.Next(2) == 0;
        int size = random.Next(3) switch { 0 => random.Next(1, 60), 1 => random.Next(400, 1000), _ => random.Next(1200, 1500) };
        var payload = new byte[random.Next(5) == 0 ? random.Next(1, size + 1) : Math.Min(random.Next(size + 1, (12 * size) + 2), 60_000)];
        random.NextBytes(payload);
        TestTransport transport = isTcp
            ? TestTransport.Tcp(
                new TcpFields
                {
                    SourcePort = (ushort)random.Next(1000, 1004), DestinationPort = 443, SequenceNumber = 0xffff_f000,
                    AcknowledgmentNumber = 9, Window = 100,
                    Flags = TcpFlags.Ack | (random.Next(2) == 0 ? TcpFlags.None : Some & (TcpFlags)random.Next(256)),
                },
                payload, random.Next(2) == 0 ? [] : [1, 1, 8, 10, .. new byte[8]])
            : TestTransport.Udp((ushort)random.Next(1000, 1004), 443, payload);
        byte hops = (byte)(random.Next(6) == 0 ? 1 : 64);
        byte[] frame = isIpv6
            ? TestFrames.Ipv6(
                Boxes.LanHostV6, DrawIpv6(random), transport, ip => ip with { HopLimit = hops },
                random.Next(4) == 0 ? [TestExtension.HopByHop] : [])
            : TestFrames.Ipv4(
                Boxes.LanHost, DrawIpv4(random), transport,
                ip => ip with { TimeToLive = hops, DontFragment = dontFragment, Identification = (ushort)random.Next(65536) },
                random.Next(6) == 0 ? [7, 7, 4, 0, 0, 0, 0, 0] : []);
        bool hasNone = !isTcp && !isIpv6 && random.Next(4) == 0;
        if (hasNone) frame = TestFrames.With(frame, PlainHeaders.Of(frame).ChecksumAt, 0, 0);
        bool isFixed = dontFragment && !isIpv6 && random.Next(3) == 0;
        ChecksumState state = random.Next(3) switch { 0 => ChecksumState.Unknown, 1 => ChecksumState.Good, _ => ChecksumState.Partial };
        if (hasNone && state == ChecksumState.Partial) state = ChecksumState.Unknown;
        bool isLarge = payload.Length > size;
        return new LargeItem(
            state == ChecksumState.Partial ? PlainHeaders.MadePartial(frame) : frame, isLarge ? size : 0, state, isFixed,
            isLarge ? PlainCutter.Cut(frame, size, isFixed) : [frame]);
    }

    /// <summary>The same as it comes in by a VLAN.</summary>
    public LargeItem Tagged(ushort vlan) =>
        this with { Bytes = TestFrames.Tagged(Bytes, vlan), Segments = [.. Segments.Select(segment => TestFrames.Tagged(segment, vlan))] };

    private static string DrawIpv4(Random random) => random.Next(8) switch
    {
        0 => "192.168.1.1",
        1 => "169.254.1.1",
        2 => "10.9.9.9",
        3 => "127.0.0.1",
        _ => Boxes.Outside,
    };

    private static string DrawIpv6(Random random) => random.Next(8) switch
    {
        0 => "2001:db8:2::2",
        1 => "fd00::1",
        2 => "ff0e::1",
        _ => Boxes.OutsideV6,
    };
}
