using System.Globalization;
using System.Text;
using Appliance.Wire.Ethernet;

namespace Appliance.Firewall.Language;

/// <summary>An Ethernet rule as pfctl prints it.</summary>
internal static class EtherText
{
    private const int AddressBits = 48;

    public static string Of(EtherRule rule)
    {
        string action = rule.Action switch
        {
            PfAction.Block => "block",
            PfAction.Match => "match",
            _ => "pass",
        };
        var text = new StringBuilder($"ether {action}{RuleText.Direction(rule.Direction)}");
        if (rule.Quick) text.Append(" quick");
        text.Append(RuleText.Interface(rule.Interface));
        if (rule.BridgeTo.Length > 0) text.Append(" bridge-to ").Append(rule.BridgeTo);
        if (rule.EtherType > 0) text.Append(CultureInfo.InvariantCulture, $" proto 0x{rule.EtherType:x4}");
        if (rule.Source is { } source) text.Append(" from ").Append(Mac(source));
        if (rule.Destination is { } destination) text.Append(" to ").Append(Mac(destination));
        AddressFamily family = rule.EtherType == (ushort)EtherType.Ipv4 ? AddressFamily.Inet : AddressFamily.Inet6;
        text.Append(" l3").Append(RuleText.Sides(
            new PfEndpoint(rule.IpSource, default), "", new PfEndpoint(rule.IpDestination, default), family, isTcp: false));
        RuleText.AppendLabels(text, rule.Labels, rule.Identifier);
        if (rule.Queue.Length > 0) text.Append(" queue ").Append(rule.Queue);
        if (rule.Tag.Length > 0) text.Append(" tag ").Append(rule.Tag);
        if (rule.Tagged is { } tagged) text.Append(tagged.Negated ? " ! tagged " : " tagged ").Append(tagged.Name);
        if (rule.Dummynet is { } dummynet) text.Append(RuleText.Dummynet(dummynet));
        return text.ToString();
    }

    private static string Mac(MacMatch match)
    {
        string address = match.Negated ? $"! {match.Address}" : match.Address.ToString();
        int bits = 0;
        while (bits < AddressBits && IsSet(match.Mask, bits)) bits++;
        bool isPrefix = Enumerable.Range(bits, AddressBits - bits).All(bit => !IsSet(match.Mask, bit));
        if (bits == AddressBits) return address;
        return isPrefix ? string.Create(CultureInfo.InvariantCulture, $"{address}/{bits}") : $"{address}&{match.Mask}";
    }

    /// <summary>pfctl counts from the least significant bit of each byte.</summary>
    private static bool IsSet(MacAddress mask, int bit) => (mask.Value >> (40 - bit / 8 * 8 + bit % 8) & 1) != 0;
}
