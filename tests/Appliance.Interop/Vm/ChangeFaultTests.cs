using System.Diagnostics;
using System.Globalization;
using Appliance.Interop.Live;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>A configuration changes while the disk is full, read-only, or the power goes: the old one or the new one is in force.</summary>
[Collection(LoadCollection.Name)]
public sealed class ChangeFaultTests(ITestOutputHelper output)
{
    private static readonly string[] Names = ["relay", "first", "second"];

    [Fact]
    public void A_full_disk_and_one_that_is_read_only_refuse_the_change_and_forwarding_goes_on()
    {
        Assert.SkipWhen(TestSize.Of(person: true, server: true, soak: false), "takes long: make vm-test and make soak have it");
        using var network = new VmNetwork();
        VirtualMachine machine = Start(network);
        SerialConsole serial = machine.Serial;
        using Background pings = network.Lan.Start("ping", "-n", "-i", "0.05", "10.2.0.2");
        Patience.Until(() => pings.Output.Any(SeedTests.IsAnswer), () => $"nothing is forwarded:\n{serial.Said}");
        serial.Run(
            "for size in 1M 1k; do dd if=/dev/zero bs=$size >> /var/lib/appliance/fill 2>/dev/null; sync; done; "
            + "! appliance config apply /tmp/first.yaml");
        Assert.Equal("relay", InForce(serial));
        serial.Run("rm /var/lib/appliance/fill && appliance config apply /tmp/first.yaml");
        Assert.Equal("first", InForce(serial));
        serial.Run("sync; echo u > /proc/sysrq-trigger; while touch /var/lib/appliance/try 2>/dev/null; do sleep 0.1; done");
        serial.Run("! appliance config apply /tmp/second.yaml");
        Assert.Equal("first", InForce(serial));
        int answers = pings.Output.Count(SeedTests.IsAnswer);
        pings.Signal("INT");
        string summary = pings.AwaitEnd().Output.Split('\n').Last(line => line.Contains("packets transmitted", StringComparison.Ordinal));
        output.WriteLine(summary);
        Assert.True(answers > 100, summary);
        Assert.Matches(@" 0% packet loss", summary);
        Assert.DoesNotContain("duplicates", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void The_power_goes_during_a_change_and_the_old_or_the_new_configuration_is_in_force()
    {
        int cuts = TestSize.Of(person: 0, server: 0, soak: 50);
        Assert.SkipWhen(cuts == 0, "fifty starts take a quarter of an hour: make soak has them");
        using var network = new VmNetwork();
        VirtualMachine machine = Start(network);
        SerialConsole serial = machine.Serial;
        string now = "second";
        var taken = Stopwatch.StartNew();
        serial.Run($"appliance config apply /tmp/{now}.yaml");
        TimeSpan whole = taken.Elapsed * 1.25;                          // on a machine that has just started it takes longer
        Assert.Equal(now, InForce(serial));
        var counts = new Dictionary<string, int>(StringComparer.Ordinal) { ["old"] = 0, ["new"] = 0 };
        for (int cut = 0; cut < cuts; cut++)
        {
            string next = cut % 2 == 0 ? "first" : "second";
            serial.Type($"appliance config apply /tmp/{next}.yaml");
            Thread.Sleep(whole * cut / (cuts - 1));                     // over all that it does
            machine.Tell("system_reset");
            serial.Forget();
            serial.Await("Number: ");
            serial.OpenShell(VmNetwork.Password);
            string found = InForce(serial);
            Assert.True(found == now || found == next, $"cut {cut}: {found}, where {now} or {next} must be");
            counts[found == next ? "new" : "old"]++;
            now = found;
            WriteNext(serial);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{cuts} cuts over {whole.TotalSeconds:F1} s: {counts["old"]} times the old, {counts["new"]} the new"));
        Assert.True(counts["old"] > 0 && counts["new"] > 0, "the cuts were all too early, or all too late");
    }

    private static VirtualMachine Start(VmNetwork network)
    {
        VmImage.Require("qcow2");
        string seed = network.Seed("relay-1", Relay.Files);
        VirtualMachine machine = network.Start(0, options => options with { Seed = seed });
        machine.Serial.Await("Number: ");
        machine.Serial.OpenShell(VmNetwork.Password);
        WriteNext(machine.Serial);
        return machine;
    }

    /// <summary>Two configurations whose address and whose ruleset must not be mixed.</summary>
    private static void WriteNext(SerialConsole serial)
    {
        for (int i = 1; i < Names.Length; i++)
        {
            string name = Names[i];
            serial.Run($"sed 's/label \".*\"/label \"{name}\"/' /etc/appliance/relay.pf.conf > /tmp/{name}.pf.conf");
            serial.Run(
                $"sed 's/10[.]9[.][0-9]*[.]1/10.9.{i}.1/; s/[a-z]*[.]pf[.]conf/{name}.pf.conf/' /etc/appliance/appliance.yaml "
                + $"> /tmp/{name}.yaml");
        }
    }

    /// <summary>Which configuration it is, by its ruleset and by its addresses; they must agree.</summary>
    private static string InForce(SerialConsole serial)
    {
        string rules = serial.Run("appliance show rules"), ports = serial.Run("appliance show ports");
        string byRuleset = Names.Single(name => rules.Contains(name, StringComparison.Ordinal));
        string byAddress = Names[Enumerable.Range(0, Names.Length).Single(i => ports.Contains($"10.9.{i}.1/24", StringComparison.Ordinal))];
        Assert.Equal(byRuleset, byAddress);
        return byRuleset;
    }
}
