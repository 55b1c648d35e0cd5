using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>Where something stands in a ruleset: the file as it was named, line and column from 1.</summary>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
