namespace Appliance.Configuration;

/// <summary>
/// A file that the configuration names: as written, as a path to open, and where its name stands, in which file. Not opened and not looked
/// for here. Two references are equal when they open the same path, wherever they stand.
/// </summary>
public sealed record FileReference(string Text, string Path, string NamedBy, TextPosition Position)
{
    public bool Equals(FileReference? other) => other is not null && string.Equals(Path, other.Path, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);

    public override string ToString() => Text;
}
