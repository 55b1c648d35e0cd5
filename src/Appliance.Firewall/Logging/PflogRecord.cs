using Appliance.Wire.Pflog;

namespace Appliance.Firewall;

/// <summary>
/// A log entry as a record of a pflog capture. Where pf leaves the name of the ruleset empty, for rules that stand in no anchor, the
/// rule's id stands, as far as it fits.
/// </summary>
public static class PflogRecord
{
    /// <summary>Bytes that a record has at most.</summary>
    public const int MaxLength = PflogFields.HeaderLength + LogBytes.Length;

    /// <summary>Bytes of the record, had the whole datagram been noted.</summary>
    public static int OriginalLength(LogEntry entry) => PflogFields.HeaderLength + entry.Length;

    /// <summary>Writes the record; answers its bytes, at most <see cref="MaxLength"/>.</summary>
    public static int Write(LogEntry entry, Span<byte> record)
    {
        new PflogFields
        {
            IsV6 = entry.IsV6,
            Action = (byte)entry.Action,
            Reason = (byte)entry.Reason,
            Interface = entry.Port,
            Ruleset = entry.Rule is null ? "" : entry.Rule.SubNumber is null ? entry.Rule.Id : entry.Rule.Anchor,
            Rule = entry.Rule is null ? PflogFields.NoRule : (uint)entry.Rule.Number,
            SubRule = entry.Rule?.SubNumber is { } sub ? (uint)sub : PflogFields.NoRule,
            Direction = (byte)entry.Direction,
            RuleIdentifier = entry.Rule?.Identifier ?? 0,
        }.WriteTo(record);
        entry.Datagram.Span.CopyTo(record[PflogFields.HeaderLength..]);
        return PflogFields.HeaderLength + entry.Datagram.Length;
    }
}
