using Appliance.Wire.Checksums;
using Xunit;

namespace Appliance.Wire.Tests.Checksums;

public sealed unsafe class ChecksumPointerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(1460)]
    public void Pointers_give_what_spans_give(int length)
    {
        byte[] source = new byte[length + 1], destination = new byte[length + 1];
        new Random(length).NextBytes(source);
        fixed (byte* from = source, to = destination)
        {
            Assert.Equal(InternetChecksum.Sum(source.AsSpan(0, length)), ChecksumKernel.Sum(from, length));
            ulong copied = ChecksumKernel.CopyAndSum(to, from, length);
            Assert.Equal(Rfc1071.Sum(source.AsSpan(0, length)), InternetChecksum.Fold(copied));
        }

        Assert.True(source.AsSpan(0, length).SequenceEqual(destination.AsSpan(0, length)));
    }
}
