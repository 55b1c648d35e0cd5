using System.Globalization;

namespace Appliance.Firewall;

/// <summary>Ids that tell rules apart: the k-th rule of the same id (k of 2 and more) gets <c>#k</c> behind it.</summary>
public sealed class RuleIds
{
    private readonly Dictionary<string, int> _given = new(StringComparer.Ordinal);

    /// <summary>To be asked once for each rule, in the order of the ruleset. <paramref name="id"/> is the label, else FILE:LINE.</summary>
    public string Next(string id)
    {
        int k = _given[id] = _given.GetValueOrDefault(id) + 1;
        return k == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}#{k}");
    }
}
