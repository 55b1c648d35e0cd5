using System.Buffers.Binary;
using Xunit;

namespace Appliance.Engine.Tests.Time;

public sealed class KeyedRandomTests
{
    /// <summary>
    /// vectors_sip64 of the reference implementation (https://github.com/veorq/SipHash): key 00 01 … 0f, message 00 01 … n-1; those of
    /// whole words.
    /// </summary>
    [Theory]
    [InlineData(0, "310e0edd47db6f72")]
    [InlineData(8, "6224939a79f5f593")]
    [InlineData(16, "db9bc2577fcc2a3f")]
    [InlineData(24, "94af49f6c650adb8")]
    [InlineData(32, "ce7cf2722f512771")]
    [InlineData(40, "d0a704536ba93e0e")]
    [InlineData(48, "51a9cb9ecba312e6")]
    [InlineData(56, "bd838d3aafbf8db7")]
    public void SipHash_gives_the_reference_vectors(int length, string expected)
    {
        var words = new ulong[length / 8];
        for (int i = 0; i < words.Length; i++)
            words[i] = 0x0706_0504_0302_0100ul + ((ulong)i * 0x0808_0808_0808_0808ul);
        var hash = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, KeyedRandom.SipHash24(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908, words));
        Assert.Equal(expected, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void A_draw_is_SipHash_of_subject_purpose_and_attempt()
    {
        var random = new KeyedRandom(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        ulong words = random.Draw((RandomPurpose)0x1716_1514, 0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908, 0x1312_1110);
        Assert.Equal(0xb8ad_50c6_f649_af94, words);             // the vector of 24 bytes
    }

    [Fact]
    public void The_same_question_has_the_same_answer()
    {
        KeyedRandom one = KeyedRandom.FromSeed(1), again = KeyedRandom.FromSeed(1);
        ulong first = one.Draw(RandomPurpose.SteeringKey, 2, 3, 4);
        one.Draw(RandomPurpose.SteeringKey, 5, 6, 7);
        Assert.Equal(first, one.Draw(RandomPurpose.SteeringKey, 2, 3, 4));
        Assert.Equal(first, again.Draw(RandomPurpose.SteeringKey, 2, 3, 4));
    }

    [Fact]
    public void Seed_purpose_subject_and_attempt_each_change_the_answer()
    {
        KeyedRandom random = KeyedRandom.FromSeed(1);
        ulong[] draws =
        [
            random.Draw(RandomPurpose.SteeringKey, 2, 3, 4),
            random.Draw(RandomPurpose.SteeringKey + 1, 2, 3, 4),
            random.Draw(RandomPurpose.SteeringKey, 3, 3, 4),
            random.Draw(RandomPurpose.SteeringKey, 3, 2, 4),
            random.Draw(RandomPurpose.SteeringKey, 2, 4, 3),
            random.Draw(RandomPurpose.SteeringKey, 2, 3, 5),
            KeyedRandom.FromSeed(2).Draw(RandomPurpose.SteeringKey, 2, 3, 4),
            new KeyedRandom(1, 1).Draw(RandomPurpose.SteeringKey, 2, 3, 4),
        ];
        Assert.Equal(draws.Length, draws.Distinct().Count());
    }

    [Fact]
    public void Filling_lays_the_draws_one_behind_the_other_and_a_shorter_fill_is_its_beginning()
    {
        KeyedRandom random = KeyedRandom.FromSeed(7);
        var expected = new byte[40];
        for (uint attempt = 0; attempt < 5; attempt++)
        {
            ulong draw = random.Draw(RandomPurpose.SteeringKey, 9, 0, attempt);
            BinaryPrimitives.WriteUInt64LittleEndian(expected.AsSpan((int)attempt * 8), draw);
        }

        for (int length = 0; length <= 40; length++)
        {
            var bytes = new byte[length];
            random.Fill(RandomPurpose.SteeringKey, 9, bytes);
            Assert.Equal(expected[..length], bytes);
        }
    }

    [Fact]
    public void Every_bit_of_a_draw_is_set_about_half_the_time()
    {
        KeyedRandom random = KeyedRandom.FromSeed(3);
        var set = new int[64];
        for (uint attempt = 0; attempt < 10_000; attempt++)
        {
            ulong draw = random.Draw(RandomPurpose.SteeringKey, 0, 0, attempt);
            for (int bit = 0; bit < 64; bit++)
                set[bit] += (int)(draw >> bit) & 1;
        }

        Assert.All(set, count => Assert.InRange(count, 4_700, 5_300));          // six standard deviations; the seed is fixed
    }
}
