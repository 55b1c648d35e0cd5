using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>
/// The cases of the Linux kernel's own GRO selftest (tools/testing/selftests/net/gro.c), with its payloads and ports, of both families
/// where it has them. In two a router has to say no where the kernel says yes: an identification that stays without DF, and equal
/// extension headers, since neither can be cut again into what came.
/// </summary>
public sealed class LinuxGroCaseTests : IDisposable
{
    private const int PayloadLength = 100;

    private readonly CoalesceRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false, 100, 100, "0-1")]
    [InlineData(false, 100, 50, "0-1")]
    [InlineData(false, 50, 100, "0 1")]
    [InlineData(false, 100, 1, "0-1")]
    [InlineData(true, 100, 100, "0-1")]
    [InlineData(true, 100, 50, "0-1")]
    [InlineData(true, 50, 100, "0 1")]
    [InlineData(true, 100, 1, "0-1")]
    public void Data_of_the_same_length_or_a_shorter_last_joins(bool v6, int first, int second, string left)
    {
        TestSegment head = First(v6) with { PayloadLength = first };
        MustLeave(left, head, head.Next() with { PayloadLength = second });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Behind_a_shorter_one_a_new_train_begins(bool v6)
    {
        TestSegment head = First(v6), shorter = head.Next() with { PayloadLength = 50 }, third = shorter.Next(), last = third.Next();
        MustLeave("0-1 2-3", head, shorter, third, last);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pure_and_duplicate_acks_stay_alone(bool v6)
    {
        TestSegment ack = First(v6) with { PayloadLength = 0 };
        MustLeave("0 1 2", ack, ack, ack with { Acknowledgment = ack.Acknowledgment + 1 });
    }

    [Theory]
    [InlineData(TcpFlags.Psh, 100, "0-1-2 3-4")]
    [InlineData(TcpFlags.Syn, 0, "0-1 2 3-4")]
    [InlineData(TcpFlags.Rst, 0, "0-1 2 3-4")]
    [InlineData(TcpFlags.Urg, 0, "0-1 2 3-4")]
    [InlineData(TcpFlags.Fin, 100, "0-1-2 3-4")]
    [InlineData(TcpFlags.Cwr, 100, "0-1 2-3-4")]
    [InlineData(TcpFlags.Ece, 100, "0-1 2 3-4")]
    [InlineData(TcpFlags.Syn, 100, "0-1 2 3-4")]
    [InlineData(TcpFlags.Rst, 100, "0-1 2 3-4")]
    [InlineData(TcpFlags.Urg, 100, "0-1 2 3-4")]
    [InlineData(TcpFlags.Ae, 100, "0-1 2 3-4")]
    [InlineData(TcpFlags.Reserved400, 100, "0-1 2 3-4")]
    public void A_flag_in_the_third_of_five_segments_ends_or_parts_the_train(TcpFlags flag, int payload, string left)
    {
        foreach (bool v6 in new[] { false, true })
        {
            TestSegment[] five = Run(First(v6), 5);
            five[2] = five[2] with { Flags = TcpFlags.Ack | flag, PayloadLength = payload };
            MustLeave(left, five);
        }
    }

    [Theory]
    [InlineData(TcpFlags.Psh)]
    [InlineData(TcpFlags.Fin)]
    public void Nothing_joins_a_head_that_ends_the_train_itself(TcpFlags flag)
    {
        TestSegment[] three = Run(First(v6: false), 3);
        three[0] = three[0] with { Flags = TcpFlags.Ack | flag };
        MustLeave("0 1-2", three);
    }

    [Fact]
    public void Echo_joins_echo_and_two_reductions_stay_apart()
    {
        MustLeave("0-1-2", [.. Run(First(v6: false), 3).Select(one => one with { Flags = TcpFlags.Ack | TcpFlags.Ece })]);
        MustLeave("0 1 2", [.. Run(First(v6: true), 3).Select(one => one with { Flags = TcpFlags.Ack | TcpFlags.Cwr })]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bad_checksum_and_a_gap_in_sequence_stay_alone(bool v6)
    {
        TestSegment head = First(v6), second = head.Next();
        Assert.Equal("0 1", Text(_rig.Couple(head.ToFrame(), second.ToBadFrame())));
        MustLeave("0 1", head, second with { Sequence = second.Sequence + 1 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Other_timestamps_or_the_same_in_another_order_stay_apart(bool v6)
    {
        byte[] stamps = TestSegment.Timestamps, later = [1, 1, 8, 10, 0, 0, 0, 100, 0, 0, 0, 2];
        byte[] between = [1, 8, 10, 0, 0, 0, 100, 0, 0, 0, 2, 1], behind = [8, 10, 0, 0, 0, 100, 0, 0, 0, 2, 1, 1];
        TestSegment[] five = Run(First(v6), 5);
        byte[][] options = [stamps, stamps, later, between, behind];
        MustLeave("0-1 2 3 4", [.. five.Zip(options, (segment, bytes) => segment with { Options = bytes })]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Other_options_stay_apart(bool v6)
    {
        TestSegment[] three = Run(First(v6) with { Options = TestSegment.Timestamps }, 3);
        three[2] = three[2] with { Options = [1, 3, 3, 0] };
        MustLeave("0-1 2", three);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_byte_of_the_longest_options_counts(bool v6)
    {
        byte[] options = TestTransport.Pattern(40);
        MustLeave("0-1-2", Run(First(v6) with { Options = options }, 3));
        for (int i = 0; i < options.Length; i++)
        {
            TestSegment[] three = Run(First(v6) with { Options = options }, 3);
            byte[] other = [.. options];
            other[i] ^= 0x80;
            three[2] = three[2] with { Options = other };
            MustLeave("0-1 2", three);
        }
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(false, 1)]
    [InlineData(false, 0x80)]
    [InlineData(true, 2)]
    [InlineData(true, 1)]
    [InlineData(true, 0xf0)]
    public void Another_ecn_mark_or_class_stays_apart(bool v6, byte change)
    {
        TestSegment head = First(v6);
        MustLeave("0 1", head, head.Next() with { TrafficClass = (byte)(head.TrafficClass ^ change) });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_hop_limit_stays_apart(bool v6)
    {
        TestSegment head = First(v6);
        MustLeave("0 1", head, head.Next() with { HopLimit = 7 });
    }

    [Fact]
    public void Another_flow_label_stays_apart()
    {
        TestSegment head = First(v6: true);
        MustLeave("0 1", head, head.Next() with { FlowLabel = 1 });
    }

    [Fact]
    public void Ipv4_options_never_join()
    {
        TestSegment[] three = Run(First(v6: false), 3);
        three[1] = three[1] with { IpOptions = [68, 8, 5, 0, 0, 0, 0, 0] };
        MustLeave("0 1 2", three);
        MustLeave("0 1 2", [.. three.Select(segment => segment with { IpOptions = three[1].IpOptions })]);
    }

    [Fact]
    public void Ipv4_fragments_never_join()
    {
        TestSegment head = First(v6: false);
        byte[] fragment = TestFrames.WithIpv4(head.Next().ToFrame(), 6, 0x60, 0);           // DF and more fragments
        Assert.Equal("0 1", Text(_rig.Couple(head.ToFrame(), fragment)));
    }

    [Theory]
    [InlineData(true, "8 9", "0-1")]
    [InlineData(true, "8 8", "0-1")]
    [InlineData(false, "8 9", "0-1")]
    [InlineData(false, "8 8", "0 1")]                                       // the kernel joins them
    [InlineData(true, "8 9 9", "0-1 2")]
    [InlineData(true, "8 8 9", "0-1 2")]
    [InlineData(true, "8 10", "0 1")]
    [InlineData(true, "8 7", "0 1")]
    [InlineData(true, "65535 0 1", "0-1-2")]
    [InlineData(true, "65535 65535 65535", "0-1-2")]
    [InlineData(false, "65534 65535 0 1", "0-1-2-3")]
    public void The_identification_goes_on_or_stays_as_it_began(bool dontFragment, string ids, string left)
    {
        ushort[] each = [.. ids.Split(' ').Select(ushort.Parse)];
        TestSegment[] run = Run(First(v6: false), each.Length);
        MustLeave(left, [.. run.Zip(each, (segment, id) => segment with { Id = id, DontFragment = dontFragment })]);
    }

    [Fact]
    public void Df_that_changes_and_a_reserved_flag_stay_apart()
    {
        TestSegment head = First(v6: false);
        MustLeave("0 1", head, head.Next() with { DontFragment = false });
        MustLeave("0 1", head with { ReservedFlag = true }, head.Next() with { ReservedFlag = true });
    }

    [Fact]
    public void Ipv6_fragments_never_join_not_even_atomic_ones()
    {
        TestSegment[] four = Run(First(v6: true), 4);
        four[2] = four[2] with { Extensions = [TestExtension.Fragment(0, more: false)] };
        MustLeave("0-1 2 3", four);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Extension_headers_never_join_whether_the_same_or_not(int secondUnits)
    {
        TestSegment[] two = Run(First(v6: true), 2);
        two[0] = two[0] with { Extensions = [TestExtension.DestinationOptions()] };
        two[1] = two[1] with { Extensions = [TestExtension.DestinationOptions(secondUnits)] };
        MustLeave("0 1", two);
        MustLeave("0 1", two[0] with { Extensions = [TestExtension.HopByHop] }, two[1] with { Extensions = [TestExtension.HopByHop] });
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public void A_train_is_at_most_one_datagram(bool v6, int tooMuch)
    {
        const int segment = 4096 - 20 - 40;
        int most = 65_535 - 20 - (v6 ? 40 : 20), full = most / segment, rest = most % segment;
        TestSegment[] run = Run(First(v6) with { PayloadLength = segment }, full + 2);
        run[full] = run[full] with { PayloadLength = rest + tooMuch };
        run[full + 1] = run[full + 1] with { PayloadLength = rest + tooMuch };
        string all = string.Join('-', Enumerable.Range(0, full));
        MustLeave(tooMuch == 0 ? $"{all}-{full} {full + 1}" : $"{all} {full} {full + 1}", run);
    }

    [Fact]
    public void A_full_segment_that_would_be_too_much_begins_the_next_train()
    {
        TestSegment[] run = Run(First(v6: false) with { PayloadLength = 1448, Options = TestSegment.Timestamps }, 64);
        string first = string.Join('-', Enumerable.Range(0, 45)), second = string.Join('-', Enumerable.Range(45, 19));
        MustLeave($"{first} {second}", run);
    }

    private static TestSegment First(bool v6) => new()
    {
        Source = v6 ? "fdaa::2" : "192.168.1.200",
        Destination = v6 ? "fdaa::1" : "192.168.1.100",
        PayloadLength = PayloadLength,
        HopLimit = 8,
    };

    private static TestSegment[] Run(TestSegment first, int count)
    {
        var run = new TestSegment[count];
        for (int i = 0; i < count; i++)
            run[i] = i == 0 ? first : run[i - 1].Next();
        return run;
    }

    private static string Text(List<List<int>> chains) => string.Join(' ', chains.Select(chain => string.Join('-', chain)));

    private void MustLeave(string left, params TestSegment[] segments) => Assert.Equal(left, Text(_rig.Couple(segments)));
}
