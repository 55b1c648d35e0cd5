using System.Globalization;
using System.Text;

namespace Appliance.Firewall.Tests;

/// <summary>All that an evaluation says, pauses included, as text that can be compared and read.</summary>
internal static class Judgement
{
    public static string Of(IRuleMatcher matcher, PacketView packet)
    {
        var text = new StringBuilder();
        var match = new RuleMatch();
        matcher.Evaluate(packet, ref match);
        for (; match.IsPending; matcher.Resume(packet, ref match))
        {
            text.Append(CultureInfo.InvariantCulture, $"at {match.Pending} with tag {match.Tag}{Trail(ref match)}; ");
            packet = Translate(packet, matcher.Rules[match.Pending].Translation);
        }

        text.Append(CultureInfo.InvariantCulture, $"{match.Action} by {match.Rule} in {match.Anchor}, tag {match.Tag}, ");
        text.Append(CultureInfo.InvariantCulture, $"log {match.Log} {match.LogsDecision}{Trail(ref match)}");
        matcher.Counters.CountDecision(match, packet);
        return text.ToString();
    }

    private static string Trail(ref RuleMatch match)
    {
        var text = new StringBuilder();
        for (int i = 0; i < match.Trail.Count; i++)
        {
            TrailEntry entry = match.Trail[i];
            text.Append(CultureInfo.InvariantCulture, $", {entry.Rule}{(entry.Gathered ? "g" : "")}{(entry.IsLogged ? "l" : "")}");
        }

        return text.ToString();
    }

    /// <summary>Any translation will do that the rules behind can see.</summary>
    private static PacketView Translate(PacketView packet, int translation)
    {
        UInt128 network = packet.IsV6 ? new UInt128(0x2001_0db8_0001_0002, 0) : 0x0a01_0200;
        UInt128 address = network + (uint)(translation * 29);
        if (!packet.HasPorts) return packet with { Destination = address };
        return (translation & 1) == 0
            ? packet with { Destination = address, DestinationPort = (ushort)(80 + (translation & 2)) }
            : packet with { Source = address, SourcePort = 1024 };
    }
}
