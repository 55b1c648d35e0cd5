using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>The state machine against FreeBSD's rules written a second time: the same events, the same states at every moment.</summary>
public sealed class FreeBsdAgreementTests(ITestOutputHelper output)
{
    private static readonly int Seeds = TestSize.Of(person: 300, server: 2_000, soak: 50_000);

    [Fact]
    public void Both_are_in_the_same_state_after_every_event()
    {
        int first = TestSize.Seed(1), events = 0, transitions = 0;
        for (int seed = first; seed < first + Seeds; seed++)
        {
            var random = new Random(seed);
            var pair = new Twins(random);
            for (int i = 0; i < 200; i++, events++)
            {
                pair.Act(random);
                pair.Pass((long)(Math.Pow(10, 6 + (random.NextDouble() * 3.6)) + 1), $"seed {seed}, event {i}");
            }

            transitions += (int)pair.Transitions;
        }

        output.WriteLine($"{events} events, {transitions} transitions");
        Assert.True(transitions > events / 20);
    }

    /// <summary>A real pair over bytes: this program on one side and FreeBSD's rules on the other, with each way to send.</summary>
    [Theory]
    [InlineData("192.0.2.10", 0, 100)]
    [InlineData("192.0.2.10", 100, 0)]
    [InlineData("2001:db8::10", 0, 100)]
    [InlineData("2001:db8::10 192.0.2.10 192.0.2.11", 100, 0)]
    [InlineData("192.0.2.10", 50, 50)]                                // they start together, and the first takeovers cross
    public void A_mixed_pair_has_one_master_and_changes_hands_in_time(string addresses, int ours, int theirs)
    {
        var pair = new MixedPair(OnWan(addresses, skew: (byte)ours), theirs);
        pair.Pass(20 * Second);
        Assert.Equal(1, pair.Masters);
        Assert.True(ours == theirs || pair.IsOursMaster == ours < theirs);

        pair.Bench.SetPort(Wan, LinkState.Down);                      // ours goes away without a word
        pair.Pass((3 * Second) + (theirs * Skew));
        Assert.False(pair.IsOursMaster);
        Assert.Equal(1, pair.Masters);

        pair.Bench.SetPort(Wan, LinkState.Up);
        pair.Pass(20 * Second);
        Assert.Equal(1, pair.Masters);
        Assert.True(ours == theirs || pair.IsOursMaster == ours < theirs);

        pair.Bench.Do(pair.Bench.Node.HandOver);                      // and in order
        pair.Pass(1);
        Assert.Equal((false, 1), (pair.IsOursMaster, pair.Masters));
        pair.Speaker.Link(isUp: false, pair.Bench.Now.Nanoseconds);
        pair.Pass((3 * Second) + (ours * Skew));
        Assert.Equal((true, 1), (pair.IsOursMaster, pair.Masters));
    }

    private sealed class Twins
    {
        private readonly CarpBench _bench;
        private readonly FreeBsdSpeaker _speaker;
        private readonly bool _hasIpv4;
        private readonly bool _hasIpv6;
        private bool _isUp = true;

        public Twins(Random random)
        {
            int kind = random.Next(3), seconds = random.Next(1, 3), skew = random.Next(255);
            bool preempts = random.Next(2) == 0;
            (_hasIpv4, _hasIpv6) = (kind != 1, kind != 0);
            string addresses = kind switch { 0 => "192.0.2.10", 1 => "2001:db8::10", _ => "192.0.2.10 2001:db8::10" };
            CarpGroupSettings group = OnWan(addresses) with { Interval = new CarpInterval((byte)seconds, (byte)skew) };
            _bench = new CarpBench(Settings(group) with { Preempts = preempts });
            _speaker = new FreeBsdSpeaker(seconds, skew, preempts, _hasIpv4, _hasIpv6);
            _speaker.Link(isUp: true, _bench.Now.Nanoseconds);
        }

        public ulong Transitions => _bench.Group.Transitions;

