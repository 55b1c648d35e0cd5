using Appliance.Wire.Ip;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ndp;

/// <summary>A prefix information option (RFC 4861 §4.6.2), read or to be written. Lifetimes are in seconds; all ones is for ever.</summary>
public readonly record struct NdpPrefixInformation
{
    public const int Length = 32;                                     // bytes

    private const byte OnLinkBit = 0x80;
    private const byte AutonomousBit = 0x40;

    /// <summary>Bits, 0–128.</summary>
    public byte PrefixLength { get; init; }

    public bool IsOnLink { get; init; }
    public bool IsAutonomous { get; init; }
    public uint ValidLifetimeSeconds { get; init; }
    public uint PreferredLifetimeSeconds { get; init; }
    public Ipv6Address Prefix { get; init; }

    /// <summary>Writes 32 bytes, which must be there.</summary>
    public void WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Length);
        bytes[..Length].Clear();
        bytes[0] = (byte)NdpOptionType.PrefixInformation;
        bytes[1] = Length / 8;
        bytes[2] = PrefixLength;
        bytes[3] = (byte)((IsOnLink ? OnLinkBit : 0) | (IsAutonomous ? AutonomousBit : 0));
        WriteUInt32BigEndian(bytes[4..], ValidLifetimeSeconds);
        WriteUInt32BigEndian(bytes[8..], PreferredLifetimeSeconds);
        Prefix.WriteTo(bytes[16..]);
    }

    /// <summary>From an option's value: 30 bytes, behind type and length.</summary>
    internal static NdpPrefixInformation Read(ReadOnlySpan<byte> value) => new()
    {
        PrefixLength = value[0],
        IsOnLink = (value[1] & OnLinkBit) != 0,
        IsAutonomous = (value[1] & AutonomousBit) != 0,
        ValidLifetimeSeconds = ReadUInt32BigEndian(value[2..]),
        PreferredLifetimeSeconds = ReadUInt32BigEndian(value[6..]),
        Prefix = Ipv6Address.Read(value[14..]),
    };
}
