using Appliance.Wire.Ethernet;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Tunnels;

/// <summary>What a GRE header says, to be written (RFC 2784, RFC 2890); key and sequence number are optional.</summary>
public readonly record struct GreFields(EtherType Protocol, bool HasChecksum, uint? Key, uint? SequenceNumber)
{
    /// <summary>4–16 bytes.</summary>
    public int HeaderLength => GreView.HeaderLengthOf(Flags);

    private ushort Flags => (ushort)((HasChecksum ? GreView.ChecksumBit : 0)
        | (Key.HasValue ? GreView.KeyBit : 0)
        | (SequenceNumber.HasValue ? GreView.SequenceBit : 0));

    public static GreFields From(GreView view) => new(
        view.Protocol, view.HasChecksum, view.HasKey ? view.Key : null, view.HasSequenceNumber ? view.SequenceNumber : null);

    /// <summary>
    /// Writes the header, for which there must be room; a checksum is written as zero, to be completed by the caller. The view covers
    /// all of <paramref name="bytes"/>.
    /// </summary>
    public GreView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, HeaderLength);
        bytes[..HeaderLength].Clear();
        WriteUInt16BigEndian(bytes, Flags);
        WriteUInt16BigEndian(bytes[2..], (ushort)Protocol);
        Span<byte> field = bytes[(HasChecksum ? 8 : 4)..HeaderLength];
        if (Key is { } key)
        {
            WriteUInt32BigEndian(field, key);
            field = field[4..];
        }

        if (SequenceNumber is { } sequence) WriteUInt32BigEndian(field, sequence);
        return new GreView(bytes, Flags);
    }
}
