namespace Appliance.Wire.Transport;

/// <summary>One chunk of an SCTP packet (RFC 9260 §3.2), over borrowed bytes.</summary>
public readonly ref struct SctpChunk
{
    internal SctpChunk(SctpChunkType type, byte flags, ReadOnlySpan<byte> value)
    {
        Type = type;
        Flags = flags;
        Value = value;
    }

    public SctpChunkType Type { get; }

    /// <summary>Their meaning depends on the type.</summary>
    public byte Flags { get; }

    /// <summary>What follows type, flags and length, without padding.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
