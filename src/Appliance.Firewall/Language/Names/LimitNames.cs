using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>The names of what <c>set limit</c> bounds.</summary>
public static class LimitNames
{
    // The order is that of PfLimit.
    private static readonly ImmutableArray<string> Names = ["states", "src-nodes", "frags", "table-entries", "anchors", "eth-anchors"];

    public static bool TryGetLimit(string name, out PfLimit limit)
    {
        int index = Names.IndexOf(name, StringComparer.Ordinal);
        limit = (PfLimit)Math.Max(index, 0);
        return index >= 0;
    }

    public static string NameOf(PfLimit limit) => Names[(int)limit];
}
