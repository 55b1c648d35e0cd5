using System.Buffers.Binary;
using System.Collections.Immutable;
using Appliance.Node;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Measuring;

/// <summary>Traffic to measure with: frames that arrive over and over, in this order. Sizes are Ethernet bytes, the FCS included.</summary>
internal sealed record Workload(string Name, ImmutableArray<byte[]> Frames)
{
    private const int Flows = 1024;
    private const int BulkFlows = 8;
    private const int BulkSegments = 64;                // of each flow, before it begins anew
    private const int FcsBytes = 4;
    private const int UdpHeaders = 42;
    private const int TcpHeaders = 54;

    /// <summary>The simple Internet mix of RFC 6985's tradition: 7 of 64 bytes, 4 of 594, 1 of 1518.</summary>
    private static readonly int[] InternetMix = [64, 594, 64, 64, 594, 64, 1518, 64, 594, 64, 594, 64];

    public static ImmutableArray<Workload> All(MacAddress port) =>
    [
        new("64 bytes, UDP", Datagrams(port, [64])),
        new("IMIX, UDP", Datagrams(port, InternetMix)),
        new("1518 bytes, UDP", Datagrams(port, [1518])),
        new("1518 bytes, TCP", Segments(port)),
    ];

    /// <summary>One frame of each of many flows in turn.</summary>
    private static ImmutableArray<byte[]> Datagrams(MacAddress port, int[] sizes) =>
        [.. Enumerable.Range(0, Flows).Select(flow =>
        {
            int payload = sizes[flow % sizes.Length] - FcsBytes - UdpHeaders;
            return Build(port, $"udp 10.1.{flow >> 8}.{flow & 255}:{1024 + flow} > 198.51.{flow & 127}.7:53 len {payload}");
        })];

    /// <summary>Bulk transfers side by side: bursts of segments that follow one another, as they come from an offload.</summary>
    private static ImmutableArray<byte[]> Segments(MacAddress port)
    {
        const int Burst = 8;
        const int Payload = 1518 - FcsBytes - TcpHeaders;
        var frames = ImmutableArray.CreateBuilder<byte[]>();
        for (int at = 0; at < BulkSegments; at += Burst)
        {
            for (int flow = 0; flow < BulkFlows; flow++)
            {
                for (int segment = at; segment < at + Burst; segment++)
                {
                    string text = $"tcp 10.2.0.{flow + 2}:{5000 + flow} > 198.51.100.9:443 A len {Payload} id {segment + 1}";
                    byte[] frame = Build(port, text);
                    SetSequence(frame, (uint)(segment * Payload));
                    frames.Add(frame);
                }
            }
        }

        return frames.ToImmutable();
    }

    private static void SetSequence(byte[] frame, uint sequence)
    {
        Span<byte> segment = frame.AsSpan(EthernetView.HeaderLength + Ipv4View.MinHeaderLength);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        segment[16..18].Clear();
        ulong sum = InternetChecksum.Ipv4PseudoHeader(frame.AsSpan(26, 8), IpProtocol.Tcp, segment.Length) + InternetChecksum.Sum(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], InternetChecksum.Finish(sum));
    }

    private static byte[] Build(MacAddress port, string text) =>
        PacketText.TryParse(text, out PacketText packet, out string error)
            ? PacketBuilder.Build(packet, port)
            : throw new InvalidOperationException(error);
}
