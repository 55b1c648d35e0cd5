using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Wire.Tests.Checksums;

public sealed class InternetChecksumTests
{
    [Fact]
    public void The_example_of_Rfc_1071_section_3_comes_out()
    {
        byte[] bytes = Convert.FromHexString("0001f203f4f5f6f7");
        Assert.Equal(0xddf2, InternetChecksum.Fold(InternetChecksum.Sum(bytes)));
        Assert.Equal(0x220d, InternetChecksum.Finish(InternetChecksum.Sum(bytes)));
    }

    [Fact]
    public void A_header_with_its_checksum_is_valid_and_with_any_bit_flipped_it_is_not()
    {
        byte[] header = Convert.FromHexString("450000730000400040110000c0a80001c0a800c7");
        Assert.Equal(0xb861, InternetChecksum.Finish(InternetChecksum.Sum(header)));
        (header[10], header[11]) = (0xb8, 0x61);
        Assert.True(InternetChecksum.IsValid(InternetChecksum.Sum(header)));
        for (int bit = 0; bit < 8 * header.Length; bit++)
        {
            header[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(InternetChecksum.IsValid(InternetChecksum.Sum(header)));
            header[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Nothing_sums_to_zero_and_only_zeros_do()
    {
        Assert.Equal(0, InternetChecksum.Fold(InternetChecksum.Sum([])));
        Assert.Equal(0, InternetChecksum.Fold(InternetChecksum.Sum(new byte[100])));
        Assert.Equal(0xffff, InternetChecksum.Fold(InternetChecksum.Sum([0xff, 0xff, 0xff, 0xff])));
        Assert.False(InternetChecksum.IsValid(InternetChecksum.Sum(new byte[20])));
    }

    /// <summary>As folding has it (RFC 1071): all that lies about a multiple of 0xffff, small and large, and sums at random.</summary>
    [Fact]
    public void A_sum_is_valid_that_folds_to_all_ones_and_no_other()
    {
        var random = new Random(1071);
        int valid = 0;
        for (int i = 0; i < 300_000; i++)
        {
            ulong multiple = (ulong)random.NextInt64() >> random.Next(64), at = unchecked(multiple * 0xffff);
            foreach (ulong sum in (ulong[])[(ulong)i, ulong.MaxValue - (ulong)i, at - 1, at, at + 1, multiple])
            {
                bool isValid = InternetChecksum.Fold(sum) == 0xffff;
                Assert.True(isValid == InternetChecksum.IsValid(sum), $"{sum:x}");
                valid += isValid ? 1 : 0;
            }
        }

        Assert.True(valid > 100_000);
    }

    [Fact]
    public void Sums_of_pieces_of_even_length_add_up()
    {
        byte[] bytes = new byte[1461];
        new Random(7).NextBytes(bytes);
        for (int cut = 0; cut < bytes.Length; cut += 2)
        {
            ulong sum = InternetChecksum.Sum(bytes.AsSpan(0, cut)) + InternetChecksum.Sum(bytes.AsSpan(cut));
            Assert.Equal(Rfc1071.Sum(bytes), InternetChecksum.Fold(sum));
        }
    }

    [Fact]
    public void Folding_agrees_with_the_remainder_of_division_by_65535()
    {
        var random = new Random(16);
        for (int i = 0; i < 100_000; i++)
        {
            ulong sum = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            ulong remainder = sum % 0xffff;
            ulong expected = remainder != 0 ? remainder : sum == 0 ? 0ul : 0xffff;
            Assert.Equal(expected, (ulong)System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(InternetChecksum.Fold(sum)));
        }
    }

    [Fact]
    public void Pseudo_headers_of_both_families_equal_the_bytes_that_the_standards_draw()
    {
        var random = new Random(793);
        Span<byte> v4 = stackalloc byte[12], v6 = stackalloc byte[40];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(v4);
            random.NextBytes(v6);
            (v4[8], v6[36], v6[37], v6[38], v6[32]) = (0, 0, 0, 0, 0);
            var protocol = (IpProtocol)v4[9];
            v6[39] = v4[9];
            int length4 = (v4[10] << 8) | v4[11], length6 = (v6[33] << 16) | (v6[34] << 8) | v6[35];
            ulong sum4 = InternetChecksum.PseudoHeader(Ipv4Address.Read(v4), Ipv4Address.Read(v4[4..]), protocol, length4);
            ulong sum6 = InternetChecksum.PseudoHeader(Ipv6Address.Read(v6), Ipv6Address.Read(v6[16..]), protocol, length6);
            Assert.Equal(Rfc1071.Sum(v4), InternetChecksum.Fold(sum4));
            Assert.Equal(Rfc1071.Sum(v4), InternetChecksum.Fold(InternetChecksum.Ipv4PseudoHeader(v4, protocol, length4)));
            Assert.Equal(Rfc1071.Sum(v6), InternetChecksum.Fold(sum6));
            Assert.Equal(Rfc1071.Sum(v6), InternetChecksum.Fold(InternetChecksum.Ipv6PseudoHeader(v6, protocol, length6)));
        }
    }

    [Fact]
    public void A_copy_needs_room() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InternetChecksum.CopyAndSum(new byte[5], new byte[4]));

    [Fact]
    public void Udp_sends_zero_as_all_ones()
    {
        Assert.Equal(0xffff, InternetChecksum.ZeroAsAllOnes(0));
        for (int checksum = 1; checksum <= 0xffff; checksum++) Assert.Equal(checksum, InternetChecksum.ZeroAsAllOnes((ushort)checksum));
    }
}
