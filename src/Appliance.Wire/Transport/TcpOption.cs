using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Transport;

/// <summary>
/// One option of a TCP header, over borrowed bytes. The <c>TryGet</c>s answer false for another kind and for a length that the kind
/// does not allow.
/// </summary>
public readonly ref struct TcpOption
{
    private const int SackBlockLength = 8;                            // bytes: left edge, right edge

    internal TcpOption(TcpOptionKind kind, int offset, ReadOnlySpan<byte> value)
    {
        Kind = kind;
        Offset = offset;
        Value = value;
    }

    public TcpOptionKind Kind { get; }

    /// <summary>Bytes from the start of the options to the kind octet: where to write, should the option be changed in place.</summary>
    public int Offset { get; }

    /// <summary>What follows kind and length; empty for the options of one octet.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The largest payload in bytes that the sender takes.</summary>
    public bool TryGetMaximumSegmentSize(out ushort bytes)
    {
        bool isThere = Kind == TcpOptionKind.MaximumSegmentSize && Value.Length == 2;
        bytes = isThere ? ReadUInt16BigEndian(Value) : (ushort)0;
        return isThere;
    }

    /// <summary>The shift as it stands; RFC 7323 §2.3 has values over 14 used as 14.</summary>
    public bool TryGetWindowScale(out byte shift)
    {
        bool isThere = Kind == TcpOptionKind.WindowScale && Value.Length == 1;
        shift = isThere ? Value[0] : (byte)0;
        return isThere;
    }

    public bool TryGetTimestamps(out uint value, out uint echoReply)
    {
        bool isThere = Kind == TcpOptionKind.Timestamps && Value.Length == 8;
        value = isThere ? ReadUInt32BigEndian(Value) : 0;
        echoReply = isThere ? ReadUInt32BigEndian(Value[4..]) : 0;
        return isThere;
    }

    /// <summary>Whole blocks in a SACK option, 0–4; 0 for any other kind.</summary>
    public int SackBlockCount => Kind == TcpOptionKind.Sack ? Value.Length / SackBlockLength : 0;

    /// <summary>A block received, from <paramref name="left"/> to before <paramref name="right"/>; false when there is none.</summary>
    public bool TryGetSackBlock(int index, out uint left, out uint right)
    {
        bool isThere = (uint)index < (uint)SackBlockCount;
        left = isThere ? ReadUInt32BigEndian(Value[(index * SackBlockLength)..]) : 0;
        right = isThere ? ReadUInt32BigEndian(Value[((index * SackBlockLength) + 4)..]) : 0;
        return isThere;
    }
}
