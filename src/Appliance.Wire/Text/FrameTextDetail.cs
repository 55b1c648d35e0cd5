namespace Appliance.Wire.Text;

/// <summary>What a line tells beyond the protocols' own words.</summary>
[Flags]
public enum FrameTextDetail
{
    None = 0,

    /// <summary>Ethernet addresses, type and length in front, as <c>tcpdump -e</c>.</summary>
    LinkAddresses = 1,

    /// <summary>Services octet, hop limit, identification and flags of each IP header, as <c>tcpdump -v</c>.</summary>
    IpHeader = 2,
}
