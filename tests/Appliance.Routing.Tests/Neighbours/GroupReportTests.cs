using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Groups;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>What links are told of the groups that their ports listen to.</summary>
public sealed class GroupReportTests
{
    private const string Querier = "fe80::99";

    /// <summary>Solicited-node groups of the rig's addresses, and CARP's.</summary>
    private static readonly string[] LanGroups = ["ff02::12", "ff02::1:ff00:1", "ff02::1:ff00:254"];

    private static readonly NeighbourOptions Options = new() { DetectsDuplicates = false, ReportsGroups = true };

    [Fact]
    public void Each_link_is_told_twice_of_the_groups_of_its_addresses_and_of_carps()
    {
        ControlRig rig = new ControlRig(Options, isStarted: false).Start();
        rig.Wait(10 * Second);
        string[] told = Said(rig);
        string[] expected =
        [
            .. LanGroups.Select(group => $"lan fe80::1 > ff02::16 ToExclude {group}"), "lan 192.168.1.1 > 224.0.0.22 ToExclude 224.0.0.18",
            "lan vlan 5 fe80::1 > ff02::16 ToExclude ff02::1:ff00:1",
        ];
        Assert.Equal(expected.Concat(expected).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        rig.Wait(1000 * Second);
        Assert.Empty(Said(rig));
    }

    [Fact]
    public void While_no_address_is_certain_the_groups_are_told_from_none_and_again_from_the_first()
    {
        ControlRig rig = new ControlRig(new NeighbourOptions { ReportsGroups = true }, isStarted: false).Start();
        rig.Wait(20 * Second);
        string[] told = [.. Said(rig).Where(line => line.EndsWith("ff02::12", StringComparison.Ordinal))];
        Assert.StartsWith("lan :: > ff02::16", told[0], StringComparison.Ordinal);
        Assert.InRange(told.Count(line => line.StartsWith("lan fe80::1 >", StringComparison.Ordinal)), 1, 2);
        Assert.InRange(told.Length, 3, 5);
    }

    /// <summary>RFC 3590 §4: however soon the reports from none came after each other.</summary>
    [Fact]
    public void When_an_address_becomes_certain_the_groups_are_told_from_it()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            ControlRig rig = new ControlRig(new NeighbourOptions { ReportsGroups = true }, isStarted: false, seed: seed).Start();
            rig.Wait(20 * Second);
            foreach (IGrouping<string, string> group in Said(rig)
                .Where(line => line.Contains("> ff02::16 ", StringComparison.Ordinal) && !line.Contains("vlan", StringComparison.Ordinal))
                .GroupBy(line => line.Split(' ')[^1]))
            {
                string[] named = [.. group.Where(line => line.Contains(" fe80::1 >", StringComparison.Ordinal))];
                Assert.True(named.Length == 2, $"seed {seed}: {string.Join("; ", group)}");
            }
        }
    }

    [Fact]
    public void Who_asks_is_answered_once_within_the_time_that_it_gives()
    {
        ControlRig rig = Settled();
        rig.Hear(Question("::", milliseconds: 5000)).Hear(Question("::", milliseconds: 5000));
        rig.Wait(5 * Second + 1);
        Assert.Equal(LanGroups.Select(group => $"lan fe80::1 > ff02::16 IsExclude {group}"), Said(rig).Order(StringComparer.Ordinal));
        rig.Hear(Question("ff02::12", milliseconds: 1000)).Wait(Second + 1);
        Assert.Equal(LanGroups.Length, Said(rig).Length);
        rig.Hear(Question("ff02::1:ff00:77", milliseconds: 1000)).Wait(10 * Second);
        Assert.Empty(Said(rig));
        rig.Hear(Igmp("192.168.1.9", "11640000000000000000000002140000")).Wait(10 * Second + 1);
        Assert.Equal(["lan 192.168.1.1 > 224.0.0.22 IsExclude 224.0.0.18"], Said(rig));
    }

    [Fact]
    public void Answers_are_spread_over_the_time_that_is_given()
    {
        var when = new HashSet<long>();
        ControlRig rig = Settled();
        for (int i = 0; i < 20; i++)
        {
            rig.Hear(Question("::", milliseconds: 10_000));
            MonotonicTime asked = rig.Now;
            while (Said(rig).Length == 0) rig.Wait(Second / 10);
            when.Add((rig.Now - asked) / Second);
        }

        Assert.True(when.Count > 3);
    }

    [Fact]
    public void Who_understands_an_older_version_alone_is_spoken_to_in_that_while_it_is_there()
    {
        ControlRig rig = Settled();
        rig.Hear(Question("::", milliseconds: 1000, version: 1)).Wait(Second + 1);
        Assert.Equal(LanGroups.Select(group => $"lan fe80::1 > {group} report {group}"), Said(rig).Order(StringComparer.Ordinal));
        rig.Hear(Igmp("192.168.1.9", "110a0000" + "00000000")).Wait(Second + 1);
        Assert.Equal(["lan 192.168.1.1 > 224.0.0.18 report 224.0.0.18"], Said(rig));
        rig.Wait(GroupReports.OldVersionTimeout);
        rig.Hear(Question("::", milliseconds: 1000)).Wait(Second + 1);
        Assert.All(Said(rig), line => Assert.Contains("ff02::16 IsExclude", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_group_that_comes_or_goes_with_an_address_is_told_alone()
    {
        ControlRig rig = Settled();
        NeighbourFacts before = rig.Facts([Own + "/24"]);
        IpPrefix more = IpPrefix.TryParse("2001:db8:1::ab:cdef/64", out IpPrefix parsed) ? parsed : default;
        LinkFacts lan = before.Links[Lan] with { Addresses = before.Links[Lan].Addresses.Add(more) };
        rig.Control.Adopt(before with { Links = before.Links.SetItem(Lan, lan) }, rig.Now);
        rig.Wait(5 * Second);
        Assert.Equal(2, Said(rig).Count(line => line == "lan fe80::1 > ff02::16 ToExclude ff02::1:ffab:cdef"));
        rig.Control.Adopt(before, rig.Now);
        rig.Wait(5 * Second);
        Assert.Equal(Enumerable.Repeat("lan fe80::1 > ff02::16 ToInclude ff02::1:ffab:cdef", 2), Said(rig));
        rig.Control.Adopt(before with { Links = before.Links.SetItem(Lan, new LinkFacts([], [])) }, rig.Now);
        rig.Hear(Question("::", milliseconds: 1000)).Wait(5 * Second);
        Assert.Empty(Said(rig));                                        // there is no such port
    }

    [Fact]
    public void A_link_that_returns_is_told_anew()
    {
        ControlRig rig = Settled();
        rig.Control.OnLink(new PortId(Lan), isUp: false, rig.Now);
        rig.Wait(5 * Second);
        Assert.Empty(Said(rig));
        rig.Control.OnLink(new PortId(Lan), isUp: true, rig.Now);
        rig.Wait(5 * Second);
        Assert.Equal(10, Said(rig).Length);
    }

    [Fact]
    public void What_is_not_to_be_believed_is_not_answered()
    {
        ControlRig rig = Settled();
        byte[] broken = Question("::", milliseconds: 1000);
        broken[^1] ^= 1;
        rig.Hear(Question("::", milliseconds: 1000, hops: 2)).Hear(Question("::", milliseconds: 1000, source: "2001:db8:1::99"))
            .Hear(broken).Wait(10 * Second);
        Assert.Empty(Said(rig));
        Assert.Equal(3, rig.Control.Ignored);
    }

    [Fact]
    public void A_thousand_addresses_are_told_in_datagrams_that_every_link_carries()
    {
        ControlRig rig = Settled();
        NeighbourFacts before = rig.Facts([Own + "/24"]);
        IEnumerable<IpPrefix> many = Enumerable.Range(1, 1000)
            .Select(i => new IpPrefix(new Ipv6Address(TestFrames.V6("2001:db8:1::").Value + 0x10000 + (uint)i), 64));
        LinkFacts lan = before.Links[Lan] with { Addresses = [.. before.Links[Lan].Addresses, .. many] };
        rig.Control.Adopt(before with { Links = before.Links.SetItem(Lan, lan) }, rig.Now);
        (int Port, byte[] Frame)[] reports = [.. rig.TakeSent().Where(sent => sent.Frame[20] == (byte)IpProtocol.HopByHop)];
        Assert.All(reports, report => Assert.InRange(report.Frame.Length, 60, 14 + 1280));
        Assert.Equal(1000, reports.Sum(report => BinaryPrimitives.ReadUInt16BigEndian(report.Frame.AsSpan(14 + 48 + 6))));
    }

    private static ControlRig Settled()
    {
        var rig = new ControlRig(Options);
        rig.Wait(10 * Second);
        rig.TakeSent();
        return rig;
    }

    /// <summary>A question of MLD behind a router alert.</summary>
    private static byte[] Question(string group, int milliseconds, int version = 2, byte hops = 1, string source = Querier)
    {
        var message = new byte[version == 1 ? 24 : 28];
        message[0] = 130;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)milliseconds);
        TestFrames.V6(group).WriteTo(message.AsSpan(8));
        byte[] frame = TestFrames.Ipv6(
            source, "ff02::1", TestTransport.Raw(IpProtocol.HopByHop, [58, 0, 5, 2, 0, 0, 1, 0, .. message]),
            ip => ip with { HopLimit = hops });
        Span<byte> datagram = frame.AsSpan(14);
        ulong sum = InternetChecksum.Sum(datagram[48..])
            + InternetChecksum.Ipv6PseudoHeader(datagram[8..], IpProtocol.Icmpv6, message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[50..], InternetChecksum.Finish(sum));
        return TestFrames.WithMacs(frame, new MacAddress(0x3333_0000_0001), HostMac);
    }

    private static byte[] Igmp(string source, string hex)
    {
        byte[] message = Convert.FromHexString(hex);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Finish(InternetChecksum.Sum(message)));
        return TestFrames.WithMacs(
            TestFrames.Ipv4(source, "224.0.0.1", TestTransport.Raw(IpProtocol.Igmp, message)), new MacAddress(0x0100_5e00_0001), HostMac);
    }

    /// <summary>Reports sent since the last time, a line for each record.</summary>
    private static string[] Said(ControlRig rig) => [.. rig.TakeSent().SelectMany(sent => Read(sent.Frame))];

    private static IEnumerable<string> Read(byte[] frame)
    {
        bool isTagged = frame[12] == 0x81;
        string where = isTagged ? $"lan vlan {frame[15]}" : "lan";
        byte[] datagram = frame[(isTagged ? 18 : 14)..];
        bool isV6 = frame[isTagged ? 17 : 13] == 0xdd;
        if (isV6 ? datagram[6] != 0 : datagram[0] != 0x46) return [];
        byte[] message = datagram[(isV6 ? 48 : 24)..];
        IpAddress source = AddressAt(datagram, isV6 ? 8 : 12, isV6), destination = AddressAt(datagram, isV6 ? 24 : 16, isV6);
        Assert.Equal(destination.GroupMac, MacAddress.Read(frame));
        Assert.Equal(1, datagram[isV6 ? 7 : 8]);
        string head = $"{where} {source} > {destination}";
        int count = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6)), size = isV6 ? 20 : 8;
        return message[0] switch
        {
            143 or 0x22 => Enumerable.Range(0, count).Select(i =>
                $"{head} {(GroupRecordType)message[8 + (i * size)]} {AddressAt(message, 12 + (i * size), isV6)}").ToArray(),
            131 or 0x16 => [$"{head} report {AddressAt(message, isV6 ? 8 : 4, isV6)}"],
            var type => [$"{head} {type}"],
        };
    }

    private static IpAddress AddressAt(byte[] bytes, int at, bool isV6) =>
        isV6 ? Ipv6Address.Read(bytes.AsSpan(at)) : Ipv4Address.Read(bytes.AsSpan(at));
}
