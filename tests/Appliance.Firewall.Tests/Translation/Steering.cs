using Appliance.Engine;

namespace Appliance.Firewall.Tests;

/// <summary>Ways to steer, by one worker.</summary>
internal static class Steering
{
    public static SteeringRules Symmetric { get; } = With(RssKey.From(KeyedRandom.FromSeed(9)), symmetric: true, HashTypes.None, 128);

    public static SteeringRules With(RssKey key, bool symmetric, HashTypes types, int buckets) =>
        new(new ToeplitzHash(key), symmetric, types, IndirectionTable.Even(buckets, 1));
}
