using System.Globalization;

namespace Appliance.Configuration;

/// <summary>A place in a text, both counts from 1. A column is a UTF-16 unit, as editors count.</summary>
public readonly record struct TextPosition(int Line, int Column)
{
    public static readonly TextPosition Start = new(1, 1);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}
