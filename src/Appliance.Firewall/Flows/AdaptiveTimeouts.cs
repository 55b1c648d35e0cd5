namespace Appliance.Firewall;

/// <summary>
/// Timeouts that shrink as states become many (pf.conf(5), adaptive.start and adaptive.end): in full up to <paramref name="Start"/> states,
/// from there in proportion to what is left to <paramref name="End"/>, and nothing there. Zeros: they never do.
/// </summary>
public readonly record struct AdaptiveTimeouts(int Start, int End)
{
    public static readonly AdaptiveTimeouts Off;

    /// <summary>Whether a timeout shrinks at this number of states.</summary>
    public bool Apply(int states) => End > 0 && states > Start && Start < End;

    /// <summary>In whole seconds, as pf computes.</summary>
    public uint Scale(uint seconds, int states)
    {
        if (!Apply(states)) return seconds;
        return states < End ? (uint)((ulong)seconds * (ulong)(End - states) / (ulong)(End - Start)) : 0;
    }
}
