using System.Net;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;

namespace Appliance.Routing.Tests.Admission;

/// <summary>Three ports, one of each kind of reverse path check, with a network behind each, and a stage that judges batches.</summary>
internal sealed class AdmissionRig : IDisposable
{
    public const int Unchecked = 0, Loose = 1, Strict = 2;

    public static readonly IPAddress OwnLinkLocal = IPAddress.Parse("fe80::1");                 // of the strict port alone
    public static readonly IPAddress[] Own =
        [.. new[] { "10.0.0.1", "11.0.0.1", "2001:db8::1", "2001:db8:1::1" }.Select(IPAddress.Parse)];
    public static readonly IPAddress[] Broadcast = [.. new[] { "10.0.0.255", "11.255.255.255" }.Select(IPAddress.Parse)];

    private static readonly (string Network, int Port)[] Networks =
        [("10.0.0.0/24", Unchecked), ("11.0.0.0/8", Loose), ("12.0.0.0/8", Strict), ("2001:db8::/48", Loose), ("2001:db8:2::/48", Strict)];

    private readonly FramePool _pool = new(0, new FramePoolSize(256, 0, 0));
    private readonly RoutingModel _model;
    private readonly AdmitStage _stage;

    public AdmissionRig()
    {
        PortFacts[] ports = [.. Enumerable.Range(0, 3).Select(
            i => new PortFacts { Index = i, Name = $"port{i}", Physical = i, Mac = TestFrames.Router })];
        PortAddresses[] addresses = [.. new[] { ReversePathCheck.Off, ReversePathCheck.Loose, ReversePathCheck.Strict }
            .Select(check => new PortAddresses(null, null, check))];
        var own = new OwnAddressTable(
        [
            .. Own.Select(address => (Address(address), AddressUse.Own, Unchecked)),
            .. Broadcast.Select(address => (Address(address), AddressUse.Broadcast, Unchecked)),
            (Address(OwnLinkLocal), AddressUse.Own, Strict),
        ]);
        Route[] routes = [.. Networks.Select(network => new Route(
            Prefix(network.Network), new RouteTarget(RouteTarget.Connected, TargetKind.Unicast, [new NextHop(network.Port, null)])))];
        var neighbours = new NeighbourTable([], false);
        _model = new RoutingModel(new PortTable([.. ports]), [.. addresses], own, neighbours, new ForwardingTable([.. routes], neighbours));
        _stage = new AdmitStage(_model);
    }

    /// <summary>The port whose network the address is in; -1: none.</summary>
    public static int PortBehind(IPAddress address)
    {
        foreach ((string network, int port) in Networks)
        {
            if (IPNetwork.Parse(network).Contains(address)) return port;
        }

        return -1;
    }

    /// <summary>What becomes of the datagrams when they come in one batch.</summary>
    public DropReason[] Judge(params (IPAddress Source, IPAddress Destination, FrameTraits Traits, int Port)[] datagrams)
    {
        var batch = new FrameBatch(datagrams.Length);
        foreach ((IPAddress source, IPAddress destination, FrameTraits traits, int port) in datagrams)
        {
            bool v6 = source.GetAddressBytes().Length == 16;
            byte[] bytes = v6
                ? TestFrames.Ipv6(source.ToString(), destination.ToString(), TestTransport.Udp(1, 2))
                : TestFrames.Ipv4(source.ToString(), destination.ToString(), TestTransport.Udp(1, 2));
            if (!_pool.TryRent(bytes.Length, out Frame frame)) throw new InvalidOperationException("The pool is empty.");
            bytes.CopyTo(frame.Bytes);
            ref FrameInfo info = ref frame.Info;
            (info.NetworkOffset, info.DatagramLength, info.IngressPort) = (14, bytes.Length - 14, (ushort)port);
            (info.Network, info.Traits) = (v6 ? NetworkKind.Ipv6 : NetworkKind.Ipv4, traits);
            batch.TryAdd(frame);
        }

        _stage.Process(batch, default);
        DropReason[] reasons = [.. batch.Frames.ToArray().Select(frame => frame.Info.DropReason)];
        foreach (Frame frame in batch.Frames)
            _pool.Return(frame);
        return reasons;
    }

    public void Dispose()
    {
        _model.Dispose();
        _pool.Dispose();
    }

    private static IpAddress Address(IPAddress address) =>
        address.GetAddressBytes().Length == 16 ? TestFrames.V6(address.ToString()) : TestFrames.V4(address.ToString());

    private static IpPrefix Prefix(string text)
    {
        IPNetwork network = IPNetwork.Parse(text);
        return new IpPrefix(Address(network.BaseAddress), network.PrefixLength);
    }
}
