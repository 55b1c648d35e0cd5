using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Interop.Live;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>A machine that a hypervisor gives its configuration, and one that nobody gives any.</summary>
[Collection(LoadCollection.Name)]
public sealed class SeedTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_machine_with_a_seed_forwards_and_before_its_rules_are_in_force_nothing_passes(bool isCd)
    {
        Assert.SkipWhen(TestSize.Of(person: true, server: true, soak: false), "takes a minute: make vm-test and make soak have it");
        VmImage.Require("qcow2");
        using var network = new VmNetwork();
        using Background forbidden = network.Lan.Start(
            "bash", "-c", $"while :; do echo > /dev/udp/10.2.0.2/{Relay.Forbidden}; sleep 0.02; done 2> /dev/null");
        using Background pings = network.Lan.Start("ping", "-n", "-i", "0.1", "10.2.0.2");
        using Background came = Listen(network, "lan"), left = Listen(network, "wan");
        string seed = network.Seed("relay-1", Relay.Files);
        VirtualMachine machine = network.Start(0, options => options with { Seed = seed, HasSeedOnCd = isCd });
        Patience.Until(() => pings.Output.Any(IsAnswer), () => $"nothing is forwarded:\n{machine.Serial.Said}");
        TimeSpan forwards = machine.Age.Elapsed;
        machine.Serial.Await("Number: ");
        Assert.DoesNotContain(pings.Output, line => line.Contains("(DUP!)", StringComparison.Ordinal));     // each frame once
        Assert.Contains(left.Output, line => line.Contains("10.1.0.2 > 10.2.0.2: ICMP echo request", StringComparison.Ordinal));
        Assert.DoesNotContain(left.Output, IsForbidden);
        int asked = came.Output.Count(IsForbidden);
        Assert.True(asked > 100, $"only {asked} frames that may not pass have come: {came}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"power to forwarding {forwards.TotalSeconds:F1} s; of {asked} frames that no rule lets pass none did; "
            + $"{machine.ResidentBytes >> 20} MiB resident with QEMU's own"));
    }

    [Fact]
    public void A_machine_without_a_configuration_forwards_nothing_takes_an_address_and_says_what_to_do()
    {
        Assert.SkipWhen(TestSize.Of(person: true, server: true, soak: false), "takes long: make vm-test and make soak have it");
        VmImage.Require("qcow2");
        using var network = new VmNetwork();
        using Background leases = network.Lan.Start(
            "dnsmasq", "--no-daemon", "--port=0", "--interface=eth0", "--bind-interfaces", "--dhcp-range=10.1.0.100,10.1.0.110",
            $"--dhcp-leasefile={network.Folder["leases"]}", "--conf-file=/dev/null");
        using Background pings = network.Lan.Start("ping", "-n", "-i", "0.2", "10.2.0.2");
        using Background wan = Listen(network, "wan"), sync = Listen(network, "sync");
        VirtualMachine machine = network.Start(0);
        SerialConsole serial = machine.Serial;
        serial.Await("It has no configuration, and forwards nothing");
        string address = AddressOf(serial);
        network.Lan.Ip("route", "replace", "10.2.0.0/24", "via", address);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", address);
        string token = TokenOf(serial);
        string ports = network.Lan.Succeed(
            "curl", "-sSk", "--max-time", "60", "-H", $"Authorization: Bearer {token}", $"https://{address}:8443/v1/show/ports");
        Assert.Contains("\"mgmt\"", ports, StringComparison.Ordinal);
        Assert.DoesNotContain(pings.Output, IsAnswer);
        Assert.DoesNotContain(wan.Output.Concat(sync.Output), line => line.Contains("10.1.0.2", StringComparison.Ordinal));
    }

    /// <summary>Which the console tells to who sets the password.</summary>
    private static string TokenOf(SerialConsole serial)
    {
        serial.Type("11");
        serial.Await("New password: ");
        serial.Type(VmNetwork.Password);
        serial.Await("Once more: ");
        serial.Forget();
        serial.Type(VmNetwork.Password);
        serial.Await("Enter goes back");
        return Regex.Match(serial.Said, "[0-9a-f]{32}", RegexOptions.None, Patience.Limit).Value;
    }

    internal static bool IsAnswer(string line) => line.Contains("bytes from 10.2.0.2", StringComparison.Ordinal);

    /// <summary>What the menu shows, asked until there is one.</summary>
    private static string AddressOf(SerialConsole serial)
    {
        string? found = null;
        Patience.Until(
            () =>
            {
                serial.Forget();
                serial.Type("");
                serial.Await("Number: ");
                found = Enumerable.Range(100, 11).Select(last => string.Create(CultureInfo.InvariantCulture, $"10.1.0.{last}"))
                    .FirstOrDefault(address => serial.Said.Contains(address, StringComparison.Ordinal));
                return found is not null;
            },
            () => $"no address:\n{serial.Said}");
        return found!;
    }

    private static bool IsForbidden(string line) => line.Contains($" > 10.2.0.2.{Relay.Forbidden}: UDP", StringComparison.Ordinal);

    /// <summary>What passes at the machine's side of a link, whoever sends it, a line a frame.</summary>
    private static Background Listen(VmNetwork network, string link)
    {
        Background capture = network.Switch.Start("tcpdump", "-l", "-n", "-i", VmNetwork.TapOf(link, 0), "ip");
        capture.AwaitLine("listening on");
        return capture;
    }
}
