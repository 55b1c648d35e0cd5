using System.Collections.Immutable;
using System.Text;

namespace Appliance.Engine;

/// <summary>The names under which drop reasons are counted and shown: <c>NoRoute</c> is <c>no-route</c>.</summary>
public static class DropReasonNames
{
    private static readonly ImmutableArray<string> Names = [.. Enum.GetNames<DropReason>().Select(ToKebabCase)];

    /// <summary>How many reasons there are, <see cref="DropReason.None"/> included.</summary>
    public static int Count => Names.Length;

    public static string Of(DropReason reason) => Names[(int)reason];

    private static string ToKebabCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i])) text.Append('-');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
