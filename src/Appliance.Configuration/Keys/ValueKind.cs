using System.Collections.Immutable;

namespace Appliance.Configuration.Keys;

/// <summary>
/// What a single value may be. The kinds are the one source of what is legal; the JSON Schema is held against them by a test.
/// </summary>
internal abstract class ValueKind
{
    /// <summary>What would be right, to stand after "expected": <c>a whole number from 576 to 9216</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Every word that is legal as it stands; empty when the kind is not, or not only, an enumeration.</summary>
    public virtual ImmutableArray<string> Words => [];
}
