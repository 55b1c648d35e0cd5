using System.Buffers.Binary;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Transport;

namespace Appliance.Testing;

/// <summary>
/// One TCP segment to be sent as a frame. Its payload follows from its sequence numbers, so that a retransmission says what was said
/// before.
/// <code>
///     byte[] frame = (new TestSegment { Sequence = 100, PayloadLength = 50 }).ToFrame();
/// </code>
/// </summary>
public sealed record TestSegment
{
    /// <summary>NOP, NOP, timestamps of 1 and 2: RFC 7323 appendix A.</summary>
    public static byte[] Timestamps { get; } = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];

    public string Source { get; init; } = "192.168.1.10";
    public string Destination { get; init; } = "198.51.100.7";
    public ushort SourcePort { get; init; } = 1500;
    public ushort DestinationPort { get; init; } = 8000;
    public uint Sequence { get; init; } = 100;
    public uint Acknowledgment { get; init; } = 100;
    public TcpFlags Flags { get; init; } = TcpFlags.Ack;
    public ushort Window { get; init; } = 0xffff;
    public ushort UrgentPointer { get; init; }
    public byte[] Options { get; init; } = [];
    public int PayloadLength { get; init; } = 100;

    public ushort Id { get; init; } = 8;
    public bool DontFragment { get; init; } = true;
    public bool ReservedFlag { get; init; }
    public byte TrafficClass { get; init; }
    public byte HopLimit { get; init; } = 64;
    public uint FlowLabel { get; init; }
    public byte[] IpOptions { get; init; } = [];
    public TestExtension[] Extensions { get; init; } = [];
    public ushort[] Vlans { get; init; } = [];
    public MacAddress SourceMac { get; init; } = TestFrames.Host;

    public bool IsV6 => Source.Contains(':', StringComparison.Ordinal);

    /// <summary>The segment behind this one, of the same length.</summary>
    public TestSegment Next() => this with { Sequence = Sequence + (uint)PayloadLength, Id = (ushort)(Id + 1) };

    public byte[] ToFrame()
    {
        var payload = new byte[PayloadLength];
        for (int i = 0; i < payload.Length; i++)
            payload[i] = (byte)((Sequence + i) * 31 >> 3);
        var fields = new TcpFields
        {
            SourcePort = SourcePort,
            DestinationPort = DestinationPort,
            SequenceNumber = Sequence,
            AcknowledgmentNumber = Acknowledgment,
            Flags = Flags,
            Window = Window,
            UrgentPointer = UrgentPointer,
        };
        TestTransport tcp = TestTransport.Tcp(fields, payload, Options);
        byte[] frame = IsV6
            ? TestFrames.Ipv6(
                Source, Destination, tcp, ip => ip with { TrafficClass = TrafficClass, HopLimit = HopLimit, FlowLabel = FlowLabel },
                Extensions)
            : TestFrames.Ipv4(Source, Destination, tcp, ip => ip with
            {
                DifferentiatedServices = TrafficClass,
                TimeToLive = HopLimit,
                Identification = Id,
                DontFragment = DontFragment,
                ReservedFlag = ReservedFlag,
            }, IpOptions);
        SourceMac.WriteTo(frame.AsSpan(MacAddress.Length));
        return Vlans.Length == 0 ? frame : TestFrames.Tagged(frame, Vlans);
    }

    /// <summary>The frame with another TCP checksum, wrong by one.</summary>
    public byte[] ToBadFrame()
    {
        byte[] frame = ToFrame();
        Span<byte> checksum = frame.AsSpan(frame.Length - PayloadLength - Options.Length - 4, 2);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(checksum) - 1));
        return frame;
    }
}
