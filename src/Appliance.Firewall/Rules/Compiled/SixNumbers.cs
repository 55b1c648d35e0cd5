using System.Runtime.CompilerServices;

namespace Appliance.Firewall;

/// <summary>A number for each <see cref="Dimension"/>.</summary>
[InlineArray(Dimension.Count)]
internal struct SixNumbers
{
    private uint _first;
}
