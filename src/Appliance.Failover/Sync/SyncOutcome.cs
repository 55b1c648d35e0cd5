namespace Appliance.Failover;

/// <summary>What a worker counts of sync, beside what became of each record.</summary>
public enum SyncOutcome
{
    /// <summary>States told to the peer that nothing had happened to.</summary>
    Told,

    /// <summary>Streams of which all was told.</summary>
    StreamsTold,

    /// <summary>States that ended because the peer, whose states count, does not have them.</summary>
    Swept,

    /// <summary>Comparisons in which both held the same.</summary>
    Equal,

    /// <summary>Comparisons in which they did not.</summary>
    Different,

    /// <summary>Streams of which a change was lost here, and all was told again.</summary>
    Torn,

    /// <summary>Records for a stream that had gone to another worker meanwhile; the stream is compared again.</summary>
    Misdelivered,

    /// <summary>Records of a kind that is not known here.</summary>
    Unknown,
}
