using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Xunit;

namespace Appliance.Wire.Tests.Support;

internal static class NdpTruncation
{
    private static readonly Ipv6Address AllNodes = new(new UInt128(0xff02_0000_0000_0000, 1));

    /// <summary>A valid message cut at every length: too short, cut within an option, or cut between two and then valid.</summary>
    public static void IsJudged(Ipv6Address source, byte[] message, int headerLength, int[] validLengths)
    {
        for (int length = 0; length <= message.Length; length++)
        {
            NdpVerdict otherwise = length < headerLength ? NdpVerdict.TooShort : NdpVerdict.Option;
            NdpVerdict expected = validLengths.Contains(length) ? NdpVerdict.Valid : otherwise;
            NdpVerdict verdict = NdpValidity.Judge(source, AllNodes, 255, message.AsSpan(0, length));
            Assert.True(expected == verdict, $"{length} bytes: {verdict}, not {expected}");
        }
    }
}
