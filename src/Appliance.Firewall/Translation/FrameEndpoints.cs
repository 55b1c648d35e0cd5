using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// The endpoints that a frame has, or is to have: a translation is another value of this. IPv4 addresses are the low 32 bits. Of an ICMP
/// query both ports are its identifier.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct FrameEndpoints(UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort)
{
    /// <summary>Those of the answer.</summary>
    public FrameEndpoints Turned() => new(Destination, Source, DestinationPort, SourcePort);
}
