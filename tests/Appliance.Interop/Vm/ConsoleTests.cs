using Appliance.Interop.Live;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>The console of a machine, by its serial line and a keyboard alone.</summary>
[Collection(LoadCollection.Name)]
public sealed class ConsoleTests
{
    [Fact]
    public void Everything_in_the_menu_can_be_done_by_keyboard()
    {
        Assert.SkipWhen(TestSize.Of(person: true, server: true, soak: false), "takes long: make vm-test and make soak have it");
        VmImage.Require("qcow2");
        using var network = new VmNetwork();
        string seed = network.Seed("relay-1", Relay.FilesWithCarp);
        VirtualMachine machine = network.Start(0, options => options with { Seed = seed });
        SerialConsole serial = machine.Serial;
        serial.Await("Number: ");
        using Background pings = network.Lan.Start("ping", "-n", "-i", "0.2", "10.2.0.2");
        Patience.Until(() => pings.Output.Any(SeedTests.IsAnswer), () => $"nothing is forwarded:\n{serial.Said}");
        Choose(serial, "1", "MiB");
        Operate(serial);
        Choose(serial, "3", "hardware");
        Choose(serial, "4", "running: relay");
        Ask(serial, "5", "Enter: nothing");
        Choose(serial, "", "Enter goes back");
        Ask(serial, "6", "Port: ");
        Ask(serial, "lan", "Filter");
        Ask(serial, "icmp", "Frames");
        Choose(serial, "2", "ICMP echo request");
        OpenShell(serial);
        Ask(serial, "9", "Type yes: ");
        Ask(serial, "yes", "Booting");
        serial.Await("Number: ");
        Ask(serial, "10", "Type yes: ");
        serial.Type("yes");
        Patience.Until(() => machine.HasEnded, () => $"it is not off:\n{serial.Said}");
    }

    private static void Operate(SerialConsole serial)
    {
        Ask(serial, "2", "Enter: nothing");
        Choose(serial, "m", "240 maintenance");
        Ask(serial, "2", "Enter: nothing");
        Choose(serial, "s", "demotion 0");
    }

    /// <summary>By no password but the last.</summary>
    private static void OpenShell(SerialConsole serial)
    {
        Ask(serial, "8", "Password: ");
        Choose(serial, "wrong", "That is not it.");
        Ask(serial, "7", "Password now: ");
        Ask(serial, VmNetwork.Password, "New password: ");
        Ask(serial, "another", "Once more: ");
        Choose(serial, "another", "It is set.");
        Ask(serial, "8", "Password: ");
        Choose(serial, VmNetwork.Password, "That is not it.");
        serial.OpenShell("another");
        Assert.Contains("relay", serial.Run("cat /etc/appliance/appliance.yaml"), StringComparison.Ordinal);
        Choose(serial, "exit", "Enter goes back");
    }

    /// <summary>Answers what is asked, and waits for what is asked next.</summary>
    private static void Ask(SerialConsole serial, string answer, string next)
    {
        serial.Forget();
        serial.Type(answer);
        serial.Await(next);
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
