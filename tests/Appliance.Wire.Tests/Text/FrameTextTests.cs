using Appliance.Testing;
using Appliance.Wire.Text;
using Xunit;

namespace Appliance.Wire.Tests.Text;

/// <summary>One line for any frame: right for real ones, bounded and free of control characters for all.</summary>
public sealed class FrameTextTests(ITestOutputHelper output)
{
    private const int Seed = 11;
    private const int MutationsPerFrame = 200;
    private const FrameTextDetail Everything = FrameTextDetail.LinkAddresses | FrameTextDetail.IpHeader;

    [Theory]
    [MemberData(nameof(GoldenFrames.All), MemberType = typeof(GoldenFrames))]
    public void A_real_frame_reads_as_it_should(string what, string hex, string line)
    {
        output.WriteLine(what);
        Assert.Equal(line, FrameText.Format(Convert.FromHexString(hex)));
    }

    [Theory]
    [MemberData(nameof(GoldenFrames.All), MemberType = typeof(GoldenFrames))]
    public void A_frame_cut_at_any_byte_is_still_one_bounded_line(string what, string hex, string line)
    {
        output.WriteLine($"{what}: {line}");
        byte[] frame = Convert.FromHexString(hex);
        for (int length = 0; length <= frame.Length; length++)
            AssertIsOneLine(FrameText.Format(frame.AsSpan(0, length), Everything));
    }

    [Theory]
    [MemberData(nameof(GoldenFrames.All), MemberType = typeof(GoldenFrames))]
    public void A_frame_with_random_bytes_changed_is_still_one_bounded_line(string what, string hex, string line)
    {
        output.WriteLine($"{what}: {line}; seed {Seed}");
        byte[] frame = Convert.FromHexString(hex);
        var random = new Random(Seed);
        for (int round = 0; round < MutationsPerFrame; round++)
        {
            byte[] mutant = [.. frame];
            for (int change = random.Next(1, 6); change > 0; change--)
                mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            AssertIsOneLine(FrameText.Format(mutant, Everything));
        }
    }

    [Fact]
    public void Every_frame_of_the_shared_captures_is_one_bounded_line()
    {
        int frames = 0;
        foreach (byte[] frame in SharedCaptures.EthernetFrames())
        {
            AssertIsOneLine(FrameText.Format(frame, Everything));
            AssertIsOneLine(FrameText.FormatDatagram(frame.AsSpan(Math.Min(14, frame.Length)), Everything));
            frames++;
        }

        output.WriteLine($"{frames} frames");
        Assert.True(frames > 4000);
    }

    private static void AssertIsOneLine(string text)
    {
        Assert.InRange(text.Length, 1, FrameText.MaxCharacters);
        Assert.DoesNotContain(text, static character => char.IsControl(character));
    }
}
