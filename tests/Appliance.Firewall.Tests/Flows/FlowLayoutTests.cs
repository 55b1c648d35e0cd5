using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class FlowLayoutTests
{
    [Fact]
    public void A_state_is_five_cache_lines()
    {
        Assert.Equal(320, FlowRecord.SizeBytes);
        Assert.Equal(FlowRecord.SizeBytes, Unsafe.SizeOf<FlowRecord>());
        Assert.True(FlowRecord.SizeBytes <= 512);
    }

    [Fact]
    public void An_alias_is_one()
    {
        Assert.Equal(64, AliasRecord.SizeBytes);
        Assert.Equal(AliasRecord.SizeBytes, Unsafe.SizeOf<AliasRecord>());
    }

    [Fact]
    public void Keys_are_forty_bytes_and_sixteen_packed()
    {
        Assert.Equal(FlowKey.SizeBytes, Unsafe.SizeOf<FlowKey>());
        Assert.Equal(PackedFlowKey.SizeBytes, Unsafe.SizeOf<PackedFlowKey>());
        Assert.Equal(TimerLink.SizeBytes, Unsafe.SizeOf<TimerLink>());
    }

    /// <summary>Each field by itself keeps what is written into it whatever is written into the others.</summary>
    [Fact]
    public void No_two_fields_of_a_state_overlap_but_the_place_and_the_timer()
    {
        var fields = typeof(FlowRecord).GetFields(
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic)
            .Where(field => field.Name != nameof(FlowRecord.Place))
            .Select(field => (field.Name, Offset: (int)Marshal.OffsetOf<FlowRecord>(field.Name), Size: SizeOf(field.FieldType)))
            .OrderBy(field => field.Offset).ToList();
        Assert.Equal(38, fields.Count);
        for (int i = 1; i < fields.Count; i++)
            Assert.True(fields[i - 1].Offset + fields[i - 1].Size <= fields[i].Offset, $"{fields[i - 1].Name} and {fields[i].Name}");
        Assert.Equal(FlowRecord.SizeBytes, fields[^1].Offset + fields[^1].Size);
    }

    /// <summary>What ExpressStage touches: two lines of the state that a datagram came in by, one of the one that it leaves by.</summary>
    [Fact]
    public void What_a_datagram_of_an_established_connection_touches_lies_on_the_first_lines()
    {
        string[] both =
        [
            nameof(FlowRecord.LastSeen), nameof(FlowRecord.Timeout), nameof(FlowRecord.Pair), nameof(FlowRecord.Way),
            nameof(FlowRecord.ForwardPackets), nameof(FlowRecord.ReverseBytes), nameof(FlowRecord.Rule), nameof(FlowRecord.Ruleset),
            nameof(FlowRecord.TranslationRule), nameof(FlowRecord.MatchSet), nameof(FlowRecord.Flags),
        ];
        string[] way =
        [
            nameof(FlowRecord.Express), nameof(FlowRecord.ExpressPort), nameof(FlowRecord.NextHop), nameof(FlowRecord.NextHopGeneration),
            nameof(FlowRecord.EgressPort), nameof(FlowRecord.HomeBucket), nameof(FlowRecord.PartnerIndex),
        ];
        Assert.All(both, name => Assert.Equal(0, LineOf(name)));
        Assert.All(way, name => Assert.Equal(1, LineOf(name)));
    }

    [Fact]
    public void A_segment_touches_the_line_of_the_tracker_too()
    {
        Assert.All([nameof(FlowRecord.Tracker), nameof(FlowRecord.RuleAccount)], name => Assert.Equal(2, LineOf(name)));
        Assert.Equal(FlowRecord.TrackerOffset, (int)Marshal.OffsetOf<FlowRecord>(nameof(FlowRecord.Tracker)));
        Assert.Equal(TrackerBytes.Length, Unsafe.SizeOf<TcpTrack>());
    }

    /// <summary>Trackers are compared by loads of four bytes, of which the last is another field's.</summary>
    [Fact]
    public void Behind_each_tracker_of_datagrams_there_is_a_byte()
    {
        Assert.Equal(3, Unsafe.SizeOf<PairTrack>());
        Assert.Equal(Marshal.OffsetOf<FlowRecord>(nameof(FlowRecord.Pair)) + 3, Marshal.OffsetOf<FlowRecord>(nameof(FlowRecord.Way)));
        ExpressWay way = default;                                       // not Marshal's offsets: to it a bool is four bytes
        nint at = Unsafe.ByteOffset(ref Unsafe.As<ExpressWay, byte>(ref way), ref Unsafe.As<PairTrack, byte>(ref way.LeavesSteady));
        Assert.True(at + sizeof(uint) <= Unsafe.SizeOf<ExpressWay>());
    }

    [Fact]
    public void A_key_gives_back_what_it_was_made_of()
    {
        var key = new FlowKey(isV6: true, IpProtocol.Udp, UInt128.MaxValue - 1, 2, UInt128.MaxValue - 3, 4, port: 5);
        Assert.Equal((UInt128.MaxValue - 1, UInt128.MaxValue - 3), (key.Outside, key.Inside));
        Assert.Equal((2, 4, 5, 6, IpProtocol.Udp), (key.OutsidePort, key.InsidePort, key.Port, key.Family, key.Protocol));
        Assert.Equal(new FlowKey(isV6: true, IpProtocol.Udp, UInt128.MaxValue - 3, 4, UInt128.MaxValue - 1, 2, port: 5), key.Turned());
        Assert.Equal((IpAddress)new Ipv6Address(UInt128.MaxValue - 1), key.OutsideAddress);
        Assert.Equal((IpAddress)new Ipv4Address(9), new FlowKey(isV6: false, IpProtocol.Udp, 1, 2, 9, 4).InsideAddress);
    }

    /// <summary>The drawing beside PackedFlowKey.</summary>
    [Fact]
    public void A_packed_IPv4_key_has_its_fields_where_the_drawing_says()
    {
        PackedFlowKey[] keys = [PackedFlowKey.OfIpv4((IpProtocol)0x0d, 0x0403_0201, 0x0a09, 0x0807_0605, 0x0c0b, port: 0x100f)];
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 4, 15, 16], MemoryMarshal.AsBytes<PackedFlowKey>(keys).ToArray());
    }

    [Fact]
    public void A_packed_IPv6_key_tells_family_and_port_and_nothing_else()
    {
        var hash = new FlowHash(KeyedRandom.FromSeed(1));
        FlowKey key = FlowRig.Key(1, 2, port: 0x100f, isV6: true);
        byte[] bytes = MemoryMarshal.AsBytes<PackedFlowKey>([hash.Pack(key)]).ToArray();
        byte[] floating = MemoryMarshal.AsBytes<PackedFlowKey>([hash.Pack(key with { Port = FlowKey.AnyPort })]).ToArray();
        byte[] elsewhere = MemoryMarshal.AsBytes<PackedFlowKey>([new FlowHash(KeyedRandom.FromSeed(2)).Pack(key)]).ToArray();
        Assert.Equal([6, 15, 16], bytes[13..]);
        Assert.Equal([6, 255, 255], floating[13..]);
        Assert.Equal(bytes[..13], floating[..13]);
        Assert.NotEqual(bytes[..13], elsewhere[..13]);
    }

    [Fact]
    public void A_hit_tells_what_it_is()
    {
        Assert.True(default(FlowHit).IsMiss);
        var wire = new FlowHit(FlowHit.SideBits(FlowSide.Wire));
        Assert.Equal((true, false, false), (wire.IsState, wire.IsAlias, wire.IsMiss));
        Assert.Equal(FlowHit.WireBit | FlowHit.StackBit, FlowHit.SideBits(FlowSide.Both));
        Assert.Equal(FlowHit.StackBit, FlowHit.SideBits(FlowSide.Stack));
        Assert.Equal(FlowHit.MaxIndex, new FlowHit(FlowHit.StackBit | FlowHit.MaxIndex).Index);
    }

    [Theory]
    [InlineData(FlowDirection.In, FlowSide.Wire, true)]
    [InlineData(FlowDirection.In, FlowSide.Stack, false)]
    [InlineData(FlowDirection.Out, FlowSide.Wire, false)]
    [InlineData(FlowDirection.Out, FlowSide.Stack, true)]
    public void A_frame_goes_forward_when_it_passes_the_port_as_the_first_did(FlowDirection direction, FlowSide foundOn, bool forward)
    {
        using var rig = new FlowRig();
        int index = rig.Insert(FlowRig.Key(1, 2), direction: direction);
        Assert.Equal(forward, rig.Table[index].IsForward(foundOn));
    }

    private static int LineOf(string field) => (int)Marshal.OffsetOf<FlowRecord>(field) / FlowRecord.LineBytes;

    private static int SizeOf(Type type) => type.IsEnum
        ? Marshal.SizeOf(Enum.GetUnderlyingType(type))
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
