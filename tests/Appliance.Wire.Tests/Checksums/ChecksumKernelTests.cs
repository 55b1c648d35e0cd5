using System.Runtime.InteropServices;
using Appliance.Wire.Checksums;
using Xunit;

namespace Appliance.Wire.Tests.Checksums;

public sealed class ChecksumKernelTests
{
    private delegate ulong SumOf(ref byte bytes, nint length);

    private delegate ulong CopyOf(ref byte destination, ref byte source, nint length);

    [Theory]
    [InlineData("random")]
    [InlineData("ones")]
    [InlineData("zeros")]
    public void The_sum_equals_the_slow_twin_at_every_length_and_alignment(string kind) =>
        SumEqualsTwin(kind, ChecksumKernel.Sum, shortest: 0, longest: ChecksumData.Longest, alignmentStep: 1);

    [Theory]
    [InlineData("random")]
    [InlineData("ones")]
    [InlineData("zeros")]
    public void Each_path_equals_the_slow_twin(string kind)
    {
        SumEqualsTwin(kind, ChecksumScalar.Sum, shortest: 0, longest: ChecksumData.Longest, alignmentStep: 7);
        SumEqualsTwin(kind, ChecksumVector256.Sum, ChecksumVector256.BlockLength, ChecksumData.Longest, alignmentStep: 7);
        SumEqualsTwin(kind, ChecksumVector512.Sum, ChecksumVector512.BlockLength, ChecksumData.Longest, alignmentStep: 7);
        SumEqualsTwin(kind, (ref byte bytes, nint _) => ChecksumVector256.Sum64(ref bytes), shortest: 64, longest: 64, alignmentStep: 1);
        SumEqualsTwin(kind, (ref byte bytes, nint _) => ChecksumScalar.Sum20(ref bytes), shortest: 20, longest: 20, alignmentStep: 1);
    }

    [Fact]
    public void Each_copying_path_copies_all_and_nothing_else_and_sums_like_the_slow_twin()
    {
        CopyEqualsTwin(ChecksumKernel.CopyAndSum, shortest: 0);
        CopyEqualsTwin(ChecksumScalar.CopyAndSum, shortest: 0);
        CopyEqualsTwin(ChecksumVector256.CopyAndSum, ChecksumVector256.BlockLength);
        CopyEqualsTwin(ChecksumVector512.CopyAndSum, ChecksumVector512.BlockLength);
    }

    [Fact]
    public void Megabytes_of_ones_lose_no_carry()
    {
        byte[] bytes = new byte[(8 << 20) + 6];
        bytes.AsSpan().Fill(0xff);
        bytes[^1] = 0xfe;
        ref byte first = ref MemoryMarshal.GetArrayDataReference(bytes);
        ushort expected = Rfc1071.Sum(bytes);
        Assert.Equal(expected, InternetChecksum.Fold(ChecksumScalar.Sum(ref first, bytes.Length)));
        Assert.Equal(expected, InternetChecksum.Fold(ChecksumVector256.Sum(ref first, bytes.Length)));
        Assert.Equal(expected, InternetChecksum.Fold(ChecksumVector512.Sum(ref first, bytes.Length)));
    }

    private static void SumEqualsTwin(string kind, SumOf sum, int shortest, int longest, int alignmentStep)
    {
        var data = new ChecksumData(kind, seed: 1071);
        for (int alignment = 0; alignment < 64; alignment += alignmentStep)
        {
            Span<byte> bytes = data.At(alignment, longest);
            uint twin = 0;                                            // of the first 'length' bytes: RFC 1071's sum grows byte by byte
            for (int length = 0; length <= longest; length++)
            {
                if (length > 0) twin = Rfc1071.AddWord(twin, (length & 1) != 0 ? (uint)bytes[length - 1] << 8 : bytes[length - 1]);
                if (length < shortest) continue;
                ushort actual = InternetChecksum.Fold(sum(ref MemoryMarshal.GetReference(bytes), length));
                if (actual != twin) Assert.Fail($"length {length} at alignment {alignment}: {actual:x4}, the twin says {twin:x4}");
            }
        }
    }

    private static void CopyEqualsTwin(CopyOf copyAndSum, int shortest)
    {
        var source = new ChecksumData("random", seed: 1624);
        byte[] destination = new byte[ChecksumData.Longest + 2];
        for (int length = shortest; length <= ChecksumData.Longest; length += length < 700 ? 1 : 13)
        {
            Span<byte> from = source.At(length % 64, length);
            destination.AsSpan().Fill(0xa5);
            ulong sum = copyAndSum(ref destination[1], ref MemoryMarshal.GetReference(from), length);
            Assert.Equal(Rfc1071.Sum(from), InternetChecksum.Fold(sum));
            Assert.True(from.SequenceEqual(destination.AsSpan(1, length)), $"{length} bytes were not copied as they are");
            Assert.Equal(0xa5, destination[0]);
            Assert.Equal(-1, destination.AsSpan(length + 1).IndexOfAnyExcept((byte)0xa5));
        }
    }
}
