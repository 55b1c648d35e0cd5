using Appliance.Interop.Live;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>The console of a machine, by its serial line and a keyboard alone.</summary>
public sealed class ConsoleTests
{
    [Fact]
    public void Everything_in_the_menu_can_be_done_by_keyboard()
    {
        Assert.SkipWhen(TestSize.Of(person: true, server: true, soak: false), "takes long: make vm-test and make soak have it");
        VmImage.Require("qcow2");
        using var network = new VmNetwork();
        string seed = network.Seed("relay-1", Relay.Files);
        VirtualMachine machine = network.Start(0, options => options with { Seed = seed });
        SerialConsole serial = machine.Serial;
        serial.Await("Number: ");
        using Background pings = network.Lan.Start("ping", "-n", "-i", "0.2", "10.2.0.2");
        Patience.Until(() => pings.Output.Any(SeedTests.IsAnswer), () => $"nothing is forwarded:\n{serial.Said}");
        Choose(serial, "1", "vcpu");
        Choose(serial, "2", "demotion");
        Choose(serial, "3", "hardware");
        Choose(serial, "4", "running: relay");
        serial.Type("5");
        serial.Await("in force");
        Choose(serial, "", "Enter goes back");
        serial.Type("6");
        serial.Await("Port: ");
        serial.Type("lan");
        serial.Await("Filter");
        serial.Type("icmp");
        serial.Await("Frames");
        Choose(serial, "2", "ICMP echo request");
        serial.Type("8");
        serial.Await("Password: ");
        Choose(serial, "wrong", "That is not it.");
        serial.OpenShell(VmNetwork.Password);
        Assert.Contains("relay", serial.Run("cat /etc/appliance/appliance.yaml"), StringComparison.Ordinal);
        serial.Type("exit");
        Choose(serial, "", "Number: ");
        serial.Type("9");
        serial.Await("Type yes: ");
        serial.Forget();
        serial.Type("yes");
        serial.Await("Number: ");
    }

    /// <summary>Answers what is asked, waits for what must be said, and goes back to the menu.</summary>
    private static void Choose(SerialConsole serial, string answer, string said)
    {
        serial.Forget();
        serial.Type(answer);
        serial.Await(said);
        serial.Await("Enter goes back");
        serial.Forget();
        serial.Type("");
        serial.Await("Number: ");
    }
}
