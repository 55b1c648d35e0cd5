using System.Buffers.Binary;

namespace Appliance.Interop.Load;

/// <summary>What a numbered datagram carries.</summary>
/// <param name="Run">Which sending it is part of; frames of an earlier one may still be under way.</param>
/// <param name="Flow">By its source port, from 0.</param>
/// <param name="Number">In its flow and run, from 0.</param>
internal readonly record struct NumberedFrame(uint Run, ushort Flow, uint Number)
{
    public const int Bytes = 10;
    public const int HeaderBytes = 14 + 20 + 8;         // Ethernet, IPv4, UDP
    public const ushort DestinationPort = 9;

    public void WriteTo(Span<byte> payload)
    {
        BinaryPrimitives.WriteUInt32BigEndian(payload, Run);
        BinaryPrimitives.WriteUInt16BigEndian(payload[4..], Flow);
        BinaryPrimitives.WriteUInt32BigEndian(payload[6..], Number);
    }

    /// <summary>False: the frame is none of these.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out NumberedFrame read)
    {
        read = default;
        bool isUdp = frame.Length >= HeaderBytes + Bytes && frame[12] == 8 && frame[13] == 0 && frame[14] == 0x45 && frame[23] == 17;
        if (!isUdp || BinaryPrimitives.ReadUInt16BigEndian(frame[36..]) != DestinationPort) return false;
        ReadOnlySpan<byte> payload = frame[HeaderBytes..];
        read = new NumberedFrame(
            BinaryPrimitives.ReadUInt32BigEndian(payload),
            BinaryPrimitives.ReadUInt16BigEndian(payload[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(payload[6..]));
        return true;
    }
}
