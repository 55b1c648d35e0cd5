using System.Globalization;
using System.Text;

namespace Appliance.Firewall;

/// <summary>
/// A log entry as a line of OPNsense's filterlog: comma-separated, without the syslog header before it. Fields, in order (description.txt
/// of opnsense/filterlog):
/// <code>
///     rule number, number in the anchor, anchor, rule id, interface, reason, action, direction,
///     4, tos, ecn, ttl, id, offset, flags, protocol number, protocol, length, source, destination,
///     6, class, flow, hop limit, protocol, protocol number, length, source, destination,
/// </code>
/// and what <see cref="FilterLogTransport"/> writes. Where filterlog has the rule's label, and 0 without one, stands the rule's id; a comma
/// in it is written as a semicolon.
/// </summary>
public static class FilterLogText
{
    public static string Of(LogEntry entry)
    {
        var line = new StringBuilder(160);
        AppendRule(line, entry);
        line.Append(CultureInfo.InvariantCulture, $"{entry.Port},{LogNames.Of(entry.Reason)},");
        line.Append(CultureInfo.InvariantCulture, $"{ActionOf(entry)},{LogNames.Of(entry.Direction)},");
        if (entry.IsV6) FilterLogNetwork.AppendIpv6(line, entry);
        else FilterLogNetwork.AppendIpv4(line, entry);
        return line.ToString();
    }

    private static void AppendRule(StringBuilder line, LogEntry entry)
    {
        if (entry.Rule is not { } rule)
        {
            line.Append(",,,0,");
            return;
        }

        string id = rule.Id.Replace(',', ';');
        if (rule.SubNumber is { } sub) line.Append(CultureInfo.InvariantCulture, $"{rule.Number},{sub},{rule.Anchor},{id},");
        else line.Append(CultureInfo.InvariantCulture, $"{rule.Number},,,{id},");
    }

    /// <summary>filterlog has no word for a match rule.</summary>
    private static string ActionOf(LogEntry entry) =>
        entry.Action == LogAction.Match ? $"unknown({(int)LogAction.Match})" : LogNames.Of(entry.Action);
}
