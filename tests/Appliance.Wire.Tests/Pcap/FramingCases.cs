using Appliance.Wire.Ethernet;
using Appliance.Wire.Pcap;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>Records to be framed, from text.</summary>
internal static class FramingCases
{
    public const string PortText = "02010000AA01";
    public const string Ipv4 = "4500001C000000004011000009090909C0A80101" + "0035003500080000";
    public const string Ipv6 = "60000000000811400000000000000000000000000000000120010DB8000000000000000000000002" + "0035003500080000";
    public static readonly MacAddress Port = new(0x0201_0000_aa01);

    public static string Ipv4To(string destination) => Ipv4[..32] + destination + Ipv4[40..];

    public static string Ipv6To(string destination) => Ipv6[..48] + destination + Ipv6[80..];

    /// <summary>The outcome, and the frame in hexadecimal or "".</summary>
    public static (FramingOutcome Outcome, string Frame) Frame(int linkType, string hex, int missing = 0, int fcsLength = 0)
    {
        byte[] bytes = Convert.FromHexString(hex), destination = new byte[LinkLayerFraming.DestinationLength];
        var record = new CaptureRecord
        {
            Memory = bytes,
            OriginalLength = bytes.Length + missing,
            LinkType = (LinkType)linkType,
            FcsLength = fcsLength,
        };
        FramingOutcome outcome = LinkLayerFraming.Frame(record, Port, destination, out int length);
        return (outcome, Convert.ToHexString(destination.AsSpan(0, length)));
    }
}
