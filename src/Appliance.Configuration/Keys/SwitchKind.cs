using System.Collections.Immutable;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>On or off. YAML 1.2 knows only true and false as booleans; the words of 1.1 are read as well, in lower case and with or without quotes.</summary>
internal sealed class SwitchKind : ValueKind<bool>
{
    public override string Expected => "on or off";
    public override ImmutableArray<string> Words { get; } = ["on", "off", "true", "false", "yes", "no"];

    public override bool TryRead(ScalarNode scalar, out bool value, out string problem)
    {
        int index = Words.IndexOf(scalar.Text);
        value = index >= 0 && index % 2 == 0;
        problem = index >= 0 ? "" : $"{Wording.Quote(scalar.Text)} is neither";
        return index >= 0;
    }
}
