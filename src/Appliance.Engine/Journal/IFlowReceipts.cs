namespace Appliance.Engine;

/// <summary>
/// How much the peer is known to have of what was written into an <see cref="IFlowJournal"/>. What is asked of a bucket is asked by the
/// worker that has it, or had it a moment ago.
/// </summary>
public interface IFlowReceipts
{
    /// <summary>
    /// The time that the two have been together, another each time that they begin anew; <see cref="Apart"/>: they are not. What was
    /// written in one such time says nothing in another.
    /// </summary>
    long Session { get; }

    /// <summary>Nobody acknowledges now.</summary>
    const long Apart = 0;

    /// <summary>Whether new flows are to wait for it now.</summary>
    bool AreAwaited { get; }

    /// <summary>A mark behind all that was written of a bucket so far.</summary>
    ulong WrittenOf(int bucket);

    /// <summary>The mark up to which the peer has all, in its memory: it looks at no frame before it knows it.</summary>
    ulong AcknowledgedOf(int bucket);

    /// <summary>Something of the bucket was lost on its way to the peer, and is to be told again.</summary>
    bool IsTorn(int bucket);
}