        public void Act(Random random)
        {
            long now = _bench.Now.Nanoseconds;
            switch (random.Next(20))
            {
                case 0:
                    _isUp = !_isUp;
                    _bench.SetPort(Wan, _isUp ? LinkState.Up : LinkState.Down);
                    _speaker.Link(_isUp, now);
                    break;
                case 1 or 2:
                    int adjustment = random.Next(-300, 301);
                    _bench.Do(_ => _bench.Node.AdjustDemotion(adjustment, _bench.Now));
                    _speaker.Demote(adjustment, now);
                    break;
                case < 14:
                    bool isV6 = _hasIpv6 && (!_hasIpv4 || random.Next(2) == 0);
                    var heard = new CarpInterval((byte)random.Next(random.Next(5) == 0 ? 256 : 4), (byte)random.Next(256));
                    if (heard == _bench.Group.Interval && _bench.Group.State == CarpState.Master) break;      // ties: ours does more
                    _bench.Hear(_bench.Group, heard, source: isV6 ? Addresses("fe80::99")[0] : Rival);
                    _speaker.Hear(isV6, heard.BaseSeconds, heard.Skew, now);
                    break;
                default: break;
            }

            Compare("at the event");
        }

        /// <summary>To the end, stopping at every deadline of either.</summary>
        public void Pass(long nanoseconds, string where)
        {
            MonotonicTime end = _bench.Now + nanoseconds;
            while (_bench.Now < end)
            {
                long next = Math.Min(_speaker.NextDeadline, end.Nanoseconds);
                _bench.Pass(Math.Max(next - _bench.Now.Nanoseconds, 0));
                _speaker.Tick(_bench.Now.Nanoseconds);
                Compare(where);
            }

            Compare(where);
        }

        private void Compare(string where)
        {
            string ours = CarpWords.Of(_bench.Group.State);
            Assert.True(ours == _speaker.State, $"{where}: {ours}, not {_speaker.State}");
            Assert.Equal(_speaker.Demotion, _bench.Node.Ledger.Total);
            _bench.Take();
        }
    }

    /// <summary>What ours sends is parsed as FreeBSD would; what FreeBSD's rules send is made into bytes that ours must believe.</summary>
    private sealed class MixedPair
    {
        private readonly CarpGroupSettings _group;
        private int _told;

        public MixedPair(CarpGroupSettings group, int theirSkew)
        {
            _group = group;
            Bench = new CarpBench(Settings(group) with { Preempts = true });
            Speaker = new FreeBsdSpeaker(1, theirSkew, preempt: true, group.HasIpv4, group.HasIpv6);
            Speaker.Link(isUp: true, Bench.Now.Nanoseconds);
        }

        public CarpBench Bench { get; }
        public FreeBsdSpeaker Speaker { get; }
        public bool IsOursMaster => Bench.Group.State == CarpState.Master;
        public int Masters => (IsOursMaster ? 1 : 0) + (Speaker.State == "MASTER" ? 1 : 0);

        public void Pass(long nanoseconds)
        {
            MonotonicTime end = Bench.Now + nanoseconds;
            Exchange();
            while (Bench.Now < end)
            {
                long next = Math.Min(end.Nanoseconds, Math.Min(Speaker.NextDeadline, Bench.Node.NextDeadline.Nanoseconds));
                Bench.Pass(Math.Max(next - Bench.Now.Nanoseconds, 0));
                Speaker.Tick(Bench.Now.Nanoseconds);
                Exchange();
            }
        }

        private void Exchange()
        {
            foreach (byte[] frame in Bench.Frames.ToArray()) Tell(frame);
            Bench.Take();
            for (; _told < Speaker.Sent.Count; _told++)
            {
                (_, bool isV6, int seconds, int skew) = Speaker.Sent[_told];
                IpAddress source = isV6 ? Addresses("fe80::99")[0] : Rival;
                var fields = new CarpFields(_group.Vhid, (byte)seconds, (byte)skew, Bench.NextCounter++);
                Assert.Equal(CarpRefusal.None, Bench.HearFrame(Wan, AdvertisementFrames.Make(_group, source, fields)));
            }

            if (Bench.Frames.Count > 0) Exchange();
        }

        private void Tell(byte[] frame)
        {
            bool isV6 = frame[12] == 0x86;
            if (!isV6 && frame[13] != 0) return;                      // ARP
            if (frame[isV6 ? 20 : 23] != (byte)IpProtocol.Carp) return;
            Assert.Equal(255, frame[isV6 ? 21 : 22]);
            Assert.True(CarpView.TryParse(frame.AsSpan(isV6 ? 54 : AdvertisementFrames.Ipv4PayloadOffset), out CarpView view));
            Assert.True(view.IsChecksumValid && view.Version == 2 && view.Vhid == _group.Vhid);
            Assert.True(CarpHmac.Of(_group.Key, _group.Vhid, _group.Addresses.AsSpan()).Verifies(view));
            Speaker.Hear(isV6, view.AdvertisementBaseSeconds, view.AdvertisementSkew, Bench.Now.Nanoseconds);
        }
    }
}
