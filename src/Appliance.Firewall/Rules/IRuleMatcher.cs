namespace Appliance.Firewall;

/// <summary>
/// Judges packets by one <see cref="RuleList"/>. One belongs to one worker. It answers for every packet, allocates nothing, and keeps
/// nothing from one packet to the next but <see cref="Counters"/>.
/// </summary>
public interface IRuleMatcher
{
    RuleList Rules { get; }

    /// <summary>Evaluations, and the packets of match rules; the caller adds what becomes of the decision.</summary>
    RuleCounters Counters { get; }

    void Evaluate(in PacketView packet, ref RuleMatch match);

    /// <summary>
    /// Goes on behind <see cref="RuleMatch.Pending"/> with the packet as it is after the translation; family, direction, port and ordinal
    /// are the same.
    /// </summary>
    void Resume(in PacketView packet, ref RuleMatch match);
}
