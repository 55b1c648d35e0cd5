using System.Reflection;
using Appliance.Testing;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Appliance.Interop;

/// <summary>Another row of a theory that is shown once for a person who waits: at that size it is skipped, with this reason.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class VariationAttribute(params object?[]? data) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([
            new TheoryDataRow(data ?? [null])
            {
                Skip = "a variation: CI=true and make soak have it",
                SkipType = typeof(TestSize),
                SkipUnless = nameof(TestSize.HasVariations),
            },
        ]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
