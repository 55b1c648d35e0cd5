using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>
/// The beginning of a logged datagram: every header that the appliance reads, and what an ICMP error quotes of one.
/// </summary>
[InlineArray(Length)]
public struct LogBytes
{
    public const int Length = 208;

    private byte _first;
}
