namespace Appliance.Wire.Tests.Support;

internal static class Hex
{
    /// <summary>Bytes from hexadecimal digits; anything else between them (blanks, line ends, colons) is passed over.</summary>
    public static byte[] Bytes(string text) => Convert.FromHexString(string.Concat(text.Where(char.IsAsciiHexDigit)));
}
