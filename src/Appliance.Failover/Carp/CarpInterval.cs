namespace Appliance.Failover;

/// <summary>
/// How often a master speaks: base seconds and skew/256 s. The shorter interval wins. Exact: 1/256 s is 3,906,250 ns.
/// </summary>
public readonly record struct CarpInterval(byte BaseSeconds, byte Skew) : IComparable<CarpInterval>
{
    /// <summary>The largest skew that demotion can make (FreeBSD: CARP_MAXSKEW).</summary>
    public const byte MaxDemotedSkew = 240;

    private const int UnitsPerSecond = 256;
    private const long NanosecondsPerUnit = 1_000_000_000 / UnitsPerSecond;

    /// <summary>What a master that leaves says: nobody waits that long.</summary>
    public static readonly CarpInterval Leaving = new(byte.MaxValue, byte.MaxValue);

    /// <summary>In 1/256 s; never 0, for an interval of nothing would be spoken without end (OpenBSD has the same floor).</summary>
    public int Units => Math.Max((BaseSeconds * UnitsPerSecond) + Skew, 1);

    public long Nanoseconds => Units * NanosecondsPerUnit;

    /// <summary>
    /// How long a backup waits: three bases and one skew. With a base of 0, which OpenBSD and ucarp allow, three skews (OpenBSD).
    /// </summary>
    public long SilenceNanoseconds => NanosecondsPerUnit * (BaseSeconds == 0 ? 3 * Units : (3 * BaseSeconds * UnitsPerSecond) + Skew);

    /// <summary>
    /// Whether a master at this interval would time out here, at <paramref name="mine"/>, before it speaks again (FreeBSD: three of my
    /// bases and my demoted skew).
    /// </summary>
    public bool WouldTimeOut(CarpInterval mine) => Units * NanosecondsPerUnit > mine.SilenceNanoseconds;

    /// <summary>The interval with demotion in the skew: never below 0, never above 240 (FreeBSD: DEMOTE_ADVSKEW; PR 259528).</summary>
    public CarpInterval Demoted(int demotion) => this with { Skew = (byte)Math.Clamp((long)Skew + demotion, 0, MaxDemotedSkew) };

    public int CompareTo(CarpInterval other) => Units.CompareTo(other.Units);

    public static bool operator <(CarpInterval left, CarpInterval right) => left.Units < right.Units;
    public static bool operator >(CarpInterval left, CarpInterval right) => left.Units > right.Units;
    public static bool operator <=(CarpInterval left, CarpInterval right) => left.Units <= right.Units;
    public static bool operator >=(CarpInterval left, CarpInterval right) => left.Units >= right.Units;
}
