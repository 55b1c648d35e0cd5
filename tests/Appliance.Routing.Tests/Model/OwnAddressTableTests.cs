using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests;

public sealed class OwnAddressTableTests
{
    [Fact]
    public void It_answers_like_a_dictionary()
    {
        var random = new Random(5);
        for (int round = 0; round < 50; round++)
        {
            (IpAddress Address, AddressUse Use, int Port)[] entries = [.. Enumerable.Range(0, random.Next(200))
                .Select(i => (Address: AnyAddress(random), Use: i % 4 == 0 ? AddressUse.Broadcast : AddressUse.Own, Port: random.Next(9)))
                .DistinctBy(entry => entry.Address)];
            var table = new OwnAddressTable(entries);
            var twin = entries.ToDictionary(entry => entry.Address, entry => (entry.Use, entry.Port));
            IEnumerable<IpAddress> asked = [.. twin.Keys, .. Enumerable.Range(0, 500).Select(_ => AnyAddress(random))];
            foreach (IpAddress address in asked)
            {
                (AddressUse use, int port) = twin.GetValueOrDefault(address);
                Assert.Equal(use, address.IsV6 ? table.UseOf(address.V6, random.Next(9)) : table.UseOf(address.V4));
                Assert.Equal(use == AddressUse.Own, table.IsOwnAt(address, port));
                Assert.False(table.IsOwnAt(address, port + 1));
            }
        }
    }

    [Fact]
    public void A_link_local_address_is_asked_for_a_link()
    {
        Ipv6Address shared = TestFrames.V6("fe80::1");
        Ipv6Address global = TestFrames.V6("2001:db8::1");
        var table = new OwnAddressTable([(shared, AddressUse.Own, 0), (shared, AddressUse.Own, 2), (global, AddressUse.Own, 1)]);
        for (int port = 0; port < 4; port++)
        {
            Assert.Equal(port is 0 or 2 ? AddressUse.Own : AddressUse.None, table.UseOf(shared, port));
            Assert.Equal(port is 0 or 2, table.IsOwnAt(shared, port));
            Assert.Equal(AddressUse.Own, table.UseOf(global, port));
        }
    }

    [Fact]
    public void One_link_local_address_on_every_one_of_many_ports_is_found_on_each()
    {
        Ipv6Address shared = TestFrames.V6("fe80::1:ff:fe00:1");
        var table = new OwnAddressTable([.. Enumerable.Range(0, 8192).Select(port => ((IpAddress)shared, AddressUse.Own, port))]);
        Assert.All(Enumerable.Range(0, 8192), port => Assert.Equal(AddressUse.Own, table.UseOf(shared, port)));
        Assert.Equal(AddressUse.None, table.UseOf(shared, 8192));
    }

    [Fact]
    public void A_shared_address_is_asked_where_it_is_each_time()
    {
        var hosts = new VirtualHosts();
        VirtualAddress v4 = new(TestFrames.V4("192.0.2.9"), 3, hosts, default), v6 = new(TestFrames.V6("2001:db8::9"), 4, hosts, default);
        var table = new OwnAddressTable([(TestFrames.V4("192.0.2.1"), AddressUse.Own, 1)], [(v4, 1), (v6, 1)]);
        foreach (bool isHeld in new[] { false, true, false })
        {
            hosts.Hold(isHeld ? (byte)3 : (byte)4);
            hosts.GiveUp(isHeld ? (byte)4 : (byte)3);
            Assert.Equal(isHeld ? AddressUse.Own : AddressUse.Standby, table.UseOf(v4.Address.V4));
            Assert.Equal(isHeld ? AddressUse.Standby : AddressUse.Own, table.UseOf(v6.Address.V6, 1));
            Assert.Equal(isHeld, table.IsOwnAt(v4.Address, 1));
            Assert.Equal(AddressUse.Own, table.UseOf(TestFrames.V4("192.0.2.1")));
        }

        Assert.Same(v4, table.FindVirtual(v4.Address, 1));
        Assert.Null(table.FindVirtual(TestFrames.V4("192.0.2.1"), 1));
    }

    [Fact]
    public void An_empty_table_knows_nothing()
    {
        var table = new OwnAddressTable([]);
        Assert.Equal(AddressUse.None, table.UseOf(Ipv4Address.Any));
        Assert.Equal(AddressUse.None, table.UseOf(Ipv6Address.Any, 0));
    }

    /// <summary>Few bits differ, so that many collide.</summary>
    private static IpAddress AnyAddress(Random random) => random.Next(2) == 0
        ? new Ipv4Address(0x0a00_0000u + (uint)random.Next(1000))
        : new Ipv6Address(new UInt128(0x2001_0db8_0000_0000, (ulong)random.Next(1000)));
}
