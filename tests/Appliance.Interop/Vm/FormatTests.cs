using System.Text;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>What qemu-img leaves to chance in a disk's format is made the same always.</summary>
public sealed class FormatTests
{
    private const string Settle = "import sys; sys.path.insert(0, 'appliance-image'); import formats; formats.settle_vmdk(sys.argv[1])";

    [Fact]
    public void The_identity_of_a_descriptor_is_one_however_many_digits_chance_gave_it()
    {
        string python = Peer.Require("python3");
        using var folder = new TemporaryFolder();
        byte[][] settled = [.. ((string[])["3324a95", "9d3c1e60", "1", "ffffffff"]).Select(identity =>
        {
            byte[] disk = new byte[2048];
            Encoding.ASCII.GetBytes($"# Disk DescriptorFile\nversion=1\nCID={identity}\nparentCID=ffffffff\n", disk.AsSpan(512));
            disk[1536] = 1;                                             // what follows the descriptor stays where it is
            folder.Write("disk.vmdk", disk);
            ProcessRun run = ProcessRunner.Run(python, ["-B", "-c", Settle, folder["disk.vmdk"]], RepositoryFiles.Root);
            Assert.True(run.ExitCode == 0, run.ToString());
            return File.ReadAllBytes(folder["disk.vmdk"]);
        })];
        Assert.All(settled, disk => Assert.Equal(settled[0], disk));
        Assert.Contains("\nCID=9d3c1e60\nparentCID=ffffffff\n", Encoding.ASCII.GetString(settled[0]), StringComparison.Ordinal);
        Assert.Equal((2048, 1), (settled[0].Length, settled[0][1536]));
    }
}
