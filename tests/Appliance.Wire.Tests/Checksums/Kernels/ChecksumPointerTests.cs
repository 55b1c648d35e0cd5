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

    [Theory]
    [InlineData("random")]
    [InlineData("ones")]
    public void Sums_by_lines_equal_the_slow_twin_at_every_even_address_and_have_nothing_of_what_else_is_in_a_line(string kind)
    {
        var data = new ChecksumData(kind, seed: 1071);
        for (int alignment = 0; alignment < 64; alignment += 2)
        {
            for (int length = ChecksumVector512.MinLineBytes; length <= 1600; length += length < 700 ? 1 : 13)
            {
                Span<byte> bytes = data.At(alignment, length);
                fixed (byte* first = bytes)
                    Assert.Equal(Rfc1071.Sum(bytes), InternetChecksum.Fold(ChecksumVector512.SumLines(first, length)));
            }
        }
    }
}
