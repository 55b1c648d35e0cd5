using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>
/// The control side alone: two ports and a sub-port of the first, whose frames are kept, and one worker's ring of questions.
/// </summary>
internal sealed class ControlRig : IControlSender
{
    public const int Lan = 0, Wan = 1, Vlan = 2;
    public const long Second = 1_000_000_000;
    public const string Own = "192.168.1.1", OwnV6 = "2001:db8:1::1", OwnLinkLocal = "fe80::1", Fixed = "192.168.1.250";

    public static readonly MacAddress Mac = new(0x0201_0000_0001), HostMac = new(0x0200_0000_5301), OtherMac = new(0x0200_0000_5302);

    private readonly List<(int Port, byte[] Frame)> _sent = [];
    private readonly NeighbourExchange _exchange;

    /// <summary>Shared with a peer, by the virtual host 7 of the lan, which the box is not at first.</summary>
    public const string Virtual = "192.168.1.254", VirtualV6 = "2001:db8:1::254";

    public static readonly MacAddress VirtualMac = new(0x0000_5e00_0107);

    public VirtualHosts VirtualHosts { get; } = new();

    public ControlRig(NeighbourOptions? options = null, NeighbourLimits? limits = null, bool isStarted = true, ulong seed = 7)
    {
        _exchange = new NeighbourExchange(2, limits ?? NeighbourLimits.For(3), KeyedRandom.FromSeed(seed));
        Control = new NeighbourControl(
            _exchange, options ?? new NeighbourOptions { DetectsDuplicates = false }, Facts([Own + "/24"]), woken => Woken |= woken);
        if (!isStarted) return;
        Start();
        Wait(10 * Second);                                              // until the announcements are over
        _sent.Clear();
    }

    public NeighbourControl Control { get; }

    public NeighbourCells Cells => _exchange.Cells;

    public MonotonicTime Now { get; private set; } = new(100 * Second);

    /// <summary>Workers that were woken, a bit each.</summary>
    public ulong Woken { get; private set; }

    /// <param name="lan">Its addresses of IPv4, with the lengths of their networks.</param>
    /// <param name="mac">The lan's; null: <see cref="Mac"/>.</param>
    public NeighbourFacts Facts(string[] lan, MacAddress? mac = null)
    {
        var ports = new PortTable(
        [
            new PortFacts { Index = Lan, Name = "lan", Physical = Lan, Mac = mac ?? Mac, VirtualHosts = VirtualHosts },
            new PortFacts { Index = Wan, Name = "wan", Physical = Wan, Mac = new MacAddress(0x0201_0000_0002) },
            new PortFacts { Index = Vlan, Name = "lan.5", Physical = Lan, Parent = Lan, VlanId = 5, Mac = mac ?? Mac },
        ]);
        var known = new NeighbourTable([KeyValuePair.Create((Lan, Address(Fixed)), OtherMac)], inventUnknown: false);
        return new NeighbourFacts(
            ports,
            [
                new LinkFacts([.. lan.Select(Prefix), Prefix(OwnV6 + "/64"), Prefix(OwnLinkLocal + "/64")], Shared),
                new LinkFacts([Prefix("203.0.113.2/24")], []),
                new LinkFacts([Prefix("192.168.5.1/24"), Prefix("fe80::1/64")], []),
            ],
            known);
    }

    private ImmutableArray<VirtualAddress> Shared =>
    [
        new(Address(Virtual), 7, VirtualHosts, VirtualMac), new(Address(VirtualV6), 7, VirtualHosts, VirtualMac),
    ];

    public ControlRig Start()
    {
        Control.Start(this, Now);
        return this;
    }

    public static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw new FormatException(text);

    public static NeighbourKey Key(string address, int port = Lan) => new((ushort)port, Address(address));

    /// <summary>What has been sent since the last time.</summary>
    public (int Port, byte[] Frame)[] TakeSent()
    {
        (int Port, byte[] Frame)[] sent = [.. _sent];
        _sent.Clear();
        return sent;
    }

    public ControlRig Want(string address, int port = Lan, int worker = 0)
    {
        if (!_exchange.QuestionsOf(worker).TryPut(Key(address, port))) throw new InvalidOperationException("The ring is full.");
        Control.Tend(Now);
        return this;
    }

    /// <summary>Deadline by deadline, as a thread that sleeps until the next one.</summary>
    public ControlRig Wait(long nanoseconds)
    {
        for (MonotonicTime until = Now + nanoseconds; Now < until;)
        {
            MonotonicTime next = Control.NextDeadline;
            Now = next > Now ? (next < until ? next : until) : Now + 1;
            Control.Tend(Now);
        }

        return this;
    }

    public ControlRig Hear(byte[] frame, int port = Lan)
    {
        Control.OnFrame(new PortId((ushort)port), frame, Now);
        return this;
    }

    /// <param name="sender">What the packet says of its sender.</param>
    /// <param name="by">Who sends the frame; null: the same.</param>
    public ControlRig HearArp(
        ArpOperation operation, string source, string target, MacAddress? sender = null, MacAddress? to = null, int port = Lan,
        MacAddress? by = null)
    {
        var fields = new ArpFields(operation, sender ?? HostMac, TestFrames.V4(source), default, TestFrames.V4(target));
        return Hear(TestFrames.WithMacs(TestFrames.Arp(fields), to ?? MacAddress.Broadcast, by ?? sender ?? HostMac), port);
    }

    public ControlRig HearAdvertisement(
        string target, bool solicited, bool overrides, MacAddress? told, bool router = false, string to = OwnLinkLocal, byte hops = 255)
    {
        var fields = new NeighborAdvertisementFields(TestFrames.V6(target), router, solicited, overrides, told);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        return HearNdp(target, to, message, hops);
    }

    public ControlRig HearSolicitation(string target, string source, MacAddress? told, byte hops = 255)
    {
        var fields = new NeighborSolicitationFields(TestFrames.V6(target), told);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        return HearNdp(source, TestFrames.V6(target).SolicitedNode.ToString(), message, hops);
    }

    public ControlRig HearNdp(string source, string destination, byte[] message, byte hops = 255)
    {
        var transport = new TestTransport(IpProtocol.Icmpv6, message, 2, HasPseudoHeader: true);
        byte[] frame = TestFrames.Ipv6(source, destination, transport, ip => ip with { HopLimit = hops });
        Ipv6Address to = TestFrames.V6(destination);
        MacAddress mac = to.IsMulticast ? new MacAddress(0x3333_0000_0000UL | (uint)to.Value) : Mac;
        return Hear(TestFrames.WithMacs(frame, mac, HostMac));
    }

    public NeighbourState StateOf(string address, int port = Lan) =>
        Control.ReadNeighbours().SingleOrDefault(row => row.Port == port && row.Address == Address(address))?.State
        ?? NeighbourState.Vacant;

    public NeighbourRow Row(string address) => Control.ReadNeighbours().Single(row => row.Address == Address(address));

    /// <summary>What a worker reads.</summary>
    public (NeighbourState State, MacAddress Mac) Seen(string address, int port = Lan) =>
        Cells.TryFind(Key(address, port), out _, out NeighbourWord word) ? (word.State, word.Mac) : default;

    public NeighbourNotice[] TakeNotices()
    {
        var notices = new List<NeighbourNotice>();
        Control.ReadNotices(notices.Add);
        return [.. notices];
    }

    void IControlSender.Send(PortId port, ReadOnlySpan<byte> frame) => _sent.Add((port.Index, frame.ToArray()));

    private static IpPrefix Prefix(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
