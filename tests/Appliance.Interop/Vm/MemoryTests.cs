using System.Globalization;
using System.Text.Json;
using Appliance.Interop.Live;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>What a machine of the least memory that the image wants has left when its table of states is full.</summary>
[Collection(LoadCollection.Name)]
public sealed class MemoryTests(ITestOutputHelper output)
{
    /// <summary>Of each connection one where it comes in and one where it leaves.</summary>
    private const int Connections = 50_000, States = 2 * Connections;

    /// <summary>KiB that nobody has taken, for a console, a capture, a configuration that is loaded beside the one in force.</summary>
    private const long LeastAvailable = 64 << 10;

    private static readonly Dictionary<string, string> s_files = new(StringComparer.Ordinal)
    {
        ["relay.pf.conf"] = $"set limit states {States + 1000}\nset timeout {{ udp.first 3600, udp.single 3600, udp.multiple 3600 }}\n"
            + "block all\npass in on lan inet proto { udp, icmp } all\npass out on wan inet proto { udp, icmp } all\n",
        ["appliance.yaml"] = Relay.Configuration("relay", "relay.pf.conf"),
    };

    [Fact]
    public void A_machine_with_512_MiB_three_ports_and_two_processors_holds_a_hundred_thousand_states()
    {
        Assert.SkipWhen(TestSize.Of(person: true, server: true, soak: false), "takes minutes: make vm-test and make soak have it");
        VmImage.Require("qcow2");
        using var network = new VmNetwork();
        string seed = network.Seed("relay-1", s_files);
        VirtualMachine machine = network.Start(0, options => options with { Seed = seed, MemoryMegabytes = 512, Processors = 2 });
        SerialConsole serial = machine.Serial;
        serial.Await("Number: ");
        serial.OpenShell(VmNetwork.Password);
        output.WriteLine($"without load: {MemoryOf(serial)}");
        using Background flows = network.Lan.Start(
            Peer.Python, LiveNetwork.Script("states.py", "10.2.0.2", $"{Connections}", "2000"));
        long states = 0;
        Patience.Until(() => (states = StatesOf(serial)) >= States, () => $"{states} states: {flows}");
        string full = MemoryOf(serial);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{states} states: {full}"));
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
        Assert.True(Available(full) >= LeastAvailable, full);
        Assert.Equal("0", serial.Run("dmesg | grep -c -i 'out of memory' || true").Trim());
    }

    private static long StatesOf(SerialConsole serial)
    {
        string said = serial.Run("appliance show rules --json | tr -d '\\n '");
        using JsonDocument rules = JsonDocument.Parse(said[said.IndexOf('[', StringComparison.Ordinal)..(said.LastIndexOf(']') + 1)]);
        return rules.RootElement.EnumerateArray().Sum(rule => rule.GetProperty("states").GetInt64());
    }

    /// <summary>Of the machine, and of the appliance in it.</summary>
    private static string MemoryOf(SerialConsole serial) => serial.Run(
        "status=/proc/$(systemctl show -p MainPID --value appliance)/status; "
        + "echo $(grep -h -E '^(MemTotal|MemAvailable):' /proc/meminfo) $(grep -h -E '^(VmHWM|VmRSS|RssAnon):' $status)").Trim();

    private static long Available(string memory)
    {
        string[] words = memory.Split(' ');
        return long.Parse(words[Array.IndexOf(words, "MemAvailable:") + 1], CultureInfo.InvariantCulture);
    }
}
