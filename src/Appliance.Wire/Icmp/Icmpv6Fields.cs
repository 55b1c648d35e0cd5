namespace Appliance.Wire.Icmp;

/// <summary>What the first 8 bytes of an ICMPv6 message say, to be written (RFC 4443).</summary>
public readonly record struct Icmpv6Fields(Icmpv6Type Type, byte Code, uint RestOfHeader)
{
    public static Icmpv6Fields From(Icmpv6View view) => new(view.Type, view.Code, view.RestOfHeader);

    public static Icmpv6Fields EchoRequest(ushort identifier, ushort sequence) =>
        new(Icmpv6Type.EchoRequest, 0, ((uint)identifier << 16) | sequence);

    public static Icmpv6Fields EchoReply(ushort identifier, ushort sequence) =>
        new(Icmpv6Type.EchoReply, 0, ((uint)identifier << 16) | sequence);

    public static Icmpv6Fields Unreachable(Icmpv6UnreachableCode code) => new(Icmpv6Type.DestinationUnreachable, (byte)code, 0);

    /// <summary>The largest datagram in bytes that would have gone on.</summary>
    public static Icmpv6Fields PacketTooBig(uint nextHopMtuBytes) => new(Icmpv6Type.PacketTooBig, 0, nextHopMtuBytes);

    public static Icmpv6Fields TimeExceeded(IcmpTimeExceededCode code) => new(Icmpv6Type.TimeExceeded, (byte)code, 0);

    /// <summary>The pointer is the offset in bytes of what was wrong.</summary>
    public static Icmpv6Fields ParameterProblem(Icmpv6ParameterProblemCode code, uint pointer) =>
        new(Icmpv6Type.ParameterProblem, (byte)code, pointer);

    /// <summary>
    /// Writes 8 bytes, which must be there, with a checksum of zero to be completed by the caller; the view covers all of
    /// <paramref name="bytes"/>.
    /// </summary>
    public Icmpv6View WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Icmpv6View.HeaderLength);
        return new Icmpv6View(bytes) { Type = Type, Code = Code, Checksum = 0, RestOfHeader = RestOfHeader };
    }
}
