using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>A power of two within bounds that are powers of two themselves.</summary>
internal sealed class PowerOfTwoKind(int minimum, int maximum) : ValueKind<int>
{
    private readonly NumberKind _number = new(minimum, maximum);

    public ImmutableArray<int> Values { get; } = [.. Enumerable.Range(minimum, maximum - minimum + 1).Where(BitOperations.IsPow2)];

    public override string Expected => Wording.Or([.. Values.Select(value => value.ToString(CultureInfo.InvariantCulture))]);

    public override bool TryRead(ScalarNode scalar, out int value, out string problem)
    {
        if (!_number.TryRead(scalar, out value, out problem)) return false;
        if (!BitOperations.IsPow2(value)) problem = $"{value} is not a power of two";
        return problem.Length == 0;
    }
}
