using System.Collections.Immutable;

namespace Appliance.Fuzz;

/// <summary>How a run ended. What it found is in the text it wrote.</summary>
/// <param name="Held">Nothing was wrong.</param>
/// <param name="Inputs">Made and judged.</param>
/// <param name="NeverHit">Drop reasons that the path can give and this run never saw.</param>
/// <param name="AllocatedBytes">In the loop, by the appliance and everything around it.</param>
public sealed record FuzzOutcome(bool Held, long Inputs, ImmutableArray<string> NeverHit, long AllocatedBytes);
