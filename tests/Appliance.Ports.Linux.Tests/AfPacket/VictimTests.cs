using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>
/// Not a test: what <see cref="DeviceSealTests"/> starts as a process of its own, in its namespace, and kills. A class without
/// namespaces: who is killed cleans nothing up.
/// </summary>
public sealed class VictimTests
{
    internal const string DeviceVariable = "APPLIANCE_TEST_VICTIM";

    [Fact]
    public void Victim_waits_to_be_killed()
    {
        string? device = Environment.GetEnvironmentVariable(DeviceVariable);
        Assert.SkipWhen(device is null, "only when another test starts it, to be killed");
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options(device)));
        using ControlSocket control = ControlSocket.Open(device, ControlTraffic.Default, "lan");
        using DeviceSeal other = DeviceSeal.CloseByNftables(device, "lan");
        using TapPort tap = TapPort.Open(new TapOptions { Id = port.Port.Id, Name = "vm", Device = "tap0" });
        using var output = new StreamWriter(new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(1, false), FileAccess.Write));
        output.WriteLine("open");
        output.Flush();
        using var wakeup = new Wakeup();
        wakeup.Sleep(60_000_000_000);
    }
}
