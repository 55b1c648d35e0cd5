using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>
/// Of a run, segments of one flow with no other between them, all but the first few are compared with what stands in registers. Whatever
/// ends one, at whatever place, leaves what the rules say.
/// </summary>
public sealed class RunTests : IDisposable
{
    private const int Burst = 64;

    private readonly CoalesceRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_wrong_sum_at_any_place_stays_alone_and_what_follows_begins_anew(bool v6)
    {
        TestSegment[] segments = Run(v6, 100);
        for (int place = 0; place < Burst; place++)
        {
            Arrival[] all = Arrivals(segments);
            all[place] = new Arrival(segments[place].ToBadFrame());
            MustBeAsTheRulesSay(all, $"wrong at {place}");
            Assert.Equal(1, _rig.Counters.ChecksumsBad);
            Assert.Equal(ChecksumState.Bad, _rig.Checksums[place]);
        }
    }

    [Theory]
    [InlineData(TcpFlags.Ack | TcpFlags.Psh, 100)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin, 100)]
    [InlineData(TcpFlags.Ack | TcpFlags.Urg, 100)]
    [InlineData(TcpFlags.Ack | TcpFlags.Cwr, 100)]
    [InlineData(TcpFlags.Ack, 99)]
    [InlineData(TcpFlags.Ack, 101)]
    [InlineData(TcpFlags.Ack, 0)]
    public void What_ends_a_train_ends_it_at_any_place(TcpFlags flags, int payload)
    {
        TestSegment[] segments = Run(v6: false, 100);
        for (int place = 0; place < Burst; place++)
        {
            Arrival[] all = Arrivals(segments);
            all[place] = new Arrival((segments[place] with { Flags = flags, PayloadLength = payload }).ToFrame());
            MustBeAsTheRulesSay(all, $"{flags} of {payload} bytes at {place}");
        }
    }

    [Fact]
    public void A_frame_of_another_flow_ends_the_run_and_not_the_train()
    {
        TestSegment[] segments = Run(v6: false, 100);
        for (int place = 1; place < Burst; place++)
        {
            Arrival[] all = Arrivals(segments);
            var other = new TestSegment { SourcePort = 9 };
            Array.Copy(all, place, all, place + 1, Burst - place - 1);
            all[place] = new Arrival(other.ToFrame());
            MustBeAsTheRulesSay(all, $"another at {place}");
            Assert.Equal((1, Burst - 1), (_rig.Counters.LroSuperframes, _rig.Counters.LroSegments));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_identifications_do_in_a_run_is_judged_by_the_rules(int step)
    {
        TestSegment[] segments = [.. Run(v6: false, 100).Select((segment, i) => segment with { Id = (ushort)(65_500 + (i * step)) })];
        MustBeAsTheRulesSay(Arrivals(segments), $"identifications by {step}");
        for (int place = 2; place < Burst; place++)
        {
            Arrival[] all = Arrivals(segments);
            all[place] = new Arrival((segments[place] with { Id = (ushort)(segments[place].Id + 1) }).ToFrame());
            MustBeAsTheRulesSay(all, $"identifications by {step}, another at {place}");
        }
    }

    [Theory]
    [InlineData(1025)]
    [InlineData(1448)]
    [InlineData(8948)]
    public void A_run_ends_where_the_sum_would_be_no_datagram_any_more(int payload)
    {
        Arrival[] all = Arrivals(Run(v6: false, payload));
        MustBeAsTheRulesSay(payload > 1448 ? all[..32] : all, $"{payload} bytes");
        Assert.True(_rig.Counters.LroSuperframes > 1 || _rig.Counters.LroSegments < Burst, "all in one train");
    }

    [Fact]
    public void A_large_frame_in_a_run_stays_alone()
    {
        Arrival[] all = Arrivals(Run(v6: false, 100)[..8]);
        for (int place = 0; place < all.Length; place++)
        {
            List<List<int>> left = _rig.Couple(all, (frame, number) => frame.Info.SegmentSize = (ushort)(number == place ? 50 : 0));
            Assert.Contains(left, chain => chain.Count == 1 && chain[0] == place);
        }
    }

    /// <summary>The port vouches for the checksums, so that nothing but the comparison sees that a bit is another.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 12)]
    [InlineData(true, 0)]
    [InlineData(true, 12)]
    public void A_bit_of_any_header_that_is_another_in_a_run_counts_as_the_rules_say(bool v6, int optionBytes)
    {
        const int Changed = 8, Frames = 11;
        byte[] options = optionBytes == 0 ? [] : TestSegment.Timestamps;
        TestSegment[] segments = [.. Run(v6, 100).Take(Frames).Select(segment => segment with { Options = options })];
        Arrival[] all = [.. segments.Select(segment => new Arrival(segment.ToFrame(), CoalesceRig.Believed, ChecksumState.Good))];
        byte[] plain = all[Changed].Frame;
        for (int bit = 0; bit < 8 * (plain.Length - 100); bit++)
        {
            byte[] frame = TestFrames.With(plain, bit / 8, (byte)(plain[bit / 8] ^ (1 << (bit % 8))));
            all[Changed] = all[Changed] with { Frame = frame };
            MustBeAsTheRulesSay(all, $"bit {bit} is another");
        }
    }

    private static TestSegment[] Run(bool v6, int payload)
    {
        var segment = new TestSegment { PayloadLength = payload };
        if (v6) segment = segment with { Source = "2001:db8::1", Destination = "2001:db8::2" };
        var run = new TestSegment[Burst];
        for (int i = 0; i < Burst; i++, segment = segment.Next()) run[i] = segment;
        return run;
    }

    private static Arrival[] Arrivals(TestSegment[] segments) => [.. segments.Select(segment => new Arrival(segment.ToFrame()))];

    private void MustBeAsTheRulesSay(Arrival[] burst, string what)
    {
        List<List<int>> ours = _rig.Couple(burst);
        var twin = new TrainTwin(CoalesceRig.Ports);
        List<List<int>> theirs = twin.Couple(burst, [.. ours.SelectMany(chain => chain).Order()]);
        Assert.True(Text(theirs) == Text(ours), $"{what}: coupled {Text(ours)}, the rules say {Text(theirs)}");
        Assert.Equal((twin.Verified, twin.Bad), (_rig.Counters.ChecksumsVerified, _rig.Counters.ChecksumsBad));
    }

    private static string Text(List<List<int>> chains) => string.Join(' ', chains.Select(chain => string.Join('-', chain)));
}
