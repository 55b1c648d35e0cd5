using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>Where the kernel is told to receive. That it does, and has its own choice back, is shown by the running program.</summary>
public sealed class ReceivePacketSteeringTests
{
    [Theory]
    [InlineData("00000001", 0)]
    [InlineData("00000006", 1, 2)]
    [InlineData("80000000", 31)]
    [InlineData("00000001,00000000", 32)]
    [InlineData("80000000,00000000,00000003", 0, 95, 1)]
    public void A_mask_is_written_in_groups_the_highest_first(string mask, params int[] processors) =>
        Assert.Equal(mask, ReceivePacketSteering.MaskOf([.. processors]));

    [Fact]
    public void What_other_files_show_is_not_the_device()
    {
        using var names = new NetworkNamespace();
        names.AddPair("near", "far");
        names.Run(() =>                                                 // with the files of another namespace
        {
            using var probe = new DeviceProbe("near", "lan");
            Assert.Throws<DirectoryNotFoundException>(() => new ReceivePacketSteering("near", probe.Index, [0]));
        });
    }
}
