using System.Collections.Immutable;
using Appliance.Ports.Linux;
using Appliance.Running;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>What is written down of a take-over is what is read again, whatever else stands there.</summary>
public sealed class TakeOverNotesTests
{
    private static readonly HostTakeOver Had = new(
        7,
        [Address("203.0.113.2/24"), Address("2001:db8::2/64")],
        [Route("0.0.0.0/0", "203.0.113.1"), Route("2001:db8:9::/48", null)]);

    [Fact]
    public void What_was_written_is_read_for_the_device_as_it_is_now()
    {
        using var folder = new TemporaryFolder();
        var notes = new TakeOverNotes(folder.Path);
        notes.Write("wan", Had);
        HostTakeOver read = new TakeOverNotes(folder.Path).Read("wan", 9)!;
        Assert.Equal(9, read.DeviceIndex);
        Assert.Equal(Had.Addresses.Select(address => (address.Prefix, 9)), read.Addresses.Select(address => (address.Prefix, address.DeviceIndex)));
        Assert.Equal(
            Had.Routes.Select(route => (route.Destination, route.NextHops[0].Gateway, route.Metric, route.Protocol)),
            read.Routes.Select(route => (route.Destination, route.NextHops[0].Gateway, route.Metric, route.Protocol)));
        Assert.All(read.Routes, route => Assert.True(route.IsBy(9)));
        Assert.Null(notes.Read("lan", 9));
        notes.Forget("wan");
        Assert.Null(notes.Read("wan", 9));
    }

    [Fact]
    public void Lines_that_say_nothing_are_passed_over()
    {
        using var folder = new TemporaryFolder();
        folder.Write("wan.taken-over", "address 203.0.113.2/24 0\naddress 203.0.113.2/33 0\naddress\nroute 0.0.0.0/0 x 0 3\n\n");
        HostTakeOver read = new TakeOverNotes(folder.Path).Read("wan", 9)!;
        Assert.Equal("203.0.113.2/24", Assert.Single(read.Addresses).Prefix.ToString());
        Assert.Empty(read.Routes);
    }

    private static HostAddress Address(string prefix) =>
        new(7, Prefix(prefix), 0x80, 0, HostAddress.Forever, HostAddress.Forever);

    private static HostRoute Route(string to, string? gateway) => new(
        Prefix(to), ImmutableArray.Create(new HostNextHop(gateway is null ? null : Prefix(gateway + "/32").Address, 7, 1)),
        100, HostRoute.MainTable, 3, HostRoute.Unicast, Source: null);

    private static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
