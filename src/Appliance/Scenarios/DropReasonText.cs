using Appliance.Engine;

namespace Appliance.Scenarios;

/// <summary>Drop reasons by the names that reports give them.</summary>
internal static class DropReasonText
{
    private static readonly Dictionary<string, DropReason> ByName = Enum.GetValues<DropReason>()
        .Where(reason => reason != DropReason.None)
        .ToDictionary(reason => DropReasonNames.Of(reason), StringComparer.Ordinal);

    /// <summary>Null: there is none of that name.</summary>
    public static DropReason? Parse(string name) => ByName.TryGetValue(name, out DropReason reason) ? reason : null;
}
