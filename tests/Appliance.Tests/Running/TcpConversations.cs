using System.Buffers.Binary;
using Appliance.Node;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Tests;

/// <summary>
/// Gives the segments of texts the sequence numbers that they would have had: every end begins at 0 and acknowledges what was last sent to
/// it; one that has heard nothing acknowledges a SYN.
/// </summary>
internal sealed class TcpConversations
{
    private const int SequenceAt = 4, AcknowledgmentAt = 8, ChecksumAt = 16;

    private readonly Dictionary<(IpAddress, ushort), uint> _next = [];      // by who sends
    private readonly Dictionary<(IpAddress, ushort), uint> _heard = [];     // by who was sent to: what he has to acknowledge

    public void Number(PacketText packet, byte[] frame)
    {
        Span<byte> segment = frame.AsSpan(frame.Length - TcpView.MinHeaderLength - packet.PayloadBytes);
        uint sequence = _next.GetValueOrDefault((packet.Source, packet.SourcePort));
        bool acknowledges = (packet.Flags & TcpFlags.Ack) != TcpFlags.None;
        uint acknowledgment = acknowledges ? _heard.GetValueOrDefault((packet.Source, packet.SourcePort), 1u) : 0;
        Write(segment[SequenceAt..], sequence, segment);
        Write(segment[AcknowledgmentAt..], acknowledgment, segment);
        bool counts = (packet.Flags & (TcpFlags.Syn | TcpFlags.Fin)) != TcpFlags.None;
        uint next = sequence + (uint)packet.PayloadBytes + (counts ? 1u : 0u);
        _next[(packet.Source, packet.SourcePort)] = _heard[(packet.Destination, packet.DestinationPort)] = next;
    }

    private static void Write(Span<byte> field, uint value, Span<byte> segment)
    {
        uint before = BinaryPrimitives.ReadUInt32BigEndian(field);
        BinaryPrimitives.WriteUInt32BigEndian(field, value);
        Span<byte> checksum = segment[ChecksumAt..];
        ushort changed = ChecksumDelta.Replace(BinaryPrimitives.ReadUInt16BigEndian(checksum), before, value);
        BinaryPrimitives.WriteUInt16BigEndian(checksum, changed);
    }
}
