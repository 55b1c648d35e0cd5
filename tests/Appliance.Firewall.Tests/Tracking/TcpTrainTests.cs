using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>A train is judged at once only where it makes no difference.</summary>
public sealed class TcpTrainTests
{
    [Fact]
    public void Accepted_train_leaves_the_same_track_as_its_segments_one_by_one()
    {
        int accepted = 0, refused = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            string states = TcpScript.Ways.Keys.ElementAt(random.Next(TcpScript.Ways.Count));
            TcpScript script = TcpScript.In(states);
            bool fromClient = random.Next(2) == 0;
            TcpPeer source = fromClient ? script.Track.Initiator : script.Track.Responder;
            TcpPeer peer = fromClient ? script.Track.Responder : script.Track.Initiator;
            int count = random.Next(2, 6), payload = random.Next(1, 400);
            uint sequence = source.Next + (uint)random.Next(-1200, 1200), acknowledgment = peer.Next - (uint)random.Next(-2, 3);
            ushort window = (ushort)random.Next(2000);
            TcpFlags last = random.Next(3) == 0 ? TcpFlags.Fin | TcpFlags.Ack : TcpFlags.Psh | TcpFlags.Ack;
            TcpSegmentFacts head = new(sequence, acknowledgment, TcpFlags.Ack, window, payload);

            TcpTrack atOnce = script.Track, oneByOne = script.Track;
            bool isAccepted = TcpTracker.TryAdvanceTrain(
                ref atOnce, head.ForTrain(count * payload, last), fromClient, out TrackVerdict verdict);
            if (!isAccepted)
            {
                Assert.Equal(script.Track, atOnce);
                refused++;
                continue;
            }

            accepted++;
            bool established = false;
            for (int i = 0; i < count; i++)
            {
                var segment = new TcpSegmentFacts(
                    sequence + (uint)(i * payload), acknowledgment, i == count - 1 ? last : TcpFlags.Ack, window, payload);
                TrackVerdict single = TcpTracker.Advance(ref oneByOne, segment, fromClient);
                Assert.Equal(TrackOutcome.Pass, single.Outcome);
                established |= single.BecameEstablished;
            }

            Assert.Equal(oneByOne, atOnce);
            Assert.Equal(established, verdict.BecameEstablished);
        }

        Assert.InRange(accepted, 1000, 19_000);
        Assert.InRange(refused, 1000, 19_000);
        TestContext.Current.SendDiagnosticMessage($"{accepted} trains judged at once, {refused} to be taken apart");
    }

    [Theory]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack)]
    [InlineData(TcpFlags.Rst | TcpFlags.Ack)]
    [InlineData(TcpFlags.Psh)]
    public void Train_with_other_flags_is_taken_apart(TcpFlags flags)
    {
        TcpScript script = TcpScript.In("ESTABLISHED:ESTABLISHED");
        var head = new TcpSegmentFacts(script.Track.Initiator.Next, script.Track.Responder.Next, flags, 1000, 10);
        Assert.False(TcpTracker.TryAdvanceTrain(ref script.Track, head.ForTrain(100, TcpFlags.None), fromInitiator: true, out _));
    }
}
