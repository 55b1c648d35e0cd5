using System.Globalization;

namespace Appliance.Simulation;

/// <summary>How the pair of a world is configured. There are few thousands of them at most.</summary>
internal sealed record PairProfile
{
    /// <summary>advskew of the worse box; the better one has none.</summary>
    public int WorseSkew { get; init; } = 100;

    public bool Preempts { get; init; } = true;

    /// <summary>Seconds.</summary>
    public int HoldDown { get; init; } = 1;

    /// <summary>Of the lane; the detection time is four of them. 0: there is no lane.</summary>
    public int HeartbeatMilliseconds { get; init; } = 100;

    public int Workers { get; init; } = 1;

    /// <summary>Of the worse box: flows are to find their buckets there all the same. Null: as many.</summary>
    public int? WorseWorkers { get; init; }

    /// <summary>With a ruleset and translation to the virtual address; without, a router.</summary>
    public bool Translates { get; init; }

    /// <summary>Adverts go to the peer's own address instead of to the group.</summary>
    public bool IsUnicast { get; init; }

    /// <summary>The virtual addresses are at the MAC addresses of the ports.</summary>
    public bool UsesPortMac { get; init; }

    /// <summary>Virtual addresses of both families.</summary>
    public bool HasIpv6 { get; init; }

    /// <summary>Further addresses of each group.</summary>
    public int Aliases { get; init; }

    /// <summary>Each box is the better one of one group.</summary>
    public bool SharesLoad { get; init; }

    public bool HasLane => HeartbeatMilliseconds > 0;

    public long DetectNanoseconds => 4 * HeartbeatMilliseconds * Duration.Millisecond;

    /// <summary>Nanoseconds between two adverts of the slower box.</summary>
    public long AdvertInterval => Duration.Second + (WorseSkew * Duration.Second / 256);

    /// <summary>After so long without an advert the slower box takes over.</summary>
    public long Silence => (3 * Duration.Second) + (WorseSkew * Duration.Second / 256);

    /// <summary>Anything that a configuration may say, in a mix that makes worlds quick.</summary>
    /// <param name="chance">Of the profile.</param>
    /// <param name="difference">Of what the boxes do not have in common.</param>
    public static PairProfile Draw(WorldRandom chance, WorldRandom difference) => new()
    {
        WorseSkew = chance.OneOf(20, 100, 100, 200),
        Preempts = chance.Chance(700),
        HoldDown = chance.OneOf(0, 1, 3),
        HeartbeatMilliseconds = chance.OneOf(0, 0, 20, 50, 100, 100, 100),
        Workers = chance.OneOf(1, 1, 1, 2),
        Translates = chance.Chance(500),
        IsUnicast = chance.Chance(200),
        UsesPortMac = chance.Chance(200),
        HasIpv6 = chance.Chance(300),
        Aliases = chance.OneOf(0, 0, 0, 2),
        WorseWorkers = difference.Chance(150) ? difference.OneOf(1, 2, 3) : null,
    };

    /// <summary>In one line, for whoever reads about a world.</summary>
    public override string ToString() => string.Join(", ", Words());

    private IEnumerable<string> Words()
    {
        yield return HasLane ? string.Create(CultureInfo.InvariantCulture, $"lane every {HeartbeatMilliseconds} ms") : "no lane";
        yield return string.Create(CultureInfo.InvariantCulture, $"advskew 0 and {WorseSkew}");
        yield return Preempts ? string.Create(CultureInfo.InvariantCulture, $"preempt after {HoldDown} s") : "no preempt";
        yield return Translates ? "translation" : "routing";
        yield return string.Create(CultureInfo.InvariantCulture, $"vcpus {Workers}");
        if (WorseWorkers is { } workers) yield return string.Create(CultureInfo.InvariantCulture, $"{workers} of the worse box");
        if (IsUnicast) yield return "unicast peers";
        if (UsesPortMac) yield return "the ports' own MAC addresses";
        if (HasIpv6) yield return "both families";
        if (Aliases > 0) yield return string.Create(CultureInfo.InvariantCulture, $"{Aliases} aliases");
    }
}
