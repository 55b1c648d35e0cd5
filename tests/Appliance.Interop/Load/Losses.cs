using System.Collections.Immutable;

namespace Appliance.Interop.Load;

/// <summary>Counters by name, each of frames that ended at one place between sender and sink.</summary>
internal sealed record Losses(ImmutableSortedDictionary<string, long> Counters)
{
    public long Total => Counters.Values.Sum();

    public Losses Since(Losses before) => new(Counters.ToImmutableSortedDictionary(
        counter => counter.Key, counter => counter.Value - before.Counters.GetValueOrDefault(counter.Key), StringComparer.Ordinal));

    public override string ToString() => string.Join(
        ", ", Counters.Where(counter => counter.Value != 0).Select(counter => $"{counter.Key}: {counter.Value}").DefaultIfEmpty("none"));
}
