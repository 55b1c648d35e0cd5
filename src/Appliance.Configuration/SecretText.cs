using System.Diagnostics;

namespace Appliance.Configuration;

/// <summary>A secret that does not print: neither in messages nor in a debugger's view. Equal by content.</summary>
[DebuggerDisplay("***")]
public sealed class SecretText(string text) : IEquatable<SecretText>
{
    private readonly string _text = text;

    /// <summary>The secret itself, for the code that needs it.</summary>
    public string Reveal() => _text;

    public bool Equals(SecretText? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as SecretText);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    public override string ToString() => "***";
}
