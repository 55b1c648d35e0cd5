using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Wire.Tests.Checksums;

public sealed class ChecksumDeltaTests
{
    private static readonly ushort[] Corners = [0, 1, 0xff, 0x100, 0x3f11, 0x7fff, 0x8000, 0xfffe, 0xffff];

    [Fact]
    public void The_example_of_Rfc_1624_section_4_comes_out() =>
        Assert.Equal(0x0000, ChecksumDelta.Replace(0xdd2f, (ushort)0x5555, (ushort)0x3285));

    /// <summary>
    /// The data is the word m, a word that makes the checksum right, and the checksum: all 65,536 checksums, the corners of m and m'.
    /// </summary>
    [Fact]
    public void For_every_checksum_of_valid_data_replacing_a_word_equals_computing_anew()
    {
        int compared = 0;
        for (int checksum = 0; checksum <= 0xffff; checksum++)
        {
            foreach (ushort oldWord in Corners)
            {
                foreach (ushort newWord in Corners) compared += Compare((ushort)checksum, oldWord, newWord);
            }
        }

        Assert.InRange(compared, 65_536 * 81, 65_536 * 81 * 2);
    }

    [Fact]
    public void For_every_old_or_new_word_replacing_it_equals_computing_anew()
    {
        int compared = 0;
        for (int word = 0; word <= 0xffff; word++)
        {
            foreach (ushort checksum in Corners)
            {
                foreach (ushort other in Corners)
                    compared += Compare(checksum, (ushort)word, other) + Compare(checksum, other, (ushort)word);
            }
        }

        Assert.InRange(compared, 2 * 65_536 * 80, 4 * 65_536 * 81);
    }

    [Fact]
    public void Words_of_any_width_and_sums_of_differences_equal_computing_anew()
    {
        var random = new Random(1624);
        byte[] data = new byte[64];
        for (int i = 0; i < 50_000; i++)
        {
            random.NextBytes(data);
            ushort before = Rfc1071.Checksum(data);
            var oldV6 = Ipv6Address.Read(data.AsSpan(8));
            var oldV4 = Ipv4Address.Read(data.AsSpan(30));
            ushort oldPort = (ushort)((data[40] << 8) | data[41]);
            random.NextBytes(data.AsSpan(8, 16));
            ushort afterV6 = Rfc1071.Checksum(data);
            var newV6 = Ipv6Address.Read(data.AsSpan(8));
            Assert.Equal(afterV6, ChecksumDelta.Replace(before, oldV6.Value, newV6.Value));
            random.NextBytes(data.AsSpan(30, 4));
            ushort afterV4 = Rfc1071.Checksum(data);
            var newV4 = Ipv4Address.Read(data.AsSpan(30));
            Assert.Equal(afterV4, ChecksumDelta.Replace(afterV6, oldV4.Value, newV4.Value));
            random.NextBytes(data.AsSpan(40, 2));
            ushort newPort = (ushort)((data[40] << 8) | data[41]);
            ulong all = ChecksumDelta.Difference(oldV6, newV6) + ChecksumDelta.Difference(oldV4, newV4);
            all += ChecksumDelta.Difference(oldPort, newPort);
            Assert.Equal(Rfc1071.Checksum(data), ChecksumDelta.Apply(before, all));
            Assert.Equal(Rfc1071.Checksum(data), ChecksumDelta.Apply(before, ChecksumDelta.Fold(all)));
        }
    }

    [Fact]
    public void A_difference_folded_beforehand_gives_the_same_for_every_checksum_and_difference()
    {
        for (int checksum = 0; checksum <= 0xffff; checksum++)
        {
            for (int difference = 1 + (checksum % 61); difference <= 0xffff; difference += 61)      // every difference for 1,074 checksums
            {
                ushort expected = ChecksumDelta.Apply((ushort)checksum, (ulong)difference);
                ushort actual = ChecksumDelta.ApplyFolded((ushort)checksum, (ushort)difference);
                if (actual != expected) Assert.Fail($"HC {checksum:x4} and {difference:x4}: {actual:x4}, in full {expected:x4}");
            }

            if (ChecksumDelta.ApplyFolded((ushort)checksum, 0xffff) != ChecksumDelta.Apply((ushort)checksum, 0xffffUL))
                Assert.Fail($"HC {checksum:x4} and ffff");
        }
    }

    [Fact]
    public void A_wrong_checksum_stays_wrong_by_the_same_amount()
    {
        for (int error = 1; error < 0xffff; error++)                  // 0xffff would be no error: it is the other zero
        {
            ushort right = 0x1234, wrong = (ushort)~Rfc1071.AddWord((ushort)~right, (uint)error);
            ushort rightAfter = ChecksumDelta.Replace(right, (ushort)0x4006, (ushort)0x3f06);
            ushort wrongAfter = ChecksumDelta.Replace(wrong, (ushort)0x4006, (ushort)0x3f06);
            Assert.NotEqual(rightAfter, wrongAfter);
            Assert.Equal(rightAfter, ChecksumDelta.Replace(wrongAfter, (ushort)error, (ushort)0));
        }
    }

    /// <summary>1 or 2 comparisons; 0 when there is no valid data with these words that is not all zeros before or after.</summary>
    private static int Compare(ushort checksum, ushort oldWord, ushort newWord)
    {
        ushort partner = (ushort)~Rfc1071.AddWord(Rfc1071.AddWord(0, checksum), oldWord);       // m + partner + HC = 0xffff
        int compared = CompareWithPartner(checksum, oldWord, newWord, partner);
        return partner is 0 or 0xffff ? compared + CompareWithPartner(checksum, oldWord, newWord, (ushort)~partner) : compared;
    }

    private static int CompareWithPartner(ushort checksum, ushort oldWord, ushort newWord, ushort partner)
    {
        bool zerosBefore = oldWord == 0 && partner == 0, zerosAfter = newWord == 0 && partner == 0;
        if (zerosBefore || zerosAfter) return 0;                      // no datagram is all zeros: an IP header has a version
        uint sum = Rfc1071.AddWord(Rfc1071.AddWord(0, newWord), partner);
        ushort expected = (ushort)~sum, actual = ChecksumDelta.Replace(checksum, oldWord, newWord);
        if (actual != expected) Assert.Fail($"HC {checksum:x4}, {oldWord:x4} -> {newWord:x4}: {actual:x4}, computed anew {expected:x4}");
        return 1;
    }
}
