using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>
/// Which flags a segment of TCP may have. Others begin and end nothing, and hosts answer each in its own way, which is what scanners
/// send them for; pf drops them with and without scrub rules (pf_normalize_tcp).
/// </summary>
internal static class SegmentFlags
{
    private const TcpFlags Judged = TcpFlags.Fin | TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Psh | TcpFlags.Ack | TcpFlags.Urg;

    private static readonly ulong s_possible = Gather();                // a bit for each combination of the six

    public static bool ArePossible(TcpFlags flags) => ((s_possible >> (int)(flags & Judged)) & 1) != 0;

    private static ulong Gather()
    {
        ulong possible = 0;
        for (int flags = 0; flags <= (int)Judged; flags++)
        {
            if (IsPossible((TcpFlags)flags)) possible |= 1UL << flags;
        }

        return possible;
    }

    private static bool IsPossible(TcpFlags flags)
    {
        bool acknowledges = (flags & TcpFlags.Ack) != TcpFlags.None;
        if ((flags & TcpFlags.Syn) != TcpFlags.None && (flags & (TcpFlags.Rst | TcpFlags.Fin)) != TcpFlags.None) return false;
        if ((flags & (TcpFlags.Syn | TcpFlags.Rst)) == TcpFlags.None && !acknowledges) return false;
        return acknowledges || (flags & (TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg)) == TcpFlags.None;
    }
}
