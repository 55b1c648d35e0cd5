using System.Diagnostics.CodeAnalysis;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>A kind whose values become a <typeparamref name="T"/>.</summary>
internal abstract class ValueKind<T> : ValueKind
    where T : notnull
{
    /// <summary>
    /// False: <paramref name="problem" /> says why, without key name and without what would be right. The scalar is not null.
    /// </summary>
    public abstract bool TryRead(ScalarNode scalar, [MaybeNullWhen(false)] out T value, out string problem);
}
