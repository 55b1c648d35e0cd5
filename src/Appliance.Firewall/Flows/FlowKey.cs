using System.Runtime.InteropServices;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// What a frame and its state have in common on one side of a port. The endpoints have places, not directions: a frame that comes in has
/// its source outside, one that goes out its destination, so both directions of a flow have one key at one port.
/// <code>
///        outside  ──────  port of the appliance  ──────  inside
///        source  ───────────► in   ───────────►  destination
///        destination  ◄─────── out  ◄───────────  source
/// </code>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public readonly record struct FlowKey
{
    public const int SizeBytes = 40;

    /// <summary>The <see cref="Port"/> of a floating state, which holds at any.</summary>
    public const ushort AnyPort = ushort.MaxValue;

    private const ulong WithoutPort = (1UL << 48) - 1;

    [FieldOffset(32)] private readonly ulong _rest;                     // all that is not an address; the logical port on top

    /// <summary>IPv4 addresses are the low 32 bits.</summary>
    public FlowKey(
        bool isV6, IpProtocol protocol, UInt128 outside, ushort outsidePort, UInt128 inside, ushort insidePort, ushort port = AnyPort)
    {
        Outside = outside;
        Inside = inside;
        OutsidePort = outsidePort;
        InsidePort = insidePort;
        Protocol = protocol;
        Family = (byte)(isV6 ? 6 : 4);
        Port = port;
    }

    /// <summary>The address beyond the port.</summary>
    [field: FieldOffset(0)]
    public UInt128 Outside { get; init; }

    /// <summary>The address that is reached through the appliance.</summary>
    [field: FieldOffset(16)]
    public UInt128 Inside { get; init; }

    /// <summary>Of TCP, UDP and SCTP; what stands for one in other protocols, such as an echo's identifier.</summary>
    [field: FieldOffset(32)]
    public ushort OutsidePort { get; init; }

    [field: FieldOffset(34)]
    public ushort InsidePort { get; init; }

    [field: FieldOffset(36)]
    public IpProtocol Protocol { get; init; }

    /// <summary>4 or 6.</summary>
    [field: FieldOffset(37)]
    public byte Family { get; init; }

    /// <summary>The logical port that a state is bound to, or that a frame passes; <see cref="AnyPort"/>: floating.</summary>
    [field: FieldOffset(38)]
    public ushort Port { get; init; }

    public bool IsV6 => Family == 6;

    public IpAddress OutsideAddress => IsV6 ? new Ipv6Address(Outside) : new Ipv4Address((uint)Outside);

    public IpAddress InsideAddress => IsV6 ? new Ipv6Address(Inside) : new Ipv4Address((uint)Inside);

    /// <summary>The key with its endpoints in each other's place: how the same frames look on their other side of the appliance.</summary>
    public FlowKey Turned() => this with { Outside = Inside, Inside = Outside, OutsidePort = InsidePort, InsidePort = OutsidePort };

    /// <summary>Whether the two differ in their <see cref="Port"/> at most.</summary>
    public bool IsSameFlow(in FlowKey other) =>
        Outside == other.Outside && Inside == other.Inside && ((_rest ^ other._rest) & WithoutPort) == 0;

    public bool Equals(FlowKey other) => Outside == other.Outside && Inside == other.Inside && _rest == other._rest;

    public override int GetHashCode() => HashCode.Combine(Outside, Inside, _rest);
}
