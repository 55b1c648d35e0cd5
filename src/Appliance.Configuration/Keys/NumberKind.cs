using System.Globalization;
using Appliance.Configuration.Yaml;

namespace Appliance.Configuration.Keys;

/// <summary>A decimal whole number: digits without sign, leading zero, exponent or quotes.</summary>
internal sealed class NumberKind(int minimum, int maximum, string note = "") : ValueKind<int>
{
    public int Minimum => minimum;
    public int Maximum => maximum;

    public override string Expected => minimum == maximum ? $"{minimum}" : $"a whole number from {minimum} to {maximum}{note}";

    public override bool TryRead(ScalarNode scalar, out int value, out string problem)
    {
        value = 0;
        string text = scalar.Text;
        bool isDecimal = text.Length > 0 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');
        problem = (isDecimal, scalar.IsPlain) switch
        {
            (false, _) => $"{Wording.Quote(text)} is not a decimal number",
            (_, false) => $"{Wording.Quote(text)} is text because of its quotes",
            _ when !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) || value < minimum || value > maximum
                => $"{Wording.Quote(text)} is out of range",
            _ => "",
        };
        return problem.Length == 0;
    }
}
