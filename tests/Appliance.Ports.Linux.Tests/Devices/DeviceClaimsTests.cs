using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>Two of them stand for two processes: they know nothing of each other but what the kernel says.</summary>
public sealed class DeviceClaimsTests
{
    private readonly string _device = $"device of test {Guid.NewGuid():N}";

    [Fact]
    public void What_one_has_another_is_refused_and_told_whose_it_is_until_it_is_free()
    {
        DeviceClaims one = new(), other = new();
        IDisposable? first = one.TryTake(_device, out int nobody), again = one.TryTake(_device, out _);
        Assert.Equal(0, nobody);
        Assert.Null(other.TryTake(_device, out int holder));
        Assert.Equal(Environment.ProcessId, holder);
        first!.Dispose();
        first.Dispose();                                                // says nothing twice
        Assert.Null(other.TryTake(_device, out _));
        again!.Dispose();
        using IDisposable? free = other.TryTake(_device, out _);
        Assert.NotNull(free);
    }

    [Fact]
    public void However_many_are_refused_none_waits()
    {
        DeviceClaims one = new(), other = new();
        using IDisposable? held = one.TryTake(_device, out _);
        for (int i = 0; i < 1000; i++) Assert.Null(other.TryTake(_device, out _));
    }

    [Fact]
    public void A_device_of_another_namespace_is_another()
    {
        using var names = new NetworkNamespace();
        DeviceClaims here = new(), there = new();
        using IDisposable? held = here.TryTake(_device, out _);
        names.Run(() =>
        {
            using IDisposable? free = there.TryTake(_device, out _);
            Assert.NotNull(free);
        });
    }
}
