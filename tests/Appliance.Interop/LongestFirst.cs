using Appliance.Interop.Live;
using Xunit.Sdk;
using Xunit.v3;

namespace Appliance.Interop;

/// <summary>Those that take longest begin first, so that none of them is alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] s_long =
    [
        typeof(VanishingTests), typeof(ForwardingTests), typeof(PairTests), typeof(LearningTests), typeof(FirewallTests),
        typeof(SharedTablesTests), typeof(RunningTests), typeof(TransferTests),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(each => PlaceOf(each.TestCollectionDisplayName))];

    private static int PlaceOf(string name)
    {
        int place = Array.FindIndex(s_long, type => name.Contains(type.FullName!, StringComparison.Ordinal));
        return place < 0 ? s_long.Length : place;
    }
}
