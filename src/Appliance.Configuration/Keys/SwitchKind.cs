using System.Collections.Immutable;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>
/// On or off. The booleans of the YAML 1.2 core schema (§10.3.2: true, True, TRUE) and, in lower case, the words of 1.1; quotes do not
/// matter.
/// </summary>
internal sealed class SwitchKind : ValueKind<bool>
{
    public override string Expected => "on or off";
    public override ImmutableArray<string> Words { get; } = ["on", "off", "true", "false", "yes", "no"];

    public override bool TryRead(ScalarNode scalar, out bool value, out string problem)
    {
        int index = Words.IndexOf(scalar.Text is "True" or "TRUE" or "False" or "FALSE" ? scalar.Text.ToLowerInvariant() : scalar.Text);
        value = index >= 0 && index % 2 == 0;
        problem = index >= 0 ? "" : $"{Wording.Quote(scalar.Text)} is neither";
        return index >= 0;
    }
}
