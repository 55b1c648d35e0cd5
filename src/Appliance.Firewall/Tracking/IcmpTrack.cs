using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>A flow of ICMP queries and their replies: nothing but its timeout.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IcmpTrack
{
    public StateTimeout Timeout;

    public static IcmpTrack Create() => new() { Timeout = StateTimeout.IcmpFirst };

    /// <summary>A further message of the flow. pf names the timeout after errors, and uses it for this.</summary>
    public void Advance() => Timeout = StateTimeout.IcmpError;
}
