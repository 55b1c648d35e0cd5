using System.Globalization;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>ucarp as the other of a pair, both ways: whoever ends, the other takes over.</summary>
public sealed class UcarpTests
{
    [Fact]
    public void Ucarp_is_backup_takes_over_and_gives_back()
    {
        using var network = new PairNetwork();
        Background appliance = network.Run(0, hasLane: false, edit: yaml => WithUcarp(yaml, skew: 0));
        using Background ucarp = Ucarp(network, skew: 100);
        network.AwaitMaster(0);
        Assert.True(network.Lan.Pings(PairNetwork.LanGateway));
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
        Eventually.Is(() => HasAddress(network));
        Assert.True(network.Lan.Pings(PairNetwork.LanGateway));
        network.Run(0, hasLane: false, edit: yaml => WithUcarp(yaml, skew: 0));
        network.AwaitMaster(0);
        Eventually.Is(() => !HasAddress(network));
        Assert.True(network.Lan.Pings(PairNetwork.LanGateway));
        Assert.False(ucarp.HasEnded);
    }

    [Fact]
    public void Ucarp_is_master_is_replaced_and_takes_back()
    {
        using var network = new PairNetwork();
        using Background ucarp = Ucarp(network, skew: 0, "-P");
        Eventually.Is(() => HasAddress(network));
        network.Run(0, hasLane: false, edit: yaml => WithUcarp(yaml, skew: 100));
        Eventually.Is(() => network.StatesOf(0) == "BACKUP");
        Assert.True(network.Lan.Pings(PairNetwork.LanGateway));
        network.Lan.Succeed("tcpdump", "-n", "-q", "-i", "eth0", "-c", "5", "ip proto 112");     // longer than a backup waits
        Assert.Equal("BACKUP", network.StatesOf(0));
        ucarp.Signal("KILL");
        ucarp.AwaitEnd();
        network.Boxes[1].Ip("addr", "del", PairNetwork.LanGateway + "/24", "dev", "eth0");
        Eventually.Is(() => network.StatesOf(0) == "MASTER");
        Assert.True(network.Lan.Pings(PairNetwork.LanGateway));
        using Background again = Ucarp(network, skew: 0, "-P");
        Eventually.Is(() => network.StatesOf(0) == "BACKUP" && HasAddress(network));
        Assert.True(network.Lan.Pings(PairNetwork.LanGateway));
        Assert.False(again.HasEnded);
    }

    private static bool HasAddress(PairNetwork network) =>
        network.Boxes[1].Ip("addr", "show", "dev", "eth0").Contains(PairNetwork.LanGateway, StringComparison.Ordinal);

    /// <summary>On the first box one group, at the lan, of which ucarp understands everything.</summary>
    private static string WithUcarp(string yaml, int skew)
    {
        string[] lines = [.. yaml.Split('\n').Where(line => !line.Contains("vhid: ", StringComparison.Ordinal))];
        string group = string.Create(CultureInfo.InvariantCulture,
            $"    - {{vhid: 1, port: lan, addresses: [10.1.0.254/24], password: sesame, advskew: {skew}, dialect: ucarp}}\n");
        return string.Join('\n', lines) + group;
    }

    private static Background Ucarp(PairNetwork network, int skew, params string[] more)
    {
        Host box = network.Boxes[1];
        box.Ip("addr", "replace", "10.1.0.12/24", "dev", "eth0");
        string up = Script(network, "up.sh", "add"), down = Script(network, "down.sh", "del");
        return box.Start(
            "ucarp",
            [
                "--interface=eth0", "--srcip=10.1.0.12", "--vhid=1", "--pass=sesame", $"--addr={PairNetwork.LanGateway}",
                $"--upscript={up}", $"--downscript={down}", "--advbase=1",
                $"--advskew={skew.ToString(CultureInfo.InvariantCulture)}", .. more,
            ]);
    }

    private static string Script(PairNetwork network, string name, string verb)
    {
        network.Folder.Write(name, $"#!/bin/sh\nexec /usr/sbin/ip addr {verb} {PairNetwork.LanGateway}/24 dev \"$1\"\n");
        string path = network.Folder[name];
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
