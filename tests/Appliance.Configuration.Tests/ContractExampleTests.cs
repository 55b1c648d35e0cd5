using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>The example of the contract, every key of it, as the model that it must become.</summary>
public class ContractExampleTests
{
    private const string Text = """
        version: 1                              # optional
        name: edge-1
        vcpus: 2                                # workers; default: every processor
        ports:
          wan:
            backend: af-packet                  # af-packet | af-xdp | tap | memif | netvsc | pcap
            device: eth0
            addresses: [203.0.113.2/24, "2001:db8:1::2/64"]
            mtu: 1500
            offloads: {rx-checksum: on, tx-checksum: on, lro: on, tso: on}
          lan:
            backend: af-packet
            device: eth1
            addresses: [192.168.1.1/24]
            groups: [inside]
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
          sync: {backend: af-packet, device: "mac:02:00:5e:10:00:03", addresses: [10.99.0.1/24]}   # by name, mac:, pci: or slot:
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: 10.0.0.0/8, via: [192.168.1.2, 192.168.1.3]}          # ECMP by flow
          - {to: 198.51.100.0/24, blackhole: true}
        neighbors:
          - {port: wan, address: 203.0.113.1, mac: "02:00:00:00:00:01"}
        firewall:
          ruleset: edge.pf.conf                 # relative to this file
        vrss:
          key: symmetric                        # symmetric | microsoft | 80 hexadecimal digits
          indirection: 128
          hash: [ipv4, ipv6, tcp-ipv4, tcp-ipv6, udp-ipv4, udp-ipv6]
          rebalance: on
        high-availability:
          preempt: true
          carp:
            - {vhid: 1, port: wan, addresses: [203.0.113.10/24], password: secret, advbase: 1, advskew: 0}
            - {vhid: 2, port: lan, addresses: [192.168.1.254/24], password-file: lan.key, peer: 192.168.1.3}
          sync: {port: sync, peer: 10.99.0.2, key-file: sync.key, heartbeat-milliseconds: 5, detect-milliseconds: 20}
          peers: pair                           # pair: with a lane only the peer's own adverts count; open: any valid advert
        management:
          socket: /run/appliance/appliance.sock
          https: {listen: "127.0.0.1:8443", token-file: api.token}

        """;

    private readonly RuntimeModel _model = Texts.Model(Text);

    [Fact]
    public void It_loads_without_a_warning() => Assert.Empty(ConfigurationLoader.LoadText(Text, "f", Texts.Rulesets).Warnings);

    [Fact]
    public void Ports_are_as_written()
    {
        Assert.Equal("edge-1", _model.Name);
        Assert.Equal(2, _model.Vcpus);
        Assert.Equal(["wan", "lan", "lan.20", "sync"], _model.Ports.Select(port => port.Name));
        Assert.Equal([0, 1, 2, 3], _model.Ports.Select(port => port.Index));
        Assert.Equal([1, 2, 2, 3], _model.Ports.Select(port => port.Ordinal));
        PortModel tagged = _model.Ports[2];
        Assert.Equal((1, 20, PortBackend.AfPacket, null), (tagged.ParentIndex, tagged.VlanId, tagged.Backend, tagged.Device));
        Assert.Equal(["203.0.113.2/24", "2001:db8:1::2/64"], _model.Ports[0].Addresses.Select(address => address.ToString()));
        Assert.Equal(new DeviceSelector(DeviceKind.Mac, "02:00:5e:10:00:03"), _model.Ports[3].Device);
        Assert.Equal(["inside"], _model.FindPort("lan")!.Groups);
        Assert.All(_model.Ports,
            port => Assert.Equal((1500, ReversePath.Off, OffloadModel.Default), (port.MtuBytes, port.ReversePath, port.Offloads)));
    }

    [Fact]
    public void Routes_know_the_ports_of_their_next_hops()
    {
        Assert.Equal(["0.0.0.0/0", "10.0.0.0/8", "198.51.100.0/24"], _model.Routes.Select(route => route.To.ToString()));
        Assert.Equal([new NextHopModel(Address("203.0.113.1"), 0)], _model.Routes[0].Via);
        Assert.Equal([new NextHopModel(Address("192.168.1.2"), 1), new NextHopModel(Address("192.168.1.3"), 1)], _model.Routes[1].Via);
        Assert.Equal([false, false, true], _model.Routes.Select(route => route.Blackhole));
        Assert.Empty(_model.Routes[2].Via);
        NeighborModel neighbor = Assert.Single(_model.Neighbors);
        Assert.Equal((0, "203.0.113.1", "02:00:00:00:00:01"), (neighbor.PortIndex, neighbor.Address.ToString(), neighbor.Mac.ToString()));
    }

    [Fact]
    public void The_ruleset_is_named_with_its_place_and_resolved()
    {
        FileReference ruleset = _model.Firewall!.Ruleset;
        Assert.Equal(("edge.pf.conf", Path.Combine("etc", "edge.pf.conf")), (ruleset.Text, ruleset.Path));
        Assert.Equal(new TextPosition(25, 12), ruleset.Position);
        Rule rule = Assert.Single(_model.Firewall.Rules.Filter.Top);
        Assert.Equal(("edge.pf.conf:1", PortSet.Of(1)), (rule.Id, rule.Interfaces));
    }

    [Fact]
    public void Steering_is_as_written()
    {
        SteeringModel steering = _model.Steering;
        Assert.Equal(
            (SteeringKeyKind.Symmetric, 0, 128, HashTypes.All, true),
            (steering.KeyKind, steering.Key.Length, steering.IndirectionEntries, steering.HashTypes, steering.Rebalance));
    }

    [Fact]
    public void The_pair_is_as_written()
    {
        HighAvailabilityModel pair = _model.HighAvailability!;
        Assert.Equal((true, PeerPolicy.Pair), (pair.Preempt, pair.Peers));
        Assert.Equal([(1, 0), (2, 1)], pair.Carp.Select(group => (group.Vhid, group.PortIndex)));
        Assert.Equal("secret", pair.Carp[0].Password!.Reveal());
        Assert.Null(pair.Carp[0].Peer);
        Assert.Equal("lan.key", pair.Carp[1].PasswordFile!.Text);
        Assert.Equal(Address("192.168.1.3"), pair.Carp[1].Peer);
        Assert.Equal(["203.0.113.10/24"], _model.Ports[0].VirtualAddresses.Select(address => address.ToString()));
        Assert.Equal(["192.168.1.254/24"], _model.Ports[1].VirtualAddresses.Select(address => address.ToString()));
        SyncModel lane = pair.Sync!;
        Assert.Equal(
            (3, Address("10.99.0.2"), "sync.key", 5, 20),
            (lane.PortIndex, lane.Peer, lane.KeyFile.Text, lane.HeartbeatMilliseconds, lane.DetectMilliseconds));
        Assert.Equal(0, lane.HoldNewFlowsMilliseconds);
    }

    [Fact]
    public void Management_is_as_written()
    {
        Assert.Equal("/run/appliance/appliance.sock", _model.Management.SocketPath);
        Assert.Equal(("127.0.0.1:8443", "api.token"), (_model.Management.Https!.Listen.ToString(), _model.Management.Https.TokenFile.Text));
    }

    private static IpAddress Address(string text)
    {
        Assert.True(IpAddress.TryParse(text, out IpAddress address));
        return address;
    }
}
