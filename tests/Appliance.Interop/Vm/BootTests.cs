using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Interop.Load;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>The files that <c>make image</c> leaves: each opens, is what the raw disk is, and starts.</summary>
[Collection(LoadCollection.Name)]
public sealed partial class BootTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_format_opens_and_holds_the_same_disk()
    {
        string image = Peer.Require("qemu-img"), raw = VmImage.Require("raw");
        foreach ((string suffix, string format) in VmImage.Formats)
        {
            string file = VmImage.Require(suffix);
            ProcessRun compared = ProcessRunner.Run(image, ["compare", "-f", "raw", "-F", format, raw, file]);
            Assert.True(compared.ExitCode == 0, compared.ToString());
            if (suffix is "raw" or "vhd") continue;                     // have nothing that could be out of order
            ProcessRun check = ProcessRunner.Run(image, ["check", "-f", format, file]);
            Assert.True(check.ExitCode == 0, check.ToString());
        }

        long bytes = new FileInfo(VmImage.Require("qcow2")).Length;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"qcow2: {bytes / 1048576.0:F1} MiB"));
        Assert.True(bytes <= 250 << 20);
    }

    [Fact]
    public void The_fixed_disk_is_whole_mebibytes_and_a_footer()
    {
        using FileStream file = File.OpenRead(VmImage.Require("vhd"));
        Assert.Equal(512, file.Length % (1 << 20));
        byte[] footer = new byte[512];
        file.Seek(-512, SeekOrigin.End);
        file.ReadExactly(footer);
        Assert.Equal("conectix"u8, footer.AsSpan(0, 8));
        uint sum = 0;
        for (int i = 0; i < footer.Length; i++) sum += i is >= 64 and < 68 ? 0 : (uint)footer[i];
        Assert.Equal(~sum, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(footer.AsSpan(64)));
    }

    /// <summary>Each by what its hypervisor has: firmware, disk controller, network device.</summary>
    [Theory]
    [InlineData("qcow2", Firmware.Uefi, "virtio-blk-pci", "virtio-net-pci")]
    [InlineData("qcow2", Firmware.SecureBoot, "virtio-blk-pci", "e1000e")]
    [InlineData("raw", Firmware.Bios, "nvme", "virtio-net-pci")]
    [InlineData("vhd", Firmware.Bios, "ide-hd", "e1000")]
    [InlineData("vhdx", Firmware.Uefi, "ide-hd", "e1000e")]
    [InlineData("vmdk", Firmware.Bios, "scsi-hd", "vmxnet3")]
    public void It_starts(string format, Firmware firmware, string disk, string network)
    {
        Assert.SkipUnless(
            TestSize.Of(person: false, server: false, soak: true), "each start takes half a minute: make vm-test and make soak have them");
        VmImage.Require(format);
        using var folder = new TemporaryFolder();
        using var machine = new VirtualMachine(new VmOptions("boot", folder.Path)
        {
            Format = format, Firmware = firmware, Disk = disk, Ports = [new VmPort("only", "02:00:5e:10:00:01", null, network)],
        });
        machine.Serial.Await("Number: ");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{format}, {firmware}, {disk}, {network}: the menu after {machine.Age.Elapsed.TotalSeconds:F1} s"));
        machine.Serial.Type("");
        machine.Serial.Await("eth0");                                   // the port of the default configuration has a device
        Assert.Matches(Menu(), machine.Serial.Said);
    }

    [GeneratedRegex(@"8\)\s+Shell", RegexOptions.NonBacktracking)]
    private static partial Regex Menu();
}
