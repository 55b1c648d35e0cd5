using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>An IP datagram of protocol 112, of either version, as far as CARP cares for it.</summary>
internal readonly ref struct CarpEnvelope
{
    public IpAddress Source { get; private init; }

    public IpAddress Destination { get; private init; }

    public byte HopLimit { get; private init; }

    /// <summary>The IP header promised more than is there.</summary>
    public bool IsTruncated { get; private init; }

    public Span<byte> Payload { get; private init; }

    /// <summary>False for what IP itself would not hand to CARP: another protocol, a broken header, a fragment.</summary>
    public static bool TryOpenFrame(Span<byte> frame, out CarpEnvelope envelope)
    {
        envelope = default;
        if (!EthernetView.TryParse(frame, out EthernetView ethernet)) return false;
        return ethernet.EtherType switch
        {
            EtherType.Ipv4 => TryOpenIpv4(ethernet.Payload, out envelope),
            EtherType.Ipv6 => TryOpenIpv6(ethernet.Payload, out envelope),
            _ => false,
        };
    }

    private static bool TryOpenIpv4(Span<byte> datagram, out CarpEnvelope envelope)
    {
        envelope = default;
        if (!Ipv4View.TryParse(datagram, out Ipv4View ip) || ip.Protocol != IpProtocol.Carp || ip.IsFragment) return false;
        if (ip.IsTotalLengthBelowHeader || !InternetChecksum.IsValid(InternetChecksum.Sum(ip.Header))) return false;
        envelope = new CarpEnvelope
        {
            Source = ip.Source,
            Destination = ip.Destination,
            HopLimit = ip.TimeToLive,
            IsTruncated = ip.IsTruncated,
            Payload = ip.Payload,
        };
        return true;
    }

    private static bool TryOpenIpv6(Span<byte> datagram, out CarpEnvelope envelope)
    {
        envelope = default;
        if (!Ipv6View.TryParse(datagram, out Ipv6View ip)) return false;
        Ipv6HeaderChain chain = ip.HeaderChain;
        bool isCarp = chain.Outcome == Ipv6WalkOutcome.Complete && chain.Protocol == IpProtocol.Carp && !chain.IsFragment;
        if (!isCarp) return false;
        envelope = new CarpEnvelope
        {
            Source = ip.Source,
            Destination = ip.Destination,
            HopLimit = ip.HopLimit,
            IsTruncated = ip.IsTruncated,
            Payload = ip.Datagram[chain.TransportOffset..],
        };
        return true;
    }
}
