using Appliance.Node;

namespace Appliance.Management;

/// <summary>
/// A filter in the words of pcap-filter(7), as far as people type it: <c>host</c>, <c>net</c>, <c>port</c>, <c>portrange</c>, <c>proto</c>,
/// each with <c>src</c> or <c>dst</c>; <c>ip</c>, <c>ip6</c>, <c>arp</c>, <c>tcp</c>, <c>udp</c>, <c>sctp</c>, <c>icmp</c>, <c>icmp6</c>,
/// <c>vlan</c>, <c>ether host</c>, <c>broadcast</c>, <c>multicast</c>, <c>less</c>, <c>greater</c>; <c>and</c>, <c>or</c>, <c>not</c>,
/// parentheses. As there, <c>and</c> and <c>or</c> bind alike, from the left. Otherwise than there, <c>vlan</c> asks and moves nothing:
/// what stands behind it is found behind any tags anyway. Names of hosts are not looked up, and bytes (<c>tcp[13]</c>) not asked.
/// </summary>
public sealed class CaptureFilter : FrameFilter
{
    /// <summary>Characters that a filter may have: some thousand hosts.</summary>
    public const int MaximumLength = 64 << 10;

    private readonly FrameProbe _probe;

    private CaptureFilter(FrameProbe probe) => _probe = probe;

    /// <summary>False, and what is wrong at which column: it is no such filter.</summary>
    public static bool TryParse(string text, out CaptureFilter filter, out string error)
    {
        bool isOne = new FilterParser(text).TryParse(out FrameProbe probe, out error);
        filter = new CaptureFilter(probe);
        return isOne;
    }

    /// <inheritdoc/>
    public override bool Matches(ReadOnlySpan<byte> frame) => _probe(new FrameView(frame));
}
