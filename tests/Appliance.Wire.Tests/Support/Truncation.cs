using Xunit;

namespace Appliance.Wire.Tests.Support;

/// <summary>A header cut at every length: refused while a byte is missing, taken from there on.</summary>
internal static class Truncation
{
    public delegate bool Parser<TView>(Span<byte> bytes, out TView view) where TView : allows ref struct;

    public static void IsRefused<TView>(Parser<TView> tryParse, byte[] bytes, int neededLength) where TView : allows ref struct
    {
        for (int length = 0; length <= bytes.Length; length++)
            Assert.True((length >= neededLength) == tryParse(bytes.AsSpan(0, length), out _), $"{length} of {neededLength} bytes needed");
    }
}
