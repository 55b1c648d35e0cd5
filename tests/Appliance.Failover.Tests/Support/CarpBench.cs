using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>One box with a hand on its clock: port 0 is <c>wan</c>, port 1 <c>lan</c>, up unless said otherwise.</summary>
internal sealed class CarpBench
{
    public const long Second = 1_000_000_000;
    public const long Skew = Second / 256;

    public static readonly PortId Wan = new(0);
    public static readonly PortId Lan = new(1);
    public static readonly PortId SyncLink = new(2);              // without groups
    public static readonly Ipv4Address Rival = new(0xc000_0263);      // 192.0.2.99

    private readonly byte[] _frame = new byte[CarpFrames.MaxLength];

    public CarpBench(CarpNodeSettings settings, ulong seed = 1)
    {
        Node = new CarpNode(settings, KeyedRandom.FromSeed(seed));
        SetPort(Wan, LinkState.Up);
        SetPort(Lan, LinkState.Up);
    }

    public CarpNode Node { get; }

    public MonotonicTime Now { get; private set; } = new(1_000 * Second);

    public CarpGroup Group => Node.Groups[0];

    /// <summary>What was asked for since it was last looked at, in words.</summary>
    public List<string> Said { get; } = [];

    /// <summary>The frames among it.</summary>
    public List<byte[]> Frames { get; } = [];

    public static CarpNodeSettings Settings(params CarpGroupSettings[] groups) => new()
    {
        Groups = [.. groups],
        PreemptHoldDownNanoseconds = 0,
    };

    public static CarpGroupSettings OnWan(string addresses = "192.0.2.10", byte vhid = 1, byte skew = 0) => new()
    {
        Vhid = vhid,
        Port = Wan,
        Addresses = Addresses(addresses),
        Interval = new CarpInterval(1, skew),
        Key = Key("love"),
    };

    public static CarpGroupSettings OnLan(string addresses = "198.51.100.10", byte vhid = 2, byte skew = 0) =>
        OnWan(addresses, vhid, skew) with { Port = Lan };

    public static ImmutableArray<IpAddress> Addresses(string text) => [.. text.Split(' ').Select(word =>
    {
        Assert.True(IpAddress.TryParse(word, out IpAddress address));
        return address;
    })];

    public static CarpKey Key(string password)
    {
        Assert.True(CarpKey.TryCreate(System.Text.Encoding.ASCII.GetBytes(password), out CarpKey? key));
        return key;
    }

    public static CarpPort Port(PortId id, LinkState link = LinkState.Up) => new()
    {
        Id = id,
        Name = id == Wan ? "wan" : "lan",
        Mac = new MacAddress(0x0201_0000_0001ul + id.Index),
        Addresses = Addresses(id == Wan ? "192.0.2.3 fe80::3 2001:db8::3" : "198.51.100.3 fe80::103"),
        Link = link,
    };

    public void SetPort(PortId id, LinkState link) => Do(now => Node.OnPort(Port(id, link), now));

    /// <summary>Lets time pass, stepping at every deadline, as a program does that is never late.</summary>
    public void Pass(long nanoseconds)
    {
        MonotonicTime end = Now + nanoseconds;
        while (Node.NextDeadline <= end)
        {
            if (Node.NextDeadline > Now) Now = Node.NextDeadline;
            Do(now => Node.Step(now));
        }

        Now = end;
    }

    /// <summary>Lets time pass while the box does not run at all; then it steps, or does something else.</summary>
    public void Freeze(long nanoseconds, Action<MonotonicTime>? then = null)
    {
        Now += nanoseconds;
        Do(then ?? (now => Node.Step(now)));
    }

    public void Do(Action<MonotonicTime> act)
    {
        act(Now);
        while (Node.Actions.TryTake(out CarpAction action)) Note(action);
    }

    /// <summary>An authentic advertisement for a group arrives, from a rival unless another source is given.</summary>
    public CarpRefusal Hear(CarpGroup group, CarpInterval interval, IpAddress? source = null, ulong? counter = null, byte demotion = 0)
    {
        bool isV6 = source?.IsV6 ?? !group.Settings.HasIpv4;
        var advertisement = new CarpFields(group.Settings.Vhid, interval.BaseSeconds, interval.Skew, counter ?? NextCounter++)
        {
            Demotion = demotion,
        };
        IpAddress from = source ?? (isV6 ? new Ipv6Address(((UInt128)0xfe80 << 112) | 0x99) : Rival);
        return HearFrame(group.Settings.Port, AdvertisementFrames.Make(group.Settings, from, advertisement));
    }

    public CarpRefusal HearFrame(PortId port, byte[] frame)
    {
        CarpRefusal refusal = CarpRefusal.None;
        Do(now => refusal = Node.OnFrame(port, frame, now));
        return refusal;
    }

    public ulong NextCounter { get; set; } = 0x4000_0000_0000_0000;

    /// <summary>What was said since the last look, and forgets it.</summary>
    public string Take()
    {
        string said = string.Join(", ", Said);
        Said.Clear();
        Frames.Clear();
        return said;
    }

    private void Note(in CarpAction action)
    {
        string what = action.Kind switch
        {
            CarpActionKind.TakeOver => "take over",
            CarpActionKind.StandDown => "stand down",
            CarpActionKind.SendAdvertisement =>
                $"advertise {action.Advertisement.AdvertisementBaseSeconds}+{action.Advertisement.AdvertisementSkew}",
            _ => $"announce {action.Address}",
        };
        Said.Add(Node.Groups.Count > 1 ? $"{what} {action.Group.Name}" : what);
        if (action.IsFrame) Frames.Add(_frame[..CarpFrames.Write(action, Node.Settings.Dscp, _frame)]);
    }
}
