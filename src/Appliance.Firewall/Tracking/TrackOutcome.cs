namespace Appliance.Firewall;

/// <summary>What tracking decides about a segment of a known flow.</summary>
public enum TrackOutcome : byte
{
    /// <summary>It passes, and the state lives on: its timer starts again.</summary>
    Pass,

    /// <summary>It passes because it may be late or repeated. It proves nothing: no timer starts again.</summary>
    PassUnchanged,

    /// <summary>It fits nowhere: dropped as <c>tcp-window</c>, without an answer.</summary>
    Drop,

    /// <summary>
    /// Dropped as <c>tcp-window</c> and answered with a challenge ACK (RFC 5961 §3.2, §4.2, §5.2), within <see cref="ChallengeLimit"/>: a
    /// sender who means it proves that it can hear us.
    /// </summary>
    Challenge,

    /// <summary>
    /// Dropped as <c>tcp-window</c> and answered with a RST: the sender still has a connection of which the initiator knows nothing
    /// (RFC 9293 §3.10.7.3).
    /// </summary>
    Reset,

    /// <summary>The connection is over and this is the SYN of a new one: take the state away and judge the segment by the rules.</summary>
    Reuse,
}
