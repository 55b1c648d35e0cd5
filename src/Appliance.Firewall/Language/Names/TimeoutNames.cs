using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>The names of timeouts, as in <c>set timeout</c> and in the options of a state.</summary>
public static class TimeoutNames
{
    // The order is that of PfTimeout.
    private static readonly ImmutableArray<string> Names =
    [
        "tcp.first", "tcp.opening", "tcp.established", "tcp.closing", "tcp.finwait", "tcp.closed",
        "sctp.first", "sctp.opening", "sctp.established", "sctp.closing", "sctp.closed",
        "udp.first", "udp.single", "udp.multiple", "icmp.first", "icmp.error", "other.first", "other.single", "other.multiple",
        "frag", "interval", "adaptive.start", "adaptive.end", "src.track", "tcp.tsdiff",
    ];

    public static bool TryGetTimeout(string name, out PfTimeout timeout)
    {
        int index = Names.IndexOf(name, StringComparer.Ordinal);
        timeout = (PfTimeout)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Whether every <c>set optimization</c> sets it, and so overrides what was set before.</summary>
    public static bool IsOfOptimization(PfTimeout timeout) => timeout is <= PfTimeout.TcpClosed or PfTimeout.TcpTsDiff;

    public static string NameOf(PfTimeout timeout) => Names[(int)timeout];
}
