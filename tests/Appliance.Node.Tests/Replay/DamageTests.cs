using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>A damaged capture is processed up to the damage; the others are processed whole.</summary>
public sealed class DamageTests
{
    private static readonly byte[] Frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 30));
    private static readonly byte[] Sound = Capture(Enumerable.Range(0, 10).Select(i => (i * 100_000L, Frame)));

    [Fact]
    public void What_stands_before_the_damage_is_processed_and_the_damage_is_named()
    {
        int record = 16 + Frame.Length;
        for (int length = 24; length <= Sound.Length; length += TestSize.Of(person: 11, server: 1, soak: 1))
        {
            Replayed replayed = Run(Boxes.Edge, 2, ("lan", Sound[..length]));
            int whole = (length - 24) / record;
            bool clean = (length - 24) % record == 0;
            ReplayInputAccounts input = Assert.Single(replayed.Report.Inputs);
            Assert.Equal(("lan", "0.pcap", (long)whole), (input.Port, input.File, input.Frames));
            Assert.Equal(whole, replayed.FramesOf("wan").Length);
            if (clean) Assert.Null(input.Error);
            else Assert.StartsWith($"at byte {24 + (whole * record)}: ", input.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_other_inputs_are_processed_whole()
    {
        Replayed replayed = Run(Boxes.Edge, 2, ("lan", Sound[..130]), ("lan", Sound), ("wan", [1, 2, 3, 4, 5]));
        Assert.Equal([1L, 10, 0], replayed.Report.Inputs.Select(input => input.Frames));
        Assert.Equal([false, true, false], replayed.Report.Inputs.Select(input => input.Error is null));
        Assert.Equal(11, replayed.Accounts.Transmitted);
    }

    [Fact]
    public void A_capture_without_records_is_sound_and_every_port_still_gets_its_file()
    {
        Replayed replayed = Run(Boxes.Edge, 2, ("lan", Capture()));
        Assert.Null(Assert.Single(replayed.Report.Inputs).Error);
        Assert.Equal((0, 0, 0.0), (replayed.Accounts.Received, replayed.Accounts.Transmitted, replayed.Report.CaptureSeconds));
        Assert.Equal(["lan", "wan"], replayed.Files.Keys.Order());
        Assert.All(replayed.Files.Values, file => Assert.Equal(Capture(), file));
    }

    [Fact]
    public void A_file_of_nothing_is_damaged_at_its_first_byte()
    {
        Replayed replayed = Run(Boxes.Edge, 2, ("lan", []));
        Assert.StartsWith("at byte 0: ", Assert.Single(replayed.Report.Inputs).Error, StringComparison.Ordinal);
        Assert.Equal(0, replayed.Accounts.Received);
    }

    [Fact]
    public void No_input_at_all_leaves_empty_files() =>
        Assert.All(Run(Boxes.Edge, 2, []).Files.Values, file => Assert.Equal(24, file.Length));
}
