using Xunit;

namespace Appliance.Wire.Tests.Support;

internal static class NdpTypes
{
    /// <summary>A message with room for anything, of every type there is: the view takes it for one type only.</summary>
    public static void IsTheOnly<TView>(byte type, Truncation.Parser<TView> tryParse) where TView : allows ref struct
    {
        byte[] message = new byte[64];
        for (int candidate = 0; candidate <= byte.MaxValue; candidate++)
        {
            message[0] = (byte)candidate;
            Assert.True(tryParse(message, out _) == (candidate == type), $"type {candidate}");
        }
    }
}
