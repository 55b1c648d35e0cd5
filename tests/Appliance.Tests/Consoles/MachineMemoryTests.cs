using Appliance.Consoles;
using Xunit;

namespace Appliance.Tests.Consoles;

/// <summary>What the console says of the machine's memory.</summary>
public sealed class MachineMemoryTests
{
    [Fact]
    public void What_is_available_is_not_used() => Assert.Equal(
        new MachineMemory(155 << 20, 455 << 20),
        MachineMemory.Parse(["MemTotal:  465920 kB", "MemFree:  205824 kB", "MemAvailable:  307200 kB", "HugePages_Total: 0"]));

    [Theory]
    [InlineData()]
    [InlineData("MemTotal: 1 kB")]
    [InlineData("MemTotal: x kB", "MemAvailable: 1 kB")]
    [InlineData("MemTotal: 1 kB", "MemAvailable: 2 kB")]
    public void What_the_kernel_does_not_say_is_not_invented(params string[] lines) => Assert.Null(MachineMemory.Parse(lines));

    [Fact]
    public void This_machine_uses_some() => Assert.InRange(MachineMemory.Read()!.Value.Used, 1, MachineMemory.Read()!.Value.Total);
}
