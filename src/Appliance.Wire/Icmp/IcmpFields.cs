using Appliance.Wire.Ip;

namespace Appliance.Wire.Icmp;

/// <summary>What the first 8 bytes of an ICMP message say, to be written (RFC 792).</summary>
public readonly record struct IcmpFields(IcmpType Type, byte Code, uint RestOfHeader)
{
    public static IcmpFields From(IcmpView view) => new(view.Type, view.Code, view.RestOfHeader);

    public static IcmpFields EchoRequest(ushort identifier, ushort sequence) =>
        new(IcmpType.EchoRequest, 0, ((uint)identifier << 16) | sequence);

    public static IcmpFields EchoReply(ushort identifier, ushort sequence) =>
        new(IcmpType.EchoReply, 0, ((uint)identifier << 16) | sequence);

    public static IcmpFields Unreachable(IcmpUnreachableCode code) => new(IcmpType.DestinationUnreachable, (byte)code, 0);

    /// <summary>RFC 1191 §4: the largest datagram in bytes that would have gone on.</summary>
    public static IcmpFields FragmentationNeeded(ushort nextHopMtuBytes) =>
        new(IcmpType.DestinationUnreachable, (byte)IcmpUnreachableCode.FragmentationNeeded, nextHopMtuBytes);

    public static IcmpFields TimeExceeded(IcmpTimeExceededCode code) => new(IcmpType.TimeExceeded, (byte)code, 0);

    public static IcmpFields Redirect(IcmpRedirectCode code, Ipv4Address gateway) => new(IcmpType.Redirect, (byte)code, gateway.Value);

    /// <summary>The pointer is the offset in bytes of what was wrong.</summary>
    public static IcmpFields ParameterProblem(byte pointer) => new(IcmpType.ParameterProblem, 0, (uint)pointer << 24);

    /// <summary>
    /// Writes 8 bytes, which must be there, with a checksum of zero to be completed by the caller; the view covers all of
    /// <paramref name="bytes"/>.
    /// </summary>
    public IcmpView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, IcmpView.HeaderLength);
        return new IcmpView(bytes) { Type = Type, Code = Code, Checksum = 0, RestOfHeader = RestOfHeader };
    }
}
